"""Beside the tables come offcuts at their own cost and shelves with a share of the order's.

Worked by hand. 10 tables of 1 top each (5.00). With each table comes 1 leg, at a standard cost of 0.50, and 2 m of
plank, which bear a fifth of the cost.

                    issued    legs    left    tables (4/5)    planks (1/5)
    4 completed     20.00     2.00    18.00   14.40           3.60
    6 completed     30.00     3.00    27.00   21.60           5.40
                    50.00     5.00            36.00           9.00
"""

from decimal import Decimal as D

import pytest

from inventory.models import ItemCompany, StockBalance
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import ManufacturingOrder
from production.services import bills, manufacturing_orders
from tests.scenarios.telling import pools, put, work


@pytest.fixture
def order(cast):
    put(cast, cast.tll, cast.top, 10, 5)
    ItemCompany.objects.update_or_create(item=cast.leg, company=cast.maker, defaults={"standard_cost": "0.5"})
    lines = [
        BillLineDraft(component_id=cast.top.pk, quantity_per=1),
        BillLineDraft(component_id=cast.leg.pk, quantity_per=1, kind="by_product"),
        BillLineDraft(component_id=cast.plank.pk, quantity_per=2, kind="co_product", cost_share="0.2"),
    ]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=10)
    made = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    return manufacturing_orders.release(made.pk, now=cast.now, actor=cast.planner)


def complete(cast, order, quantity):
    manufacturing_orders.complete(order.pk, CompletionDraft(quantity=quantity), now=cast.now, actor=cast.operator)


def worth(cast):
    return [pools(item).get(("stock", "NORDWOOD", "TLL"), (0, 0)) for item in (cast.leg, cast.table, cast.plank)]


def test_what_comes_out_beside_takes_its_cost_and_goes_back_with_the_report(cast, order):
    complete(cast, order, 4)
    work(cast)
    assert worth(cast) == [(4, 2), (4, D("14.4")), (8, D("3.6"))]

    complete(cast, order, 6)
    work(cast)
    assert worth(cast) == [(10, 5), (10, 36), (20, 9)]
    assert list(order.components.order_by("line_no").values_list("posted_quantity", flat=True)) == [10, 10, 20]

    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    work(cast)
    assert worth(cast) == [(0, 0)] * 3
    assert list(order.components.order_by("line_no").values_list("posted_quantity", flat=True)) == [0, 0, 0]
    assert pools(cast.top) == {("stock", "NORDWOOD", "TLL"): (10, 50)}
    assert ManufacturingOrder.objects.get().state == "released"


def test_a_by_product_takes_no_more_than_there_is(cast, order):
    ItemCompany.objects.filter(item=cast.leg, company=cast.maker).update(standard_cost="7")
    complete(cast, order, 10)
    work(cast)

    assert worth(cast) == [(10, 50), (10, 0), (20, 0)]
    assert StockBalance.objects.get(item=cast.plank).quantity == 20
