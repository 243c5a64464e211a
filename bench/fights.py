"""Twenty processes fight over ten units, of which exactly ten may win one; without the lock, more do."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from django.db import connection, transaction

from bench.figures import Figure, Tell, complain
from bench.proof import differences
from bench.racing import race
from bench.world import make_world
from core import clock
from inventory.models import StockBalance
from inventory.services.adjustments import AdjustmentLine, adjust

FIGHTERS, UNITS = 20, 10
EXPECTED = {"won": UNITS, "InsufficientStock": FIGHTERS - UNITS}

_READ = "SELECT quantity FROM inventory_stockbalance WHERE item_id = %s"
_WRITE = "UPDATE inventory_stockbalance SET quantity = %s WHERE item_id = %s"


def figures(*, rounds: int, tell: Tell) -> Iterator[Figure]:
    """The control, then the rounds, each over the ten units of an item of its own."""
    world = make_world("FIGHTS", items=rounds + 1, sites=1, stock=Decimal(UNITS))
    control, *prizes = world.item_ids
    winners = fight_without_lock(control)["won"]
    StockBalance.objects.filter(item_id=control).update(quantity=UNITS)  # what the ledger says
    yield Figure(
        "control: winners of 10 units without the lock", winners, "winners", None, f"> {UNITS}", winners > UNITS
    )

    good = 0
    for number, item_id in enumerate(prizes, start=1):
        wrong = _wrong(item_id, fight(item_id, world.sites[0].pk))
        complain(f"round {number}", wrong)
        good += not wrong
        tell(f"fights: {number} of {rounds} rounds")
    name = f"fights of {FIGHTERS} over {UNITS} units: {UNITS} win, ledger = balances"
    yield Figure(name, good, "rounds", None, f"all of {rounds}", good == rounds)


def fight(item_id: int, site_id: int) -> Counter[str]:
    """What came of it when each takes one through the service, all at once."""

    def take_one(number: int) -> str:
        line = AdjustmentLine(item_id, Decimal(-1))
        adjust(site_id=site_id, reason="race", lines=[line], now=clock.now(), actor=None)
        return "won"

    return race(FIGHTERS, take_one)


def fight_without_lock(item_id: int) -> Counter[str]:
    """The same, reading before writing without a lock between: the race that the service closes.

    One after another, ten would win and ten be refused by the balance's check.
    """

    def take_one(number: int) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_READ, [item_id])
            (quantity,) = cursor.fetchone()
            cursor.execute("SELECT pg_sleep(0.05)")  # others read before this one writes
            cursor.execute(_WRITE, [quantity - 1, item_id])
        return "won"

    return race(FIGHTERS, take_one)


def _wrong(item_id: int, outcome: Counter[str]) -> list[str]:
    found = differences(["ledger = balances"])
    if outcome != EXPECTED:
        found.append(f"it ended with {dict(outcome)}")
    if left := StockBalance.objects.get(item_id=item_id).quantity:
        found.append(f"{left} units are left")
    return found
