"""Made to order, split, merged and closed with a back-order, through the API."""

import pytest
from rest_framework.test import APIClient

from production.drafts import BillDraft, BillLineDraft
from production.models import ManufacturingOrder
from production.services import bills
from sales.drafts import LineDraft
from sales.drafts import OrderDraft as SaleDraft
from sales.services import customers, sales_orders

MAKE = "manufacturing-orders/make-to-order/"
ORDER = {"item": "TABLE", "site": "TLL", "quantity": "10", "due_on": "2026-12-04"}


@pytest.fixture
def sale(cast):
    """6 tables of 1 top each, a top of 3 m of plank."""
    for item, component, per in ((cast.table, cast.top, 1), (cast.top, cast.plank, 3)):
        lines = [BillLineDraft(component_id=component.pk, quantity_per=per)]
        bills.create(BillDraft(item_id=item.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    customer = customers.create(company=cast.maker, code="SHOP", actor=cast.planner)
    lines = [LineDraft(item_id=cast.table.pk, quantity=6, unit_price=9)]
    draft = SaleDraft(customer_id=customer.pk, site_id=cast.tll.pk, lines=lines)
    return sales_orders.create(draft, is_open=True, now=cast.now, actor=cast.planner)


def post(user, path, body, status=200):
    client = APIClient()
    client.force_authenticate(user)
    answer = client.post(f"/api/v1/{path}", body, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_a_sales_order_is_made_to_order_shown_before_and_taken_back(cast, sale):
    body = {"sales_order": sale.number}
    shown = post(cast.planner, f"{MAKE}preview/", body)
    assert [(row["level"], row["item"], row["quantity"], row["site"]) for row in shown] == [
        (0, "TABLE", "6", "TLL"),
        (1, "TOP", "6", "TLL"),
    ]
    assert not ManufacturingOrder.objects.exists()

    made = post(cast.planner, MAKE, {**body, "lines": [sale.lines.get().pk]})
    assert [(row["item"]["sku"], row["quantity"], row["source_kind"]) for row in made] == [
        ("TABLE", "6", "sales_line"),
        ("TOP", "6", "mo_component"),
    ]
    assert post(cast.planner, MAKE, body) == []

    gone = post(cast.planner, f"{MAKE}undo/", body)
    assert [row["state"] for row in gone] == ["canceled", "canceled"]
    assert len(post(cast.planner, MAKE, {**body, "levels": "first"})) == 1


@pytest.mark.parametrize("path", [MAKE, f"{MAKE}preview/", f"{MAKE}undo/"])
def test_nobody_else_makes_for_it(cast, sale, path):
    for user in (cast.outsider, cast.partner):
        answer = post(user, path, {"sales_order": sale.pk}, 400)
        assert [(row["field"], row["message"]) for row in answer["errors"]] == [
            ("sales_order", "There is no such sales order.")
        ]
    assert not ManufacturingOrder.objects.exists()


def test_a_viewer_may_not_make(cast, sale):
    post(cast.viewer, MAKE, {"sales_order": sale.pk}, 403)

    assert not ManufacturingOrder.objects.exists()


def test_a_line_that_is_not_open_is_refused(cast, sale):
    answer = post(cast.planner, MAKE, {"sales_order": sale.pk, "lines": [sale.lines.get().pk + 1]}, 400)

    assert [row["field"] for row in answer["errors"]] == ["lines"]


def test_an_order_is_split_merged_and_goes_on_in_a_back_order(cast, sale):
    order = post(cast.planner, "manufacturing-orders/", ORDER, 201)
    path = f"manufacturing-orders/{order['id']}"
    parts = post(cast.planner, f"{path}/split/", {"quantities": ["4", "1"]})
    assert [part["quantity"] for part in parts] == ["5", "4", "1"]

    whole = post(cast.planner, f"{path}/merge/", {"orders": [parts[1]["id"]]})
    assert whole["quantity"] == "9"
    post(cast.planner, f"{path}/merge/", {"orders": [order["id"] + 1000]}, 404)
    post(cast.planner, f"{path}/split/", {"quantities": ["9"]}, 400)

    post(cast.planner, f"{path}/release/", {})
    closed, rest = post(cast.planner, f"{path}/back-order/", {"reason": "No tops"})
    assert (closed["state"], rest["state"], rest["quantity"]) == ("closed", "planned", "9")
    post(cast.operator, f"manufacturing-orders/{rest['id']}/split/", {"quantities": ["1"]}, 403)


def test_the_page_shows_what_will_be_made_makes_it_and_takes_it_back(cast, sale, client):
    client.force_login(cast.planner)
    page = f"/s/TLL/manufacturing-orders/make-to-order/{sale.pk}/"
    assert page in client.get(f"/s/TLL/sales-orders/{sale.pk}/").text
    shown = client.get(page).text
    assert "TABLE" in shown
    assert "TOP" in shown
    assert not ManufacturingOrder.objects.exists()

    assert client.post(page).status_code == 302
    assert ManufacturingOrder.objects.filter(state="planned").count() == 2
    assert "being made" in client.get(page).text

    client.post(f"{page}undo/")
    assert ManufacturingOrder.objects.filter(state="canceled").count() == 2


def test_the_page_is_the_sellers_planners_alone(cast, sale, client):
    for user in (cast.outsider, cast.partner, cast.operator, cast.viewer):
        client.force_login(user)
        assert client.post(f"/s/all/manufacturing-orders/make-to-order/{sale.pk}/").status_code == 404
    assert not ManufacturingOrder.objects.exists()
