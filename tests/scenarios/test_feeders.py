"""What a recipe brings from another site comes by a transfer of the order; worked by hand.

10 tables are made in Tallinn of 1 top each, which is there, and 4 legs each, which the recipe brings from Chicago. The
lane takes 5 days. 40 legs leave; on closing with 6 tables made the 16 that were never sent are asked for no more.
"""

from datetime import date, timedelta

import pytest

from inventory.choices import Tier
from inventory.models import Demand, Transfer
from inventory.services import transfers
from inventory.services.transfers import Movement, Part
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import ManufacturingOrder
from production.services import bills, manufacturing_orders
from sites.models import Lane
from tests.scenarios.telling import level, put, work


@pytest.fixture
def order(cast):
    put(cast, cast.tll, cast.top, 10, 5)
    put(cast, cast.chi, cast.leg, 50, 1)
    Lane.objects.create(company=cast.maker, origin=cast.chi, destination=cast.tll, transit_days=5)
    lines = [
        BillLineDraft(component_id=cast.top.pk, quantity_per=1),
        BillLineDraft(component_id=cast.leg.pk, quantity_per=4, supply_site_id=cast.chi.pk),
    ]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    due = cast.now.date() + timedelta(days=20)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=10, due_on=due)
    made = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    return manufacturing_orders.release(made.pk, now=cast.now, actor=cast.planner)


def send(cast, transfer, quantity):
    line = Part(line_id=transfer.lines.get().pk, quantity=quantity)
    transfers.dispatch(transfer.pk, Movement(parts=[line]), now=cast.now, actor=cast.planner)


def test_what_the_recipe_brings_is_sent_with_the_orders_rank(cast, order):
    (transfer,) = Transfer.objects.all()
    line = transfer.lines.get()
    assert (transfer.origin, transfer.destination, transfer.state) == (cast.chi, cast.tll, "confirmed")
    assert (line.item, line.quantity, transfer.priority_id) == (cast.leg, 40, order.priority_id)
    assert transfer.expected_on - transfer.ship_by_on == timedelta(days=5)
    assert transfer.ship_by_on >= date(2026, 11, 23)
    demand = Demand.objects.get(kind="transfer_out")
    assert (demand.open_quantity, demand.firmness, demand.tier) == (40, "firm", Tier.RANKED)
    work(cast)
    assert level(cast.leg, cast.chi, cast.maker)[:2] == (50, 40)

    send(cast, transfer, 40)
    transfers.receive(transfer.pk, Movement(), now=cast.now, actor=cast.planner)
    manufacturing_orders.complete(order.pk, CompletionDraft(quantity=10), now=cast.now, actor=cast.planner)
    work(cast)
    assert ManufacturingOrder.objects.get().state == "done"
    assert level(cast.leg, cast.tll, cast.maker)[0] == 0


def test_it_ends_with_the_order_and_goes_on_with_it(cast, order):
    (transfer,) = Transfer.objects.all()
    send(cast, transfer, 24)
    transfers.receive(transfer.pk, Movement(), now=cast.now, actor=cast.planner)
    manufacturing_orders.complete(order.pk, CompletionDraft(quantity=6), now=cast.now, actor=cast.planner)
    manufacturing_orders.close(order.pk, reason="Enough", now=cast.now, actor=cast.planner)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.lines.get().closed_quantity) == ("closed", 16)
    assert not Demand.objects.filter(kind="transfer_out", open_quantity__gt=0).exists()
    work(cast)

    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.lines.get().open_quantity) == ("partly_received", 16)
    work(cast)


def test_what_is_on_its_way_arrives_all_the_same(cast, order):
    (transfer,) = Transfer.objects.all()
    send(cast, transfer, 24)
    manufacturing_orders.cancel(order.pk, reason="Not wanted", now=cast.now, actor=cast.planner)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.lines.get().open_quantity) == ("in_transit", 0)
    transfers.receive(transfer.pk, Movement(), now=cast.now, actor=cast.planner)
    work(cast)
    assert level(cast.leg, cast.tll, cast.maker)[0] == 24
    transfer.refresh_from_db()
    assert transfer.state == "received"


def test_one_that_was_never_sent_is_canceled(cast, order):
    manufacturing_orders.cancel(order.pk, reason="Not wanted", now=cast.now, actor=cast.planner)
    assert Transfer.objects.get().state == "canceled"
    work(cast)
