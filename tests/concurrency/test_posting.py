"""Many at once on the same stock: exactly what is there is taken, and documents in any order never deadlock."""

import random
from decimal import Decimal as D

import pytest
from django.db.models import Sum

from bench import fights
from bench.racing import race
from inventory.models import CostPool, Item, Lot, StockBalance, StockMove
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.undo import reverse_posting

pytestmark = pytest.mark.django_db(transaction=True)


def change(cast, quantities):
    return adjust(
        site_id=cast.tll.pk,
        reason="race",
        lines=[AdjustmentLine(item.pk, D(quantity)) for item, quantity in quantities],
        now=cast.now,
        actor=None,
    )


def ledger_quantity(item):
    moves = StockMove.objects.filter(item=item)
    into = moves.filter(to_location__kind="storage").aggregate(total=Sum("quantity"))["total"] or 0
    out = moves.filter(from_location__kind="storage").aggregate(total=Sum("quantity"))["total"] or 0
    return into - out


def test_twenty_fight_over_ten_units_and_ten_win(committed_cast):
    cast = committed_cast
    change(cast, [(cast.table, fights.UNITS)])

    assert fights.fight(cast.table.pk, cast.tll.pk) == {"won": 10, "InsufficientStock": 10}
    assert StockBalance.objects.get(item=cast.table).quantity == 0 == ledger_quantity(cast.table)


def test_without_the_lock_more_win_than_there_are_units(committed_cast):
    """The control: reading before writing, without a lock between, is the race that the service closes."""
    cast = committed_cast
    change(cast, [(cast.table, fights.UNITS)])

    assert fights.fight_without_lock(cast.table.pk)["won"] > fights.UNITS


def test_shuffled_lines_of_many_documents_never_deadlock(committed_cast):
    cast = committed_cast
    items = [cast.table, cast.top, cast.leg, cast.plank]
    change(cast, [(item, 1000) for item in items])

    def shuffle(number):
        order = random.Random(number)
        for _ in range(15):
            lines = [(item, order.choice([-1, 1])) for item in order.sample(items, 4)]
            change(cast, lines)
        return "done"

    assert race(8, shuffle) == {"done": 8}
    for item in items:
        assert StockBalance.objects.get(item=item).quantity == ledger_quantity(item)
        assert CostPool.objects.get(item=item).quantity == ledger_quantity(item)


def test_first_receipts_of_the_same_item_make_one_balance(committed_cast):
    cast = committed_cast

    def receive(number):
        change(cast, [(cast.table, 1), (cast.top, 1)] if number % 2 else [(cast.top, 1), (cast.table, 1)])
        return "done"

    assert race(10, receive) == {"done": 10}
    assert list(StockBalance.objects.order_by("item_id").values_list("quantity", flat=True)) == [10, 10]


def test_a_serial_number_that_many_bring_to_two_sites_comes_in_once(committed_cast):
    cast = committed_cast
    Item.objects.filter(pk=cast.table.pk).update(tracking="serial")
    lot = Lot.objects.create(item=cast.table, number="S1")
    sites = (cast.tll, cast.chi)

    def bring(number):
        line = AdjustmentLine(cast.table.pk, D(1), lot_id=lot.pk)
        adjust(site_id=sites[number % 2].pk, reason="race", lines=[line], now=cast.now, actor=None)
        return "done"

    assert race(8, bring) == {"done": 1, "InvalidInput": 7}
    assert StockBalance.objects.get(quantity__gt=0).quantity == 1


def test_one_of_many_reverses_a_posting(committed_cast):
    cast = committed_cast
    posted = change(cast, [(cast.table, 3)])

    def undo(number):
        reverse_posting(posted.posting_id, now=cast.now, actor=None)
        return "undone"

    assert race(6, undo) == {"undone": 1, "AlreadyReversed": 5}
    assert StockBalance.objects.get(item=cast.table).quantity == 0
