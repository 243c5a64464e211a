"""Many at once on the same order, the same transfer, and the two halves of one cycle."""

from decimal import Decimal as D

import pytest

from bench.racing import race
from core import invariants
from inventory.models import Location, StockBalance
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers import Movement, Part, TransferDraft, TransferLineDraft
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import BillOfMaterials, ManufacturingOrder
from production.services import bills, manufacturing_orders

pytestmark = pytest.mark.django_db(transaction=True)


def stock(cast, item, quantity):
    line = AdjustmentLine(item_id=item.pk, quantity=D(quantity), unit_cost=D(10))
    adjust(site_id=cast.tll.pk, reason="Opening stock", lines=[line], now=cast.now, actor=None)


def make_bill(cast, item, component):
    lines = [BillLineDraft(component_id=component.pk, quantity_per=1)]
    draft = BillDraft(item_id=item.pk, company_id=cast.maker.pk, lines=lines)
    return bills.create(draft, now=cast.now, actor=None)


def hold_true():
    return [outcome for outcome in invariants.check() if not outcome.is_ok and "level" not in outcome.name]


def test_an_order_is_not_completed_beyond_what_is_open(committed_cast):
    cast = committed_cast
    make_bill(cast, cast.table, cast.top)
    stock(cast, cast.top, 100)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=5)
    order = manufacturing_orders.create(draft, now=cast.now, actor=None)
    manufacturing_orders.release(order.pk, now=cast.now, actor=None)

    def complete_one(number):
        manufacturing_orders.complete(order.pk, CompletionDraft(quantity=1), now=cast.now, actor=None)
        return "made"

    assert race(8, complete_one) == {"made": 5, "WrongState": 3}
    assert StockBalance.objects.get(item=cast.table).quantity == 5
    assert StockBalance.objects.get(item=cast.top).quantity == 95
    assert hold_true() == []


def test_two_orders_fight_over_the_last_component(committed_cast):
    cast = committed_cast
    make_bill(cast, cast.table, cast.top)
    stock(cast, cast.top, 3)
    drafts = [OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=1) for _ in range(8)]
    orders = manufacturing_orders.create_many(drafts, now=cast.now, actor=None)
    manufacturing_orders.release_many([order.pk for order in orders], now=cast.now, actor=None)

    def complete(number):
        manufacturing_orders.complete(orders[number].pk, CompletionDraft(quantity=1), now=cast.now, actor=None)
        return "made"

    assert race(8, complete) == {"made": 3, "InsufficientStock": 5}
    assert ManufacturingOrder.objects.filter(state="done").count() == 3
    assert hold_true() == []


def test_the_two_halves_of_a_cycle_are_not_both_written(committed_cast):
    cast = committed_cast
    halves = [(cast.top, cast.leg), (cast.leg, cast.top)]

    def write(number):
        make_bill(cast, *halves[number % 2])
        return "written"

    assert race(2, write) == {"written": 1, "BillCycle": 1}
    assert BillOfMaterials.objects.count() == 1


def test_a_transfer_is_dispatched_and_received_once_by_however_many(committed_cast):
    cast = committed_cast
    stock(cast, cast.leg, 10)
    lines = [TransferLineDraft(item_id=cast.leg.pk, quantity=6)]
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=lines)
    transfer = transfers.create(draft, now=cast.now, actor=None)
    transfers.confirm(transfer.pk, now=cast.now, actor=None)
    line_id = transfer.lines.get().pk

    def part(number):
        return Movement(parts=[Part(line_id=line_id, quantity=2)])

    def send(number):
        transfers.dispatch(transfer.pk, part(number), now=cast.now, actor=None)
        return "sent"

    def take(number):
        transfers.receive(transfer.pk, part(number), now=cast.now, actor=None)
        return "received"

    assert race(6, send) == {"sent": 3, "MoreThanOpen": 3}
    assert Location.objects.filter(transfer_id=transfer.pk).count() == 1
    assert race(6, take) == {"received": 3, "WrongState": 3}
    assert StockBalance.objects.get(item=cast.leg, site=cast.chi, location__kind="storage").quantity == 6
    assert hold_true() == []
