"""When a recipe or routing changes that released orders follow, these are to be reviewed."""

import pytest
from rest_framework.test import APIClient

from core.errors import Forbidden
from core.models import Event
from production.drafts import BillLineChange
from production.models import Routing, WorkCenter
from production.routing_drafts import OperationDraft, RoutingDraft
from production.services import bills, manufacturing_orders, routings


def test_a_changed_bill_marks_the_released_orders_that_follow_it(cast, make_order, table_bill):
    released, planned = make_order(5), make_order(5, is_released=False)
    edit = BillLineChange(line_id=table_bill.lines.first().pk, values={"quantity_per": 2})
    bills.change(table_bill.pk, line_edits=[edit], now=cast.now, actor=cast.planner)
    released.refresh_from_db()
    planned.refresh_from_db()
    assert released.review_reason == f"The bill of materials {table_bill} has changed."
    assert planned.review_reason == ""
    assert released.components.order_by("line_no").first().quantity == 5

    client = APIClient()
    client.force_authenticate(cast.planner)
    path = "/api/v1/manufacturing-orders/"
    found = client.get(f"{path}?needs_review=true").json()["results"]
    assert [row["number"] for row in found] == [released.number]
    assert client.get(f"/api/v1/bills-of-materials/{table_bill.pk}/").json()["open_orders"] == 2
    answer = client.post(f"{path}{released.pk}/reviewed/", {}, format="json")
    assert answer.json()["review_reason"] == ""
    kinds = Event.objects.filter(kind__contains="review").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["manufacturing_order.review_needed", "manufacturing_order.reviewed"]


def test_a_viewer_reviews_nothing(cast, make_order):
    with pytest.raises(Forbidden):
        manufacturing_orders.reviewed(make_order().pk, now=cast.now, actor=cast.viewer)


def test_a_changed_routing_marks_them_too(cast, make_order):
    saw = WorkCenter.objects.create(site=cast.tll, code="SAW", name="Saw")
    draft = RoutingDraft(
        item_id=cast.table.pk,
        company_id=cast.maker.pk,
        operations=[OperationDraft(name="Cut", work_center_id=saw.pk)],
    )
    routing = routings.create(draft, now=cast.now, actor=cast.planner)
    order = make_order(5)
    assert order.routing == Routing.objects.get()
    routings.change(routing.pk, changes={"code": "R1"}, now=cast.now, actor=cast.planner)
    order.refresh_from_db()
    assert order.review_reason == "The routing R1 has changed."
