"""A late invoice is booked today, where the goods have gone; worked by hand.

100 legs come in at 1.00; 40 of them go to Chicago, 40 into an order of 10 tables (of which 5 are finished), 10 are
scrapped, 10 stay. The freight of 50.00 is known afterwards: half a unit of money for each leg.

    Chicago 20.00, scrapped 5.00, stock 5.00, the order 20.00, of which 10.00 are in the 5 finished tables;
    2 of the tables are scrapped later, so 4.00 of that end there.
"""

from decimal import Decimal as D

import pytest

from core.errors import InvalidInput, WrongState
from inventory.models import StockMove, ValueEntry
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.cost_corrections import correct_cost
from inventory.services.transfers import TransferDraft, TransferLineDraft
from inventory.services.undo import reverse_posting
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.selectors.order_flow import inputs
from production.services import bills, manufacturing_orders
from tests.scenarios.telling import pools, put, work

AT = {"TLL": ("stock", "NORDWOOD", "TLL"), "CHI": ("stock", "NORDWOOD", "CHI")}


@pytest.fixture
def came(cast):
    """The move that brought 100 legs."""
    put(cast, cast.tll, cast.leg, 100, 1)
    return StockMove.objects.get()


def away(cast, item, quantity):
    line = AdjustmentLine(item_id=item.pk, quantity=D(-quantity))
    adjust(site_id=cast.tll.pk, reason="Broken", lines=[line], now=cast.now, actor=None)


def to_chicago(cast, quantity, *, arrives=True):
    line = TransferLineDraft(item_id=cast.leg.pk, quantity=quantity)
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=[line])
    transfer = transfers.create(draft, now=cast.now, actor=cast.planner)
    transfers.confirm(transfer.pk, now=cast.now, actor=cast.planner)
    transfers.dispatch(transfer.pk, now=cast.now, actor=cast.planner)
    if arrives:
        transfers.receive(transfer.pk, now=cast.now, actor=cast.planner)


def correct(cast, move, amount, reason="Freight"):
    return correct_cost(move.pk, amount, reason=reason, now=cast.now, actor=cast.planner)


@pytest.fixture
def order(cast, came):
    """10 tables of 4 legs each."""
    lines = [BillLineDraft(component_id=cast.leg.pk, quantity_per=4)]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=10)
    made = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    return manufacturing_orders.release(made.pk, now=cast.now, actor=cast.planner)


def complete(cast, order, quantity):
    manufacturing_orders.complete(order.pk, CompletionDraft(quantity=quantity), now=cast.now, actor=cast.planner)


def test_it_follows_the_goods_over_sites_orders_and_what_they_made(cast, came, order):
    to_chicago(cast, 40)
    complete(cast, order, 5)
    complete(cast, order, 5)
    away(cast, cast.leg, 10)
    away(cast, cast.table, 4)
    before = ValueEntry.objects.count()
    told = correct(cast, came, "50")
    work(cast)

    # 100 legs: 40 → Chicago, 20 + 20 → tables, 10 lost, 10 here; of 10 tables with 20.00 four are lost.
    assert pools(cast.leg) == {AT["CHI"]: (40, 60), AT["TLL"]: (10, 15)}
    assert pools(cast.table) == {AT["TLL"]: (6, 36)}
    assert told.ended == {"count": 13}
    assert sum(told.left.values()) + sum(told.ended.values()) == 50
    assert sum(entry.amount for entry in inputs(order)) == 60
    assert ValueEntry.objects.filter(posting__kind="cost").count() + before == ValueEntry.objects.count()


def test_what_is_on_its_way_and_under_way_keeps_its_part(cast, came, order):
    to_chicago(cast, 40, arrives=False)
    complete(cast, order, 5)
    correct(cast, came, "50")
    manufacturing_orders.close(order.pk, reason="Enough", now=cast.now, actor=cast.planner)
    work(cast)
    assert {key[0]: worth for key, worth in pools(cast.leg).items()} == {"transfer": (40, 60), "stock": (40, 60)}
    assert pools(cast.table) == {AT["TLL"]: (5, 30)}


def test_less_is_as_good_as_more_and_one_takes_the_other_back(cast, came, order):
    complete(cast, order, 7)
    away(cast, cast.leg, 11)
    assert (pools(cast.leg), pools(cast.table)) == ({AT["TLL"]: (61, 61)}, {AT["TLL"]: (7, 28)})
    told = correct(cast, came, "-33.33")
    # 28 hundredths of it are 9.33; of the 24.00 left 11 of 72 are lost.
    assert (pools(cast.leg)[AT["TLL"]], pools(cast.table)[AT["TLL"]]) == ((61, D("40.67")), (7, D("18.67")))
    assert list(told.ended.values()) == [D("-3.67")]
    assert sum(entry.amount for entry in inputs(order)) == D("18.67")
    correct(cast, came, "33.33", "It was wrong")
    work(cast)
    assert (pools(cast.leg), pools(cast.table)) == ({AT["TLL"]: (61, 61)}, {AT["TLL"]: (7, 28)})


def test_what_was_taken_back_brings_its_part_back(cast, came, order):
    complete(cast, order, 5)
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    correct(cast, came, "10")
    work(cast)
    assert pools(cast.leg) == {AT["TLL"]: (100, 110)}
    assert pools(cast.table) == {}


@pytest.mark.parametrize(
    ("amount", "reason", "field", "words"),
    [
        ("0", "Freight", "amount", "Say how much"),
        ("1.001", "Freight", "amount", "more decimals than EUR"),
        ("-100.01", "Freight", "amount", "It cost 100 EUR, so not 100.01 less."),
        ("5", " ", "reason", "Say why."),
    ],
)
def test_what_is_wrong_is_told(cast, came, amount, reason, field, words):
    with pytest.raises(InvalidInput) as caught:
        correct(cast, came, amount, reason)
    assert words in caught.value.errors[field]
    correct(cast, came, "-100")
    with pytest.raises(InvalidInput, match="It cost 0 EUR"):
        correct(cast, came, "-0.01")


def test_only_what_came_from_outside_and_stands_is_corrected(cast, came, order):
    complete(cast, order, 5)
    made = StockMove.objects.get(item=cast.table)
    used = StockMove.objects.get(item=cast.leg, posting__kind="completion")
    for move in (made, used):
        with pytest.raises(InvalidInput):
            correct(cast, move, "1")
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    reverse_posting(came.posting_id, now=cast.now, actor=None)
    with pytest.raises(WrongState, match="was taken back"):
        correct(cast, came, "1")
