"""The state machine: the same steps on the real services and on the model, which must agree after each.

Each example lives in a savepoint that is rolled back. A step that the model refuses must be refused for the same
reason, and must leave everything as it was.
"""

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core import drainer, invariants
from core.errors import DomainError
from inventory.models import Posting as RealPosting
from tests.inventory import naive_levels
from tests.property import levels_model
from tests.property.ledger_model import ZERO, Ledger, Refused
from tests.property.orders_model import ManufacturingOrder
from tests.property.real_world import COMPANIES, CONSIGNED, ITEMS, SAFETY, SITES, make_world
from tests.property.steps import Steps

pieces = st.integers(1, 9).map(Decimal)
picks = st.integers(0, 30)
days = st.integers(-3, 8)
flags = st.booleans()
mostly = st.integers(0, 3).map(bool)
prices = st.sampled_from(["0", "0.333", "1.005", "2.5", "7.77", "19.99"]).map(Decimal)
# Mostly Nordwood, so that what happens has to do with what happened.
companies = st.sampled_from(["NORDWOOD", "NORDWOOD", "NORDWOOD", "KIRI"])
where = {"company": companies, "site": st.sampled_from(SITES)}
what = {"item": st.sampled_from(ITEMS), "quantity": pieces}
many = {"quantity": st.integers(1, 30).map(Decimal)}
wanted = st.dictionaries(what["item"], pieces, min_size=1, max_size=2)
going = {"pick": picks, "choice": picks}


def _step(name: str, **given: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(st.just(name), st.fixed_dictionaries(given))


# One rule draws from all: rules of their own are switched off for whole examples, and few chains would be finished.
STEPS = st.one_of(
    _step("put_in", **where, **what | many, cost=st.none() | prices, near=flags),
    _step("take_out", **where, **what, near=flags),
    _step("sell", **where, wanted=wanted, due=days, is_open=mostly),
    _step("buy", **where, **what | many, price=prices, due=days, is_ordered=mostly),
    _step("plan_transfer", company=companies, origin=where["site"], **what, leaves=days, takes=st.integers(0, 5)),
    _step("plan_making", **where | {"item": st.sampled_from(["TABLE", "TOP"])}, quantity=pieces, due=days),
    _step(
        "report", pick=picks, good=st.integers(0, 5).map(Decimal), scrapped=st.integers(0, 1).map(Decimal),
        used=st.dictionaries(st.integers(0, 1), st.integers(1, 6).map(Decimal), max_size=2),
    ),
    *[_step("go_on", **going, quantity=st.none()) for _ in range(6)],
    *[_step("go_on", **going, quantity=pieces) for _ in range(5)],
    _step("go_astray", **going, quantity=st.none() | pieces),
    *[_step("reverse", pick=picks, again=picks) for _ in range(3)],
    *[_step("rank", company=companies, pick=picks, other=picks, is_before=flags) for _ in range(2)],
    _step("end", pick=picks, is_short=flags),
)  # fmt: skip


class Work(Steps, RuleBasedStateMachine):
    """Buy, sell, move, make, adjust, undo, rank, close and cancel, in any order."""

    # What was done, and what refused why, over all examples: a machine that is always refused proves nothing.
    seen: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = make_world()
        self.ledger = Ledger(dict(CONSIGNED))
        self.orders = []
        self.ranks = {name: [] for name in COMPANIES}
        self.real_ids = []
        self.is_compared = True
        drainer.drain(now=lambda: self.world.now)

    def teardown(self) -> None:
        try:
            with mock.patch("core.clock.now", return_value=self.world.now):
                assert [one for one in invariants.check() if not one.is_ok] == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(quantity=pieces)
    def start(self, quantity: Decimal) -> None:
        self.begin(quantity)

    @rule(step=STEPS)
    def do(self, step: tuple[str, dict[str, Any]]) -> None:
        name, given = step
        getattr(self, name)(**given)

    def both(self, real: Callable[[], Any], model: Callable[[], Any]) -> Any:
        """Run a step on both; returns what the real one returned, None when both refuse."""
        self.is_compared = False
        step = sys._getframe(1).f_code.co_name
        try:
            model()
        except Refused as refused:
            _refuse(real, refused.code)
            self.seen[f"{step}: {refused.code}"] += 1
            return None
        answer = real()
        self.seen[step] += 1
        self._learn_postings()
        return answer

    def _learn_postings(self) -> None:
        """The real ids of the postings that the model knows; each has one, in the same order."""
        last = self.real_ids[-1] if self.real_ids else 0
        new = RealPosting.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        self.real_ids += new
        assert len(self.real_ids) == len(self.ledger.postings)

    @invariant()
    def all_is_equal(self) -> None:
        """After each step that could have changed something."""
        if not self.is_compared:
            self.ledger_is_equal()
            self.orders_are_equal()
            self.registers_are_equal()
            self.levels_and_allocations_follow()
            self.is_compared = True

    def ledger_is_equal(self) -> None:
        world, ledger = self.world, self.ledger
        assert world.balances() == {key: quantity for key, quantity in ledger.balances.items() if quantity}
        pools = {key: (pool.quantity, pool.value) for key, pool in ledger.pools.items() if pool.quantity or pool.value}
        assert world.pools() == pools

    def orders_are_equal(self) -> None:
        assert self.world.states() == {(order.kind, order.id): order.state for order in self.orders}
        lines = {}
        for order in self.orders:
            for line in order.lines:
                lines[order.kind, line.id] = line.posted, line.closed, line.received, line.lost
            if isinstance(order, ManufacturingOrder):
                lines["made", order.id] = order.made.posted, order.made.closed, ZERO, ZERO
        assert self.world.lines() == lines

    def registers_are_equal(self) -> None:
        self.registers = self.world.registers()
        asked = levels_model.demands(self.orders, self.ranks)
        assert self.registers.demands() == {
            (row.kind, row.line.id): (row.key, row.quantity, row.due) for row in asked if row.quantity
        }
        brought = levels_model.supplies(self.orders, self.ledger)
        assert self.registers.supplies() == {
            (row.kind, row.line.id): (row.key, row.quantity, row.due, row.in_transit) for row in brought if row.quantity
        }

    def levels_and_allocations_follow(self) -> None:
        drainer.drain(now=lambda: self.world.now)
        keys = [(item, site, company) for item in ITEMS for site in SITES for company in COMPANIES]
        cases = levels_model.cases(keys, self.orders, self.ranks, self.ledger, today=self.world.today, safety=SAFETY)
        self._compare_levels(cases)
        self._compare_allocations(cases)
        assert self.world.flows() == levels_model.flows(self.orders, self.ledger)

    def _compare_levels(self, cases) -> None:
        levels = self.world.levels()
        for key, case in cases.items():
            wanted = naive_levels.level(case)
            row = levels.get(key)
            figures = {name: getattr(row, name) for name in wanted} if row else dict.fromkeys(wanted, ZERO)
            if row is None:
                wanted |= {"stock_out_on": wanted["stock_out_on"] or ZERO, "order_by_on": ZERO, "computed_for": ZERO}
            assert figures == wanted, key

    def _compare_allocations(self, cases) -> None:
        demanded = {row.line.born: row for row in levels_model.demands(self.orders, self.ranks)}
        brought = {row.line.born: (row.kind, row.line.id) for row in levels_model.supplies(self.orders, self.ledger)}
        answers = {}
        for case in cases.values():
            answers |= naive_levels.allocation(case)
        named = {
            (demanded[born].kind, demanded[born].line.id): answer
            | {
                "parts": [
                    (brought.get(source, "on hand"), quantity, kind) for source, quantity, kind in answer["parts"]
                ]
            }
            for born, answer in answers.items()
        }
        assert self.world.allocations(self.registers) == named
        assert self.world.statuses() == levels_model.statuses(self.orders, answers)


def _refuse(real: Callable[[], Any], code: str) -> None:
    with pytest.raises(DomainError) as error:
        real()
    assert error.value.code == code, error.value.message
