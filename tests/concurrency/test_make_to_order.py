"""Many at once on what is made for one order."""

from decimal import Decimal as D

import pytest

from bench.racing import race
from core import invariants
from inventory.models import AllocationPin, Demand, StockBalance
from production import locks
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import ManufacturingOrder
from production.services import bills, manufacturing_orders
from sales.drafts import LineDraft
from sales.drafts import OrderDraft as SaleDraft
from sales.services import customers, sales_orders
from tests.scenarios.telling import put

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demand(committed_cast):
    """4 tables asked for."""
    cast = committed_cast
    put(cast, cast.tll, cast.top, 20, 5)
    recipe = [BillLineDraft(component_id=cast.top.pk, quantity_per=1)]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=recipe), now=cast.now, actor=None)
    customer = customers.create(company=cast.maker, code="SHOP", actor=None)
    draft = SaleDraft(
        customer_id=customer.pk, site_id=cast.tll.pk, lines=[LineDraft(item_id=cast.table.pk, quantity=4, unit_price=9)]
    )
    sales_orders.create(draft, is_open=True, now=cast.now, actor=None)
    return Demand.objects.get(kind="sales_line")


def test_reports_of_several_orders_reserve_no_more_than_is_asked_for(committed_cast, demand):
    cast = committed_cast
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=3, demand_id=demand.pk)
    orders = manufacturing_orders.create_many([draft] * 3, now=cast.now, actor=None)
    manufacturing_orders.release_many([order.pk for order in orders], now=cast.now, actor=None)

    def complete(number):
        order_id = orders[number % 3].pk
        manufacturing_orders.complete(order_id, CompletionDraft(quantity=1), now=cast.now, actor=None)
        return "made"

    assert race(9, complete) == {"made": 9}
    assert StockBalance.objects.values_list("quantity", "reserved").get(item=cast.table) == (9, 4)
    assert AllocationPin.objects.get().quantity == 4
    assert [o for o in invariants.check(["reserved stock = pins on hand"]) if not o.is_ok] == []


def make_at_once(cast, demand):
    def make(number):
        return len(manufacturing_orders.make_for([demand.pk], now=cast.now, actor=None))

    return race(6, make)


def test_a_line_is_made_for_once(committed_cast, demand):
    assert make_at_once(committed_cast, demand) == {1: 1, 0: 5}
    assert ManufacturingOrder.objects.get().quantity == D(4)


def test_without_the_lock_it_would_be_made_for_again(committed_cast, demand, monkeypatch):
    monkeypatch.setattr(locks, "demands", lambda ids: list(Demand.objects.filter(pk__in=list(ids)).order_by("pk")))
    make_at_once(committed_cast, demand)

    assert ManufacturingOrder.objects.count() > 1
