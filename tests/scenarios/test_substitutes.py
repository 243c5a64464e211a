"""Half a meter of plank may stand for a leg; worked by hand.

10 tables of 4 legs each at 1.00. 10 m of plank at 3.00 are used for 20 of the legs, so 20 legs and 10 m are what it
needs, and 40.00 is still its plan. 6 m more than it needs are just used.
"""

from decimal import Decimal as D

import pytest

from inventory.models import Demand
from production.drafts import (
    BillDraft,
    BillLineDraft,
    CompletionDraft,
    ComponentUse,
    OrderDraft,
    SubstituteDraft,
)
from production.services import bills, manufacturing_orders
from tests.scenarios.telling import pools, put, work


@pytest.fixture
def order(cast):
    put(cast, cast.tll, cast.leg, 40, 1)
    put(cast, cast.tll, cast.plank, 30, 3)
    plank = SubstituteDraft(item_id=cast.plank.pk, factor=D("0.5"))
    lines = [BillLineDraft(component_id=cast.leg.pk, quantity_per=4, substitutes=[plank])]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=10)
    made = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    return manufacturing_orders.release(made.pk, now=cast.now, actor=cast.planner)


def complete(cast, order, quantity, **used):
    items = {"legs": cast.leg, "planks": cast.plank}
    uses = [ComponentUse(item_id=items[name].pk, quantity=amount) for name, amount in used.items()]
    draft = CompletionDraft(quantity=quantity, components=uses or None)
    return manufacturing_orders.complete(order.pk, draft, now=cast.now, actor=cast.operator)


def needs(order):
    rows = order.components.select_related("item").order_by("line_no")
    return {row.item.sku: (row.quantity, row.posted_quantity, row.planned_unit_cost) for row in rows}


def test_what_stands_for_a_component_takes_its_need_over(cast, order):
    complete(cast, order, 5, planks=10)
    assert needs(order) == {"LEG": (20, 0, 1), "PLANK": (10, 10, 2)}
    assert Demand.objects.get(item=cast.leg).open_quantity == 20
    complete(cast, order, 5)
    work(cast)
    assert needs(order) == {"LEG": (20, 20, 1), "PLANK": (10, 10, 2)}
    order.refresh_from_db()
    assert order.state == "done"
    assert pools(cast.table) == {("stock", "NORDWOOD", "TLL"): (10, 50)}


def test_more_than_is_needed_is_just_used(cast, order):
    complete(cast, order, 10, planks=26)
    work(cast)
    assert needs(order) == {"LEG": (0, 0, 1), "PLANK": (20, 26, 2)}


def test_taken_back_the_other_item_is_still_what_it_needs(cast, order):
    complete(cast, order, 5, planks=10)
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    work(cast)
    assert needs(order) == {"LEG": (20, 0, 1), "PLANK": (10, 0, 2)}
