"""History: orders of the past whose receipts move no stock."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Forbidden, InvalidInput
from core.models import Event
from inventory.errors import AlreadyReversed
from inventory.models import CostPool, Posting, StockBalance, StockMove, Supply
from inventory.services import undo
from purchasing.drafts import HistoricalLine, HistoricalOrder
from purchasing.errors import NothingToReverse
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt
from purchasing.services import purchase_orders, receipts


@pytest.fixture
def finished(cast, sawmill):
    """Ordered 4, of which 3 came, for 50.26 a case."""
    line = HistoricalLine(
        item_id=cast.leg.pk,
        ordered_quantity=Decimal(4),
        received_quantity=Decimal(3),
        rejected_quantity=Decimal(1),
        unit_price=Decimal("50.26"),
        unit_label="CS",
    )
    return HistoricalOrder(
        company_id=cast.maker.pk,
        supplier_id=sawmill.pk,
        site_id=cast.tll.pk,
        currency="EUR",
        ordered_on=date(2011, 4, 16),
        expected_on=date(2011, 4, 30),
        received_at=datetime(2011, 4, 25, 22, 30, tzinfo=UTC),
        lines=[line],
        is_closed=True,
        number="1",
    )


def record(cast, *orders, actor=None):
    return receipts.record_history(orders, now=cast.now, actor=actor or cast.planner)


def test_a_finished_order_is_closed_short_and_moves_nothing(cast, finished, assert_sound):
    recorded = record(cast, finished)

    assert (recorded.orders, recorded.lines, recorded.receipts) == (1, 1, 1)
    order = PurchaseOrder.objects.get()
    assert (order.number, order.state, order.is_historical) == ("1", "closed", True)
    line = order.lines.get()
    assert (line.quantity, line.posted_quantity, line.closed_quantity, line.open_quantity) == (4, 3, 1, 0)
    assert (line.rejected_quantity, line.unit_price, line.unit_label) == (1, Decimal("50.26"), "CS")
    receipt = Receipt.objects.get()
    assert (receipt.is_historical, receipt.posting.is_historical, receipt.number) == (
        True,
        True,
        receipt.posting.number,
    )
    assert receipt.posting.effective_on == date(2011, 4, 26)  # half past one in Tallinn
    assert receipt.lines.get().quantity == 3
    for model in (StockMove, StockBalance, CostPool, Supply):
        assert not model.objects.exists()
    assert Event.objects.get(kind="purchase_order.imported").payload["levels"] == []
    assert_sound()


def test_what_is_pending_is_open(cast, finished, assert_sound):
    waiting = replace(finished.lines[0], received_quantity=Decimal(0), rejected_quantity=Decimal(0))
    record(cast, replace(finished, is_closed=False), replace(finished, is_closed=False, number="2", lines=[waiting]))

    states = PurchaseOrder.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["partly_received", "ordered"]
    rows = Supply.objects.order_by("document_number").values_list("open_quantity", "firmness", "due_on")
    assert list(rows) == [(1, "firm", date(2011, 4, 30)), (4, "firm", date(2011, 4, 30))]
    assert Receipt.objects.count() == 1
    assert_sound()


def test_the_rest_of_a_pending_order_is_received_and_its_history_stays(cast, finished, assert_sound):
    record(cast, replace(finished, is_closed=False))
    order = PurchaseOrder.objects.get()
    options = {"now": cast.now, "actor": cast.planner}

    purchase_orders.receive(order.pk, **options)
    assert StockBalance.objects.get().quantity == 1
    purchase_orders.reverse(order.pk, **options)
    with pytest.raises(NothingToReverse):
        purchase_orders.reverse(order.pk, **options)
    with pytest.raises(AlreadyReversed):
        undo.reverse_posting(Posting.objects.get(is_historical=True).pk, **options)
    assert_sound()


def test_nonsense_is_named_and_nothing_is_written(cast, finished):
    too_many = replace(finished.lines[0], received_quantity=Decimal(5))

    with pytest.raises(InvalidInput) as refusal:
        record(cast, finished, replace(finished, number="2", lines=[finished.lines[0], too_many]))
    assert refusal.value.errors == {"1.lines.1.received_quantity": "5 received of 4 ordered."}
    with pytest.raises(InvalidInput, match=r"1\.number"):
        record(cast, finished, finished)
    with pytest.raises(InvalidInput, match=r"0\.supplier"):
        record(cast, replace(finished, supplier_id=10**9))
    with pytest.raises(Forbidden):
        record(cast, finished, actor=cast.viewer)
    assert not PurchaseOrder.objects.exists()


def test_hundreds_of_orders_cost_as_many_statements_as_a_few(cast, finished, assert_sound):
    def statements(first: int, count: int) -> int:
        orders = [replace(finished, number=str(first + place), lines=finished.lines * 2) for place in range(count)]
        with CaptureQueriesContext(connection) as queries:
            record(cast, *orders)
        return len(queries)

    few = statements(1, 3)
    assert statements(100, 300) == few
    assert (Receipt.objects.count(), PurchaseOrderLine.objects.count()) == (303, 606)
    assert_sound()
