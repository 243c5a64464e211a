"""A serial number is one piece: whoever brings it, it is in stock once."""

from decimal import Decimal as D

import pytest

from core.errors import InvalidInput
from inventory.models import Item, Lot, StockBalance
from inventory.services import transfers, undo
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers import TransferDraft, TransferLineDraft


@pytest.fixture
def drill(cast):
    return Item.objects.create(sku="DRILL", name="Drill", unit=cast.pcs, tracking="serial")


@pytest.fixture
def change(cast, drill):
    """Adjusts a drill of a number at a site (TLL) by 1 or -1 each."""

    def change(number, *signs, site=None):
        lot, _ = Lot.objects.get_or_create(item=drill, number=number)
        lines = [AdjustmentLine(drill.pk, D(sign), lot_id=lot.pk) for sign in signs]
        return adjust(site_id=(site or cast.tll).pk, reason="Found", lines=lines, now=cast.now, actor=None)

    return change


def in_stock():
    rows = StockBalance.objects.filter(quantity__gt=0).order_by("id")
    return [*rows.values_list("lot__number", "site__code", "quantity")]


def test_one_that_is_in_stock_comes_in_nowhere_again(cast, change):
    change("S1", 1)

    with pytest.raises(InvalidInput, match=r"lines\.0\.lot: S1 of DRILL is in stock already"):
        change("S1", 1)
    with pytest.raises(InvalidInput, match="S1 of DRILL is in stock already"):
        change("S1", 1, site=cast.chi)

    assert in_stock() == [("S1", "TLL", 1)]


def test_one_posting_brings_it_once(change):
    with pytest.raises(InvalidInput, match=r"lines\.1\.lot: S1 of DRILL"):
        change("S1", 1, 1)

    assert in_stock() == []


def test_one_that_left_may_come_back(cast, change):
    change("S1", 1)
    change("S1", -1)
    change("S1", 1, site=cast.chi)

    assert in_stock() == [("S1", "CHI", 1)]


def test_leaving_and_coming_in_one_posting_keeps_one(change):
    change("S1", 1)
    change("S1", -1, 1)

    assert in_stock() == [("S1", "TLL", 1)]


def test_a_reversal_brings_no_second_one(cast, change):
    change("S1", 1)
    gone = change("S1", -1)
    change("S1", 1)

    with pytest.raises(InvalidInput, match="S1 of DRILL is in stock already"):
        undo.reverse_posting(gone.posting_id, now=cast.now, actor=None)

    assert in_stock() == [("S1", "TLL", 1)]


def test_it_travels(cast, drill, change):
    change("S1", 1)
    line = TransferLineDraft(item_id=drill.pk, quantity=1)
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=[line])
    transfer = transfers.create(draft, now=cast.now, actor=None)
    transfers.confirm(transfer.pk, now=cast.now, actor=None)

    transfers.dispatch(transfer.pk, now=cast.now, actor=None)
    with pytest.raises(InvalidInput, match="in stock already"):
        change("S1", 1)
    transfers.receive(transfer.pk, now=cast.now, actor=None)

    assert in_stock() == [("S1", "CHI", 1)]
