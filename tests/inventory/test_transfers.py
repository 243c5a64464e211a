"""Transfers: stock on its way, never anybody else's, never lost without a word."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from core import invariants
from core.errors import Forbidden, InvalidInput, NotFound, StaleVersion, WrongState
from inventory.choices import TransferState as State
from inventory.errors import (
    DocumentBlocked,
    GoodsOnTheWay,
    InsufficientStock,
    MoreThanOpen,
    NoSuchAgreement,
    ReversalBlocked,
)
from inventory.models import ConsignmentAgreement, CostPool, Demand, Item, Location, Lot, StockBalance, Supply, Transfer
from inventory.services import agreements, transfers, undo
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.agreements import Term
from inventory.services.transfers import (
    Movement,
    Part,
    TransferDraft,
    TransferLineChange,
    TransferLineDraft,
    TransferLineRemoval,
)
from sites.models import Company


@pytest.fixture(autouse=True)
def _invariants_hold(db: None) -> Any:
    yield
    names = [name for name in invariants.names() if "levels" not in name and "allocation" not in name]
    assert [outcome for outcome in invariants.check(names) if not outcome.is_ok] == []


@pytest.fixture
def put(cast):
    """Puts so many of an item on hand at a site (TLL) at a unit cost (10)."""

    def put(item, quantity, *, site=None, cost="10", owner=None, lot=None):
        line = AdjustmentLine(item_id=item.pk, quantity=D(quantity), unit_cost=D(cost), lot_id=lot and lot.pk)
        return adjust(
            site_id=(site or cast.tll).pk,
            owner_id=owner and owner.pk,
            reason="Opening stock",
            lines=[line],
            now=cast.now,
            actor=None,
        )

    return put


@pytest.fixture
def make(cast):
    """A transfer from TLL to CHI: `make((item, quantity), …)`, confirmed unless said otherwise."""

    def make(*wanted, is_confirmed=True, **given):
        lines = [TransferLineDraft(item_id=item.pk, quantity=quantity) for item, quantity in wanted]
        ends = {"origin_id": cast.tll.pk, "destination_id": cast.chi.pk}
        transfer = transfers.create(TransferDraft(**(ends | given), lines=lines), now=cast.now, actor=cast.planner)
        if is_confirmed:
            transfer = transfers.confirm(transfer.pk, now=cast.now, actor=cast.planner)
        return transfer

    return make


def parts(transfer, *quantities, **said):
    lines = transfer.lines.order_by("line_no")
    return Movement(
        parts=[Part(line_id=line.pk, quantity=q, **said) for line, q in zip(lines, quantities, strict=True)]
    )


def dispatch(cast, transfer, *quantities, actor=None, **said):
    movement = parts(transfer, *quantities, **said) if quantities else None
    return transfers.dispatch(transfer.pk, movement, now=cast.now, actor=actor or cast.planner).transfer


def receive(cast, transfer, *quantities, actor=None, **said):
    movement = parts(transfer, *quantities, **said) if quantities else None
    return transfers.receive(transfer.pk, movement, now=cast.now, actor=actor or cast.planner).transfer


def stock_at(item, site, kind="storage"):
    rows = StockBalance.objects.filter(item=item, site=site, location__kind=kind)
    return sum(rows.values_list("quantity", flat=True), D(0))


def value(kind, item, site=None):
    return sum(CostPool.objects.filter(kind=kind, item=item, site=site).values_list("value", flat=True), D(0))


def demand(transfer):
    return Demand.objects.get(document_kind="transfer", document_id=transfer.pk)


def supply(transfer):
    return Supply.objects.get(document_kind="transfer", document_id=transfer.pk)


def test_a_draft_is_kept_in_both_registers(cast, make):
    transfer = make((cast.leg, 10), is_confirmed=False)

    assert (transfer.number, transfer.state) == ("TR-1001", State.DRAFT)
    assert (transfer.company, transfer.owner) == (cast.maker, cast.maker)
    assert (demand(transfer).firmness, supply(transfer).firmness) == ("draft", "draft")


def test_confirmed_by_hand_it_is_asked_for_in_the_first_tier(cast, make):
    transfer = make((cast.leg, 10))

    asked, coming = demand(transfer), supply(transfer)
    assert (asked.site, asked.used_by, asked.open_quantity) == (cast.tll, cast.maker, 10)
    assert (asked.firmness, asked.tier) == ("firm", 1)
    assert (coming.site, coming.origin, coming.open_quantity) == (cast.chi, cast.tll, 10)
    assert (coming.firmness, coming.in_transit_quantity) == ("firm", 0)


def test_arrives_by_its_lane_two_zones_away(cast, make):
    """A Monday in Tallinn, 14 days on the lane to Chicago."""
    transfer = make((cast.leg, 10))

    assert (transfer.ship_by_on, transfer.expected_on) == (date(2026, 11, 23), date(2026, 12, 7))
    asked, coming = demand(transfer), supply(transfer)
    assert (asked.due_on, asked.due_at.isoformat()) == (date(2026, 11, 23), "2026-11-23T15:00:00+00:00")
    assert (coming.due_on, coming.due_at.isoformat()) == (date(2026, 12, 7), "2026-12-07T23:00:00+00:00")


def test_one_made_for_something_else_has_its_rank(cast, make):
    transfer = make((cast.leg, 10), source_kind="manufacturing_order", source_id=1)

    assert demand(transfer).tier == 2


def test_dispatched_goods_lie_in_the_transfer_s_own_place(cast, make, put):
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))

    dispatch(cast, transfer, 4)

    place = Location.objects.get(transfer_id=transfer.pk)
    assert (place.code, place.site, place.kind) == ("TRANSIT-TR-1001", cast.chi, "transit")
    assert (stock_at(cast.leg, cast.tll), stock_at(cast.leg, cast.chi, "transit")) == (6, 4)
    assert (value("stock", cast.leg, cast.tll), value("transfer", cast.leg)) == (60, 40)
    assert demand(transfer).open_quantity == 6
    assert (supply(transfer).open_quantity, supply(transfer).in_transit_quantity) == (10, 4)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.dispatched_at) == (State.IN_TRANSIT, cast.now)


def test_received_goods_keep_their_value(cast, make, put):
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))
    dispatch(cast, transfer)

    assert receive(cast, transfer, 7).state == State.PARTLY_RECEIVED
    assert (stock_at(cast.leg, cast.chi), value("stock", cast.leg, cast.chi)) == (7, 70)
    assert (supply(transfer).open_quantity, supply(transfer).in_transit_quantity) == (3, 3)

    assert receive(cast, transfer).state == State.RECEIVED
    assert value("stock", cast.leg, cast.chi) == 100
    assert supply(transfer).closed_at is not None
    assert Location.objects.get(transfer_id=transfer.pk).archived_at == cast.now


def test_what_is_sent_in_parts_arrives_in_parts(cast, make, put):
    put(cast.leg, 10)
    put(cast.top, 5)
    transfer = make((cast.leg, 10), (cast.top, 5))

    dispatch(cast, transfer, 10, 2)
    receive(cast, transfer)
    transfer.refresh_from_db()
    assert transfer.state == State.PARTLY_RECEIVED

    dispatch(cast, transfer)
    assert receive(cast, transfer).state == State.RECEIVED
    assert (stock_at(cast.leg, cast.chi), stock_at(cast.top, cast.chi)) == (10, 5)


@pytest.fixture
def batch(cast):
    """An item tracked by lot, with an old and a new lot."""
    item = Item.objects.create(sku="GLUE", name="Glue", unit=cast.pcs, tracking="lot")
    old = Lot.objects.create(item=item, number="OLD", began_on=date(2026, 1, 1))
    new = Lot.objects.create(item=item, number="NEW", began_on=date(2026, 6, 1))
    return item, old, new


def lots_at(item, site):
    rows = StockBalance.objects.filter(item=item, site=site, location__kind="storage", quantity__gt=0)
    return dict(rows.values_list("lot__number", "quantity"))


def test_the_oldest_lot_is_received_first(cast, make, put, batch):
    item, old, new = batch
    put(item, 5, lot=new)
    put(item, 3, lot=old)
    transfer = make((item, 8))
    dispatch(cast, transfer)

    receive(cast, transfer, 4)
    assert lots_at(item, cast.chi) == {"OLD": 3, "NEW": 1}


def test_a_named_lot_is_received(cast, make, put, batch):
    item, old, new = batch
    put(item, 5, lot=new)
    put(item, 3, lot=old)
    transfer = make((item, 8))
    dispatch(cast, transfer)

    receive(cast, transfer, 4, lot_id=new.pk)
    assert lots_at(item, cast.chi) == {"NEW": 4}
    with pytest.raises(MoreThanOpen, match="2 of GLUE asked, 1 are on their way"):
        receive(cast, transfer, 2, lot_id=new.pk)


def test_lost_goods_leave_with_their_value(cast, make, put):
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))
    dispatch(cast, transfer)
    receive(cast, transfer, 7)

    settled = transfers.settle(transfer.pk, reason="Fell off", now=cast.now, actor=cast.planner).transfer

    assert settled.state == State.RECEIVED
    assert settled.lines.get().lost_quantity == 3
    assert value("transfer", cast.leg) == 0
    assert value("stock", cast.leg, cast.chi) == 70
    assert stock_at(cast.leg, cast.chi, "transit") == 0
    assert supply(transfer).closed_at is not None


def test_each_step_is_taken_back_the_latest_first(cast, make, put):
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))
    dispatch(cast, transfer)
    receive(cast, transfer, 7)
    transfers.settle(transfer.pk, reason="Fell off", now=cast.now, actor=cast.planner)

    def reverse():
        return transfers.reverse(transfer.pk, now=cast.now, actor=cast.planner).transfer

    assert reverse().state == State.PARTLY_RECEIVED
    assert (stock_at(cast.leg, cast.chi, "transit"), value("transfer", cast.leg)) == (3, 30)
    assert Location.objects.get(transfer_id=transfer.pk).archived_at is None

    assert reverse().state == State.IN_TRANSIT
    assert (stock_at(cast.leg, cast.chi), value("transfer", cast.leg)) == (0, 100)

    taken_back = reverse()
    assert (taken_back.state, taken_back.dispatched_at) == (State.CONFIRMED, None)
    assert (stock_at(cast.leg, cast.tll), value("stock", cast.leg, cast.tll)) == (10, 100)
    assert demand(transfer).open_quantity == 10

    with pytest.raises(WrongState):
        reverse()
    transfers.cancel(transfer.pk, now=cast.now, actor=cast.planner)


def test_a_dispatch_is_not_taken_back_after_its_receipt(cast, make, put):
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))
    sent = transfers.dispatch(transfer.pk, now=cast.now, actor=cast.planner).posted
    arrived = transfers.receive(transfer.pk, now=cast.now, actor=cast.planner).posted

    with pytest.raises(ReversalBlocked, match=arrived.number):
        undo.reverse_posting(sent.posting_id, now=cast.now, actor=cast.planner)

    undo.reverse_posting(arrived.posting_id, now=cast.now, actor=cast.planner)
    transfer.refresh_from_db()
    assert transfer.state == State.IN_TRANSIT


def test_more_than_there_is_is_refused_with_the_numbers(cast, make, put):
    put(cast.leg, 8)
    transfer = make((cast.leg, 10))

    with pytest.raises(InsufficientStock, match="LEG at TLL: 10 asked, 8 on hand"):
        dispatch(cast, transfer)
    with pytest.raises(MoreThanOpen, match="line 1: 11 of LEG asked, 10 are still to be dispatched"):
        dispatch(cast, transfer, 11)
    dispatch(cast, transfer, 8)
    with pytest.raises(MoreThanOpen, match="9 of LEG asked, 8 are on their way"):
        receive(cast, transfer, 9)
    assert stock_at(cast.leg, cast.chi, "transit") == 8


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "many"])
def test_a_quantity_that_can_t_be_is_refused(cast, make, quantity):
    with pytest.raises(InvalidInput) as refusal:
        make((cast.leg, 1), (cast.top, quantity))
    assert list(refusal.value.errors) == ["lines.1.quantity"]
    assert not Transfer.objects.exists()


def test_ends_at_another_site(cast, make):
    with pytest.raises(InvalidInput, match="another site"):
        make((cast.leg, 1), destination_id=cast.tll.pk)


def test_is_not_closed_while_goods_travel(cast, make, put):
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))
    dispatch(cast, transfer, 4)

    with pytest.raises(GoodsOnTheWay, match="4 of LEG are on their way"):
        transfers.close(transfer.pk, reason="Enough", now=cast.now, actor=cast.planner)

    receive(cast, transfer)
    with pytest.raises(InvalidInput, match="reason"):
        transfers.close(transfer.pk, now=cast.now, actor=cast.planner)
    closed = transfers.close(transfer.pk, reason="Enough", now=cast.now, actor=cast.planner)
    assert (closed.state, closed.lines.get().closed_quantity) == (State.CLOSED, 6)
    assert not Demand.objects.filter(closed_at=None).exists()
    assert not Supply.objects.filter(closed_at=None).exists()


def test_a_closed_transfer_goes_on_when_its_latest_step_is_taken_back(cast, make, put):
    """4 of 10 arrived, the rest was released: taken back, the 4 are on their way again and nothing else is open."""
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))
    dispatch(cast, transfer, 4)
    receive(cast, transfer)
    transfers.close(transfer.pk, reason="Enough", now=cast.now, actor=cast.planner)

    back = transfers.reverse(transfer.pk, now=cast.now, actor=cast.planner).transfer

    assert back.state == State.IN_TRANSIT
    assert (supply(transfer).open_quantity, supply(transfer).in_transit_quantity) == (4, 4)
    assert not Demand.objects.filter(closed_at=None).exists()
    assert receive(cast, transfer).state == State.RECEIVED


def test_a_blocked_transfer_waits(cast, make, put):
    put(cast.leg, 10)
    transfer = make((cast.leg, 10))
    transfers.block(transfer.pk, reason="No truck", now=cast.now, actor=cast.planner)

    with pytest.raises(DocumentBlocked, match="blocked since 2026-11-23: No truck"):
        dispatch(cast, transfer)
    transfers.unblock(transfer.pk, now=cast.now, actor=cast.planner)
    dispatch(cast, transfer)


def test_a_draft_s_lines_are_changed_and_a_confirmed_one_s_dates(cast, make):
    transfer = make((cast.leg, 10), (cast.top, 1), is_confirmed=False)
    leg, top = transfer.lines.order_by("line_no")

    transfers.edit(
        transfer.pk,
        {"ship_by_on": date(2026, 12, 1)},
        [
            TransferLineChange(line_id=leg.pk, values={"quantity": 12}),
            TransferLineRemoval(top.pk),
            TransferLineDraft(item_id=cast.plank.pk, quantity="2.5"),
        ],
        expected=1,
        now=cast.now,
        actor=cast.planner,
    )

    open_demand = Demand.objects.filter(closed_at=None).values_list("item__sku", "open_quantity", "due_on")
    assert sorted(open_demand) == [("LEG", 12, date(2026, 12, 1)), ("PLANK", D("2.5"), date(2026, 12, 1))]
    assert set(Supply.objects.filter(closed_at=None).values_list("due_on", flat=True)) == {date(2026, 12, 15)}

    transfers.confirm(transfer.pk, now=cast.now, actor=cast.planner)
    with pytest.raises(WrongState):
        transfers.edit(transfer.pk, {}, [TransferLineRemoval(leg.pk)], now=cast.now, actor=cast.planner)
    with pytest.raises(StaleVersion):
        transfers.edit(transfer.pk, {"carrier": "X"}, expected=1, now=cast.now, actor=cast.planner)
    transfers.edit(transfer.pk, {"expected_on": date(2026, 12, 24)}, now=cast.now, actor=cast.planner)
    assert set(Supply.objects.filter(closed_at=None).values_list("due_on", flat=True)) == {date(2026, 12, 24)}


def test_the_operator_of_each_end_handles_what_happens_there(cast, make, put):
    """TLL is Nordwood's, RIX is operated by Lakk: its people receive and don't dispatch."""
    put(cast.leg, 10)
    transfer = make((cast.leg, 10), destination_id=cast.rix.pk)

    with pytest.raises(Forbidden):
        dispatch(cast, transfer, actor=cast.partner)
    with pytest.raises(NotFound):
        dispatch(cast, transfer, actor=cast.outsider)
    dispatch(cast, transfer, actor=cast.operator)
    with pytest.raises(Forbidden):
        receive(cast, transfer, actor=cast.operator)
    with pytest.raises(Forbidden):
        transfers.close(transfer.pk, now=cast.now, actor=cast.partner)
    assert receive(cast, transfer, actor=cast.partner).state == State.RECEIVED
    assert StockBalance.objects.get(item=cast.leg, site=cast.rix, quantity__gt=0).owner == cast.maker


def consign(cast, site):
    """Saeveski lets Nordwood use its stock at a site, at 3 each."""
    term = Term(valid_from_on=date(2026, 1, 1), unit_price=D(3), currency="EUR")
    agreements.start(owner=cast.supplier, site=site, used_by=cast.maker, term=term, now=cast.now, actor=None)


@pytest.fixture
def consigned(cast, put):
    """4 planks of Saeveski at RIX that Nordwood may use, and 2 of its own."""
    consign(cast, cast.rix)
    put(cast.plank, 4, site=cast.rix, owner=cast.supplier, cost="2")
    put(cast.plank, 2, site=cast.rix, cost="5")


def owners_of(item, site):
    rows = StockBalance.objects.filter(item=item, site=site, quantity__gt=0)
    return dict(rows.values_list("owner__code", "quantity"))


def test_consigned_stock_stays_at_home_without_an_agreement_there(cast, make, consigned):
    transfer = make((cast.plank, 5), origin_id=cast.rix.pk, destination_id=cast.tll.pk)

    with pytest.raises(NoSuchAgreement, match="PLANK of SAEVESKI, consigned to NORDWOOD, can't go to TLL"):
        dispatch(cast, transfer)
    assert owners_of(cast.plank, cast.rix) == {"SAEVESKI": 4, "NORDWOOD": 2}
    dispatch(cast, transfer, 2)


def test_consigned_stock_travels_as_it_is(cast, make, consigned):
    consign(cast, cast.tll)
    transfer = make((cast.plank, 5), origin_id=cast.rix.pk, destination_id=cast.tll.pk)
    dispatch(cast, transfer)
    receive(cast, transfer)

    assert owners_of(cast.plank, cast.tll) == {"SAEVESKI": 3, "NORDWOOD": 2}
    pools = CostPool.objects.filter(item=cast.plank, site=cast.tll).values_list("owner__code", "value")
    assert dict(pools) == {"SAEVESKI": 6, "NORDWOOD": 10}
    kept = StockBalance.objects.get(item=cast.plank, site=cast.tll, owner=cast.supplier, quantity__gt=0)
    assert kept.used_by == cast.maker


def test_a_dispatch_takes_nothing_of_an_owner_who_consigns_only_at_the_destination(cast, make, put):
    consign(cast, cast.tll)
    put(cast.plank, 4, site=cast.rix, owner=cast.supplier, cost="2")
    transfer = make((cast.plank, 3), origin_id=cast.rix.pk, destination_id=cast.tll.pk)
    part = Part(line_id=transfer.lines.get().pk, owner_id=cast.supplier.pk)

    with pytest.raises(InsufficientStock):
        transfers.dispatch(transfer.pk, Movement(parts=[part]), now=cast.now, actor=cast.admin)
    assert owners_of(cast.plank, cast.rix) == {"SAEVESKI": 4}


def test_what_is_lost_on_the_way_leaves_even_after_its_agreement_ended(cast, make, consigned):
    consign(cast, cast.tll)
    transfer = make((cast.plank, 5), origin_id=cast.rix.pk, destination_id=cast.tll.pk)
    dispatch(cast, transfer)
    agreement = ConsignmentAgreement.objects.get(site=cast.tll)
    agreements.end(agreement, now=cast.now, actor=None)

    transfers.settle(transfer.pk, reason="Stolen", now=cast.now, actor=cast.planner)

    assert not StockBalance.objects.filter(location__kind="transit", quantity__gt=0).exists()


def test_two_companies_with_the_same_number_have_two_places(cast, make, put):
    put(cast.leg, 1)
    first = make((cast.leg, 1))
    dispatch(cast, first)
    item = Item.objects.create(sku="BOLT", name="Bolt", unit=cast.pcs)
    far = Company.objects.get(code="FAR")
    put(item, 1, site=cast.far_site)
    second = transfers.create(
        TransferDraft(
            origin_id=cast.far_site.pk,
            destination_id=cast.chi.pk,
            company_id=far.pk,
            lines=[TransferLineDraft(item_id=item.pk, quantity=1)],
        ),
        now=cast.now,
        actor=cast.outsider,
    )
    transfers.confirm(second.pk, now=cast.now, actor=cast.outsider)
    transfers.dispatch(second.pk, now=cast.now, actor=cast.outsider)

    assert second.number == first.number
    codes = Location.objects.filter(kind="transit").order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["TRANSIT-TR-1001", f"TRANSIT-TR-1001-{second.pk}"]
