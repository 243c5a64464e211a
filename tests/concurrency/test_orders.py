"""Many at once on one order, and on orders that share stock: nothing is shipped or received twice."""

from decimal import Decimal as D

import pytest

from bench.racing import race
from core import invariants
from inventory.models import Demand, StockBalance, Supply
from inventory.services.adjustments import AdjustmentLine, adjust
from purchasing.drafts import LineDraft as PurchaseLine
from purchasing.drafts import OrderDraft as PurchaseDraft
from purchasing.drafts import ReceiveDraft, ReceiveLine
from purchasing.models import PurchaseOrder, Receipt
from purchasing.services import purchase_orders, suppliers
from sales.drafts import LineDraft, OrderDraft, ShipDraft, ShipLine
from sales.models import SalesOrder, Shipment
from sales.services import customers, sales_orders

pytestmark = pytest.mark.django_db(transaction=True)

FIGHTERS = 8


def assert_sound():
    names = [name for name in invariants.names() if not {"levels", "allocation", "statuses"} & set(name.split())]
    wrong = [outcome for outcome in invariants.check(names) if not outcome.is_ok]
    assert not wrong, wrong


def stocked(cast, item, quantity):
    line = AdjustmentLine(item.pk, D(quantity), unit_cost=D(1))
    adjust(site_id=cast.tll.pk, reason="Opening", lines=[line], now=cast.now, actor=None)


def sold(cast, *lines):
    shop = customers.create(company=cast.maker, code="SHOP", actor=None)
    draft = OrderDraft(
        customer_id=shop.pk,
        site_id=cast.tll.pk,
        lines=[LineDraft(item_id=item.pk, quantity=quantity) for item, quantity in lines],
    )
    return sales_orders.create(draft, is_open=True, now=cast.now, actor=None)


def bought(cast, item, quantity):
    supplier = suppliers.create(company=cast.maker, code="SAE", party=cast.supplier, actor=None)
    draft = PurchaseDraft(
        supplier_id=supplier.pk,
        site_id=cast.tll.pk,
        lines=[PurchaseLine(item_id=item.pk, quantity=quantity, unit_price="2")],
    )
    return purchase_orders.create(draft, is_ordered=True, now=cast.now, actor=None)


def test_an_order_is_shipped_once_however_many_ship_it(committed_cast):
    cast = committed_cast
    stocked(cast, cast.table, 100)
    order = sold(cast, (cast.table, 3))

    def ship(number):
        sales_orders.ship(order.pk, now=cast.now, actor=None)
        return "shipped"

    assert race(FIGHTERS, ship) == {"shipped": 1, "WrongState": FIGHTERS - 1}
    assert (StockBalance.objects.get().quantity, Shipment.objects.count()) == (97, 1)
    assert_sound()


def test_parts_shipped_at_once_never_exceed_the_line(committed_cast):
    cast = committed_cast
    stocked(cast, cast.table, 100)
    order = sold(cast, (cast.table, 6), (cast.leg, 1))
    part = ShipDraft(lines=[ShipLine(line_id=order.lines.get(line_no=1).pk, quantity=1)])

    def ship(number):
        sales_orders.ship(order.pk, part, now=cast.now, actor=None)
        return "shipped"

    assert race(FIGHTERS, ship) == {"shipped": 6, "OverShipment": FIGHTERS - 6}
    assert StockBalance.objects.get().quantity == 94
    assert_sound()


def test_closing_and_shipping_at_once_leave_one_truth(committed_cast):
    cast = committed_cast
    stocked(cast, cast.table, 100)
    order = sold(cast, (cast.table, 1))

    def act(number):
        if number % 2:
            sales_orders.ship(order.pk, now=cast.now, actor=None)
        else:
            sales_orders.cancel(order.pk, now=cast.now, actor=None)
        return "done"

    assert race(FIGHTERS, act) == {"done": 1, "WrongState": FIGHTERS - 1}
    assert SalesOrder.objects.get().state in {"shipped", "canceled"}
    assert not Demand.objects.filter(closed_at=None).exists()
    assert_sound()


def test_a_purchase_is_received_once_however_many_receive_it(committed_cast):
    cast = committed_cast
    order = bought(cast, cast.leg, 5)
    part = ReceiveDraft(lines=[ReceiveLine(line_id=order.lines.get().pk, quantity=2)])

    def receive(number):
        purchase_orders.receive(order.pk, part, now=cast.now, actor=None)
        return "received"

    assert race(FIGHTERS, receive) == {"received": 2, "OverReceipt": FIGHTERS - 2}
    assert (StockBalance.objects.get().quantity, Receipt.objects.count()) == (4, 2)
    assert Supply.objects.get().open_quantity == 1
    assert PurchaseOrder.objects.get().state == "partly_received"
    assert_sound()


def test_orders_made_at_once_have_numbers_and_ranks_of_their_own(committed_cast):
    cast = committed_cast
    shop = customers.create(company=cast.maker, code="SHOP", actor=None)
    line = LineDraft(item_id=cast.table.pk, quantity=1)
    draft = OrderDraft(customer_id=shop.pk, site_id=cast.tll.pk, lines=[line])

    def create(number):
        sales_orders.create(draft, is_open=True, now=cast.now, actor=None)
        return "created"

    assert race(FIGHTERS, create) == {"created": FIGHTERS}
    orders = SalesOrder.objects.order_by("priority__rank")
    assert len({order.number for order in orders}) == len({order.priority_id for order in orders}) == FIGHTERS
    assert_sound()
