"""Why an order cost something else than planned; worked by hand.

10 tables: 4 legs each at 1.00 by plan, and 6 minutes at 60.00 an hour, so 40.00 and 60.00. Really the legs cost 1.50
when they are used, 45 are used, it takes 80 minutes, and an hour costs 66.00 by then.

    material 67.50: 5 legs more at 1.00 = 5.00, the rest of 27.50 over is price = 22.50
    labor    88.00: 20 minutes more at 1.00 = 20.00, the rest of 28.00 over is the rate = 8.00
"""

from decimal import Decimal as D

import pytest
from rest_framework.test import APIClient

from inventory.models import StockMove
from inventory.services.cost_corrections import correct_cost
from production.drafts import BillDraft, BillLineDraft, ComponentUse, OrderDraft
from production.models import Operation, Routing, Task, WorkCenter
from production.selectors.order_flow import cost, visible_steps
from production.selectors.variances import variances
from production.services import bills, manufacturing_orders, tasks
from production.services.tasks import ReportDraft
from sites.access import access_of
from tests.scenarios.telling import put


@pytest.fixture
def order(cast):
    put(cast, cast.tll, cast.leg, 60, 1)
    saw = WorkCenter.objects.create(site=cast.tll, code="SAW", name="Saw", labor_rate_per_hour=60)
    routing = Routing.objects.create(item=cast.table, company=cast.maker)
    Operation.objects.create(routing=routing, number=10, name="Build", work_center=saw, run_time_minutes_per_unit=6)
    lines = [BillLineDraft(component_id=cast.leg.pk, quantity_per=4)]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=10)
    made = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    manufacturing_orders.release(made.pk, now=cast.now, actor=cast.planner)

    correct_cost(StockMove.objects.get().pk, "30", reason="Freight", now=cast.now, actor=cast.planner)
    WorkCenter.objects.update(labor_rate_per_hour=66)
    report = ReportDraft(good_quantity=10, minutes=80, components=[ComponentUse(item_id=cast.leg.pk, quantity=45)])
    tasks.report(Task.objects.get().pk, report, now=cast.now, actor=cast.planner)
    made.refresh_from_db()
    return made


def told(cast, order):
    steps = visible_steps(order, access_of(cast.planner))
    found = cost(order, steps, access_of(cast.planner))
    return variances(order, steps, found), found


def test_price_and_use_rate_and_time(cast, order):
    found, whole = told(cast, order)
    assert (found.material_price, found.material_use) == (D("22.5"), 5)
    assert (found.rate, found.time) == (8, 20)
    assert found.total == whole.over == D("55.5")
    assert found.written_off == 0


def test_they_stand_on_the_page_and_in_the_api(client, cast, order):
    client.force_login(cast.planner)
    page = client.get(f"/s/all/manufacturing-orders/{order.pk}/").content.decode()
    assert "Why it differs from plan" in page
    api = APIClient()
    api.force_authenticate(cast.planner)
    answer = api.get(f"/api/v1/manufacturing-orders/{order.pk}/cost/").json()
    assert {name: D(answer["variances"][name]) for name in ("material_price", "time", "total")} == {
        "material_price": D("22.5"),
        "time": D(20),
        "total": D("55.5"),
    }
    assert [row["kind"] for row in answer["kinds"]] == ["material", "labor"]
    api.force_authenticate(cast.operator)
    assert api.get(f"/api/v1/manufacturing-orders/{order.pk}/cost/").status_code == 403


def test_what_is_left_when_an_order_ends_is_written_off(cast):
    put(cast, cast.tll, cast.leg, 60, 1)
    lines = [BillLineDraft(component_id=cast.leg.pk, quantity_per=4)]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    saw = WorkCenter.objects.create(site=cast.tll, code="SAW", name="Saw")
    routing = Routing.objects.create(item=cast.table, company=cast.maker)
    for number in (10, 20):
        Operation.objects.create(routing=routing, number=number, name=f"Step {number}", work_center=saw)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=10)
    order = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
    first = Task.objects.get(number=10)
    tasks.report(first.pk, ReportDraft(good_quantity=3), now=cast.now, actor=cast.planner)
    manufacturing_orders.close(order.pk, reason="No more", now=cast.now, actor=cast.planner)
    order.refresh_from_db()
    assert told(cast, order)[0].written_off == 12
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    order.refresh_from_db()
    assert told(cast, order)[0].written_off == 0
