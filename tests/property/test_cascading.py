"""A corrected cost ends where it would have gone, had it been known: two worlds run alike, told by the same history."""

from dataclasses import dataclass, field
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.rules.cascading import Account, Line, cascade
from inventory.rules.valuing import Pool

# Pools 1 to 3 hold goods, 4 the cost of an order, 5 what the order makes.
GOODS, ORDER, MADE = (1, 2, 3), 4, 5


@dataclass
class World:
    """100 pieces come into pool 1 at `value`, into each other pool of goods 50 at 1.00; then history happens."""

    value: D
    pools: dict[int, Pool] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    out: D = D(0)
    moves: int = 0

    def __post_init__(self):
        for number in (*GOODS, ORDER, MADE):
            kind = "mo" if number == ORDER else "stock"
            self.pools[number] = Pool(number, kind, 1, 1, 1, None, D(0), D(0), "EUR")
        for number in GOODS:
            self.pools[number].put(D(100 if number == 1 else 50), self.value if number == 1 else D(50))

    def tell(self, pool, quantity, amount, to_kind=""):
        quantity_before, value_before = pool.quantity - quantity, pool.value - amount
        line = Line(pool.id, self.moves, self.moves, quantity, amount, quantity_before, value_before, to_kind)
        self.lines.append(line)

    def step(self, source, goal, part):
        """A tenth times `part` of what is there goes on; goal 0 is the world outside."""
        self.moves += 1
        pool = self.pools[source]
        if source == ORDER:
            amount = pool.take_value(D(part), D(10))
            self.tell(pool, D(0), -amount)
            self.pools[MADE].put(D(1), amount)
            self.tell(self.pools[MADE], D(1), amount)
            return
        quantity = (pool.quantity * part / 10).quantize(D(1))
        if quantity == 0:
            return
        amount = pool.take(quantity)
        self.tell(pool, -quantity, -amount, "customer" if goal == 0 else "storage")
        if goal == 0:
            self.out += amount
            return
        taken = D(0) if goal == ORDER else quantity
        self.pools[goal].put(taken, amount)
        self.tell(self.pools[goal], taken, amount)


steps = st.lists(
    st.tuples(st.sampled_from([*GOODS, ORDER, MADE]), st.sampled_from([0, *GOODS, ORDER]), st.integers(1, 10)),
    max_size=25,
).map(lambda rows: [row for row in rows if row[0] != row[1]])


@settings(max_examples=200, deadline=None)
@given(steps, st.integers(-9_000, 30_000))
def test_it_ends_where_it_would_have_gone(history, cents):
    correction = D(cents) / 100
    if correction == 0:
        return
    known, true = World(D(100)), World(D(100) + correction)
    for world in (known, true):
        for source, goal, part in history:
            world.step(source, goal, part)
    accounts = {
        number: Account("EUR", pool.quantity, pool.value, number == ORDER) for number, pool in known.pools.items()
    }
    found = cascade(correction, 1, known.lines, accounts)

    assert sum((found.left(number) for number in known.pools), D(0)) + sum(found.ended.values(), D(0)) == correction
    # Both round to the cent at each step, so they differ by no more than a cent for each.
    slack = D("0.01") * (2 * len(history) + 1)
    for number, pool in known.pools.items():
        assert pool.value + found.left(number) >= 0
        assert abs(pool.value + found.left(number) - true.pools[number].value) <= slack, number
    assert abs(known.out + found.ended.get("customer", D(0)) - true.out) <= slack
