"""Quality checks: they arise once from what happened, a failed one stops its lot and document until it is decided."""

from decimal import Decimal as D

import pytest

from core import drainer
from core.errors import Forbidden, InvalidInput, NotFound, WrongState
from inventory.models import CostPool, Lot, StockBalance
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.services import bills, manufacturing_orders
from purchasing.drafts import LineDraft, ReceiveDraft, ReceiveLine
from purchasing.drafts import OrderDraft as PurchaseDraft
from purchasing.models import PurchaseOrder
from purchasing.services import purchase_orders, suppliers
from quality import handlers
from quality.choices import CheckState, Decision
from quality.drafts import CharacteristicDraft, PlanDraft, ResultDraft
from quality.models import QualityCheck
from quality.services import checks, plans
from tests.scenarios.telling import work


def good(value="19", is_ok=True):
    return [ResultDraft(line_no=1, value=D(value)), ResultDraft(line_no=2, is_ok=is_ok)]


@pytest.fixture
def plan(cast):
    """Planks that come in are 18 to 20 mm thick and dry."""
    cast.plank.tracking = "lot"
    cast.plank.save(update_fields=["tracking"])
    draft = PlanDraft(
        company_id=cast.maker.pk,
        code="IN-1",
        name="Planks",
        trigger="receipt",
        item_id=cast.plank.pk,
        characteristics=[
            CharacteristicDraft(name="Thickness", kind="measure", min_value=D(18), max_value=D(20), unit="mm"),
            CharacteristicDraft(name="Dry"),
        ],
    )
    return plans.create(draft, actor=cast.planner)


@pytest.fixture
def receive(cast, plan):
    """10 of 20 m of P-1 come in at 5 each, and the workers work."""
    sawmill = suppliers.create(company=cast.maker, party=cast.supplier, code="SAE", actor=cast.planner)
    line = LineDraft(item_id=cast.plank.pk, quantity=20, unit_price=5)
    draft = PurchaseDraft(supplier_id=sawmill.pk, site_id=cast.tll.pk, lines=[line])
    order = purchase_orders.create(draft, is_ordered=True, now=cast.now, actor=cast.planner)

    def come(quantity=10):
        part = ReceiveLine(line_id=order.lines.get().pk, quantity=quantity, lot_number="P-1")
        purchase_orders.receive(order.pk, ReceiveDraft(lines=[part]), now=cast.now, actor=cast.planner)
        drainer.drain(now=lambda: cast.now)
        return order

    return come


@pytest.fixture
def check(receive):
    receive()
    return QualityCheck.objects.get()


def stands():
    lot, order = Lot.objects.get(number="P-1"), PurchaseOrder.objects.get()
    return lot.state, order.blocked_at is not None


def test_a_receipt_opens_its_check_once(cast, check):
    assert (check.quantity, check.lot.number, check.state) == (10, "P-1", "open")
    event_ids = [(pk,) for pk in _events("purchase_order.received")]
    handlers.happened(event_ids, now=cast.now)
    handlers.happened(event_ids, now=cast.now)

    assert QualityCheck.objects.count() == 1


def _events(kind):
    from core.models import Event

    return Event.objects.filter(kind=kind).values_list("pk", flat=True)


@pytest.mark.parametrize(("value", "is_ok", "state"), [
    ("18", True, "passed"), ("20", True, "passed"), ("20.01", True, "failed"), ("17.9", True, "failed"),
    ("19", False, "failed"),
])  # fmt: skip
def test_the_limits_belong_to_what_is_allowed(cast, check, value, is_ok, state):
    checks.record(check.pk, good(value, is_ok), now=cast.now, actor=cast.operator)

    assert QualityCheck.objects.get().state == state
    assert stands() == (("ok", False) if state == "passed" else ("held", True))
    work(cast)


def test_use_as_is_lets_both_go_on_and_its_undo_stops_them_again(cast, check):
    checks.record(check.pk, good("21"), now=cast.now, actor=cast.operator)
    checks.decide(check.pk, Decision.USE_AS_IS, reason="Sanded", now=cast.now, actor=cast.planner)
    assert stands() == ("ok", False)
    checks.undo_decision(check.pk, now=cast.now, actor=cast.planner)

    assert stands() == ("held", True)
    assert QualityCheck.objects.get().state == CheckState.FAILED
    work(cast)


@pytest.mark.parametrize("decision", [Decision.SCRAP, Decision.RETURN])
def test_what_is_scrapped_or_returned_leaves_with_its_value_and_comes_back(cast, check, decision):
    checks.record(check.pk, good("21"), now=cast.now, actor=cast.operator)
    checks.decide(check.pk, decision, reason="Too thick", now=cast.now, actor=cast.planner)
    work(cast)
    pool = CostPool.objects.get(item=cast.plank)
    assert (StockBalance.objects.get(item=cast.plank).quantity, pool.value) == (0, 0)
    checks.undo_decision(check.pk, now=cast.now, actor=cast.planner)

    pool.refresh_from_db()
    assert (StockBalance.objects.get(item=cast.plank).quantity, pool.value) == (10, 50)
    work(cast)


def test_rework_keeps_the_lot_frees_the_document_and_plans_the_repair(cast, check):
    checks.record(check.pk, good("21"), now=cast.now, actor=cast.operator)
    decided = checks.decide(check.pk, Decision.REWORK, reason="Plane it", now=cast.now, actor=cast.planner)

    assert stands() == ("held", False)
    order = decided.rework_order
    assert (order.kind, order.state, order.quantity, order.lot_number) == ("rework", "planned", 10, "P-1-R")
    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
    with pytest.raises(WrongState, match="cancel it first"):
        checks.undo_decision(check.pk, now=cast.now, actor=cast.planner)
    manufacturing_orders.cancel(order.pk, reason="", now=cast.now, actor=cast.planner)
    again = checks.undo_decision(check.pk, now=cast.now, actor=cast.planner)
    assert (again.state, again.rework_order, stands()) == ("failed", None, ("held", True))


def test_of_two_failed_checks_the_last_decision_frees(cast, receive, check):
    receive(5)
    second = QualityCheck.objects.exclude(pk=check.pk).get()
    for one in (check, second):
        checks.record(one.pk, good("21"), now=cast.now, actor=cast.planner)
    checks.decide(check.pk, Decision.USE_AS_IS, reason="Fine", now=cast.now, actor=cast.planner)
    assert stands() == ("held", True)
    checks.decide(second.pk, Decision.USE_AS_IS, reason="Fine", now=cast.now, actor=cast.planner)

    assert stands() == ("ok", False)


def test_a_receipt_taken_back_cancels_its_open_check(cast, receive):
    order = receive()
    purchase_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    work(cast)

    assert QualityCheck.objects.get().state == CheckState.CANCELED


def test_a_reopened_check_stops_nothing(cast, check):
    checks.record(check.pk, good("21"), now=cast.now, actor=cast.operator)
    checks.reopen(check.pk, now=cast.now, actor=cast.operator)

    assert stands() == ("ok", False)
    work(cast)


@pytest.mark.parametrize(("results", "field"), [
    ([], "results.1"),
    ([ResultDraft(line_no=1, value=D(19))], "results.2"),
    ([*good(), ResultDraft(line_no=3, is_ok=True)], "results.3"),
    ([ResultDraft(line_no=1, value=D(19), attachment_id=99), ResultDraft(line_no=2, is_ok=True)], "results.1"),
])  # fmt: skip
def test_a_result_that_is_missing_or_wrong_is_named(cast, check, results, field):
    with pytest.raises(InvalidInput) as refused:
        checks.record(check.pk, results, now=cast.now, actor=cast.operator)
    assert field in refused.value.errors
    assert QualityCheck.objects.get().state == CheckState.OPEN


def test_who_measures_does_not_decide_and_strangers_find_nothing(cast, check):
    with pytest.raises(NotFound):
        checks.record(check.pk, good(), now=cast.now, actor=cast.outsider)
    checks.record(check.pk, good("21"), now=cast.now, actor=cast.operator)
    with pytest.raises(WrongState):
        checks.record(check.pk, good(), now=cast.now, actor=cast.operator)
    with pytest.raises(Forbidden):
        checks.decide(check.pk, Decision.SCRAP, reason="x", now=cast.now, actor=cast.operator)


def test_a_completion_of_an_item_without_lots_blocks_its_order_alone(cast):
    lines = [BillLineDraft(component_id=cast.plank.pk, quantity_per=1)]
    bills.create(
        BillDraft(item_id=cast.leg.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=cast.planner
    )
    draft = PlanDraft(
        company_id=cast.maker.pk,
        code="F",
        name="Legs",
        trigger="finish",
        characteristics=[CharacteristicDraft(name="Straight")],
    )
    plans.create(draft, actor=cast.planner)
    order = manufacturing_orders.create(
        OrderDraft(item_id=cast.leg.pk, site_id=cast.tll.pk, quantity=5), now=cast.now, actor=cast.planner
    )
    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
    made = CompletionDraft(quantity=2, components=[])
    manufacturing_orders.complete(order.pk, made, now=cast.now, actor=cast.planner)
    drainer.drain(now=lambda: cast.now)
    check = QualityCheck.objects.get()
    checks.record(check.pk, [ResultDraft(line_no=1, is_ok=False)], now=cast.now, actor=cast.operator)
    order.refresh_from_db()
    assert (check.quantity, order.blocked_reason) == (2, f"QC-{check.pk} failed: Straight")
    checks.decide(check.pk, Decision.SCRAP, reason="Bent", now=cast.now, actor=cast.planner)

    order.refresh_from_db()
    assert order.blocked_at is None
    assert StockBalance.objects.get(item=cast.leg).quantity == 0
    work(cast)
