"""`suppliers`, `supplier-items`, `purchase-orders` and `receipts` as an integrator sees them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.services import items
from purchasing.models import PurchaseOrder, SupplierItem
from purchasing.services import suppliers

URL = "/api/v1/purchase-orders/"


@pytest.fixture
def body(sawmill):
    return {
        "supplier": "sae",
        "site": "TLL",
        "expected_on": "2026-12-01",
        "lines": [{"item": "plank", "quantity": "30.5", "unit_price": "4.2"}],
    }


@pytest.fixture
def post(api):
    def send(path: str, body=None, status: int = 200, client=None):
        answer = (client or api).post(path, body or {}, format="json")
        assert answer.status_code == status, answer.content
        return answer.json()

    return send


def test_the_main_job(body, post, api, cast):
    draft = post(URL, body, 201)
    assert (draft["number"], draft["state"], draft["net_amount"]) == ("PO-1001", "draft", "128.1")
    assert (draft["supplier"]["code"], draft["expected_on"]) == ("SAE", "2026-12-01")
    line = draft["lines"][0]
    assert (line["quantity"], line["open_quantity"], line["unit"]["code"]) == ("30.5", "30.5", "m")

    url = f"{URL}{draft['id']}/"
    assert post(f"{url}order/")["state"] == "ordered"
    part = {"lines": [{"line": line["id"], "quantity": "10", "rejected_quantity": "0.5"}], "supplier_reference": "D1"}
    received = post(f"{url}receive/", part)
    shown = received["lines"][0]
    assert (received["state"], shown["posted_quantity"], shown["rejected_quantity"], shown["open_quantity"]) == (
        "partly_received", "10", "0.5", "20.5",
    )  # fmt: skip
    receipt = api.get(f"/api/v1/receipts/{received['receipt']['id']}/").json()
    assert (receipt["order"]["number"], receipt["supplier_reference"], receipt["is_historical"]) == (
        "PO-1001",
        "D1",
        False,
    )
    assert receipt["lines"][0] | {"id": 0} == {
        "id": 0, "line": line["id"], "line_no": 1, "item": {"id": cast.plank.pk, "sku": "PLANK"},
        "quantity": "10", "rejected_quantity": "0.5",
    }  # fmt: skip
    balances = api.get("/api/v1/stock-balances/", {"item": "PLANK"}).json()["results"]
    assert [row["quantity"] for row in balances] == ["10"]

    assert post(f"{url}receive/")["state"] == "received"
    assert post(f"{url}reverse/", {"reason": "Wrong truck"})["state"] == "partly_received"
    assert post(f"{url}close/", {"reason": "Late"})["state"] == "closed"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": [{"item": "NOPE", "quantity": "1"}]}, "lines.0.item"),
        ({"lines": [{"item": "PLANK", "quantity": "0.0001"}]}, "lines.0.quantity"),
        ({"lines": [{"item": "PLANK", "quantity": "-1"}]}, "lines.0.quantity"),
        ({"lines": [{"item": "PLANK", "quantity": "1", "unit_label": "CASE"}]}, "lines.0.unit_label"),
        ({"lines": [{"item": "PLANK", "quantity": "1", "unit": "m", "unit_label": "CASE"}]}, "lines.0.unit_label"),
        ({"lines": [{"item": "PLANK", "quantity": "1", "unit_price": "free"}]}, "lines.0.unit_price"),
        ({"lines": []}, "lines"),
        ({"supplier": "NOBODY"}, "supplier"),
        ({"site": "FAR"}, "site"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_is_a_400_that_names_the_field(body, api, change, field):
    answer = api.post(URL, body | change, format="json")

    assert answer.status_code == 400, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not PurchaseOrder.objects.exists()


def test_lots_are_named_by_number_and_made(cast, make_order, post):
    glue = items.create(sku="GLUE", unit=cast.pcs, company=cast.maker, tracking="lot", actor=cast.planner)
    url = f"{URL}{make_order((glue, 5, 1)).pk}/"

    refused = post(f"{url}receive/", {}, 400)
    assert refused["errors"] == [
        {"field": "lines.0.lot", "message": "GLUE is tracked by lot; name the lot.", "code": "invalid"}
    ]
    rows = [{"line_no": 1, "quantity": 2, "lot": "B7", "location": cast.tll_stock.code}, {"line_no": 1, "lot": "B8"}]
    assert post(f"{url}receive/", {"lines": rows})["state"] == "received"
    assert [error["field"] for error in post(f"{url}receive/", {"lines": [{"line_no": 9}]}, 400)["errors"]] == [
        "lines.0.line"
    ]


def test_over_receipt_is_a_409_with_the_numbers(cast, make_order, api):
    url = f"{URL}{make_order((cast.leg, 5, 1)).pk}/receive/"

    answer = api.post(url, {"lines": [{"line_no": 1, "quantity": "6"}]}, format="json")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "over_receipt")
    assert (problem["requested"], problem["open"], problem["quantity"]) == ("6", "5", "5")


def test_a_patch_merges_and_needs_the_version(cast, make_order, api):
    order = make_order((cast.plank, 5, 1), note="Ring twice")
    url = f"{URL}{order.pk}/"
    patch = {
        "expected_on": None,
        "lines": [{"id": order.lines.get().pk, "quantity": "6"}, {"item": "LEG", "quantity": 1}],
    }
    assert api.patch(url, patch, format="json").status_code == 428

    answer = api.patch(url, patch, format="json", headers={"If-Match": api.get(url)["ETag"]})

    edited = answer.json()
    assert (edited["note"], [row["quantity"] for row in edited["lines"]]) == ("Ring twice", ["6", "1"])
    assert api.patch(url, patch, format="json", headers={"If-Match": '"1"'}).status_code == 412


def test_filters(cast, make_order, api, sawmill):
    other = suppliers.create(company=cast.maker, code="OTHER", actor=cast.planner)
    mine = make_order((cast.plank, 1, 1), external_reference="Q 9")
    make_order((cast.leg, 1, 1), supplier_id=other.pk, site_id=cast.chi.pk, is_ordered=False)

    for query in (
        {"state": "ordered"}, {"supplier": "Sae"}, {"supplier_id": sawmill.pk}, {"site": "tll"}, {"item": "PLANK"},
        {"number": "po-1001"}, {"search": "saev 9"},
    ):  # fmt: skip
        rows = api.get(URL, query).json()["results"]
        assert [row["id"] for row in rows] == [mine.pk], query


def test_a_supplier_sees_what_was_ordered_of_him(cast, make_order, as_user):
    draft, order = make_order((cast.plank, 1, 1), is_ordered=False), make_order((cast.plank, 1, 1))
    supplier = as_user(cast.supplier_planner)

    assert [row["id"] for row in supplier.get(URL).json()["results"]] == [order.pk]
    assert supplier.get(f"{URL}{draft.pk}/").status_code == 404
    assert supplier.post(f"{URL}{order.pk}/receive/", {}, format="json").status_code == 403
    for stranger in (cast.outsider, cast.lakk_planner):
        assert as_user(stranger).get(f"{URL}{order.pk}/").status_code == 404


def test_suppliers_and_what_they_sell(cast, api, as_user):
    supplier = api.post("/api/v1/suppliers/", {"code": "GLUE", "lead_time_days": 4}, format="json").json()
    assert (supplier["company"]["code"], supplier["party"]["code"]) == ("NORDWOOD", "GLUE")

    prices = [{"unit_price": "9.5"}, {"unit_price": "9", "minimum_quantity": "10", "valid_from_on": "2026-01-01"}]
    sold = {"supplier": "GLUE", "item": "LEG", "unit_label": "BOX", "unit_factor": "6", "prices": prices}
    created = api.post("/api/v1/supplier-items/", sold, format="json")
    assert created.status_code == 201, created.content
    row = created.json()
    assert (row["unit_factor"], row["item"]["sku"]) == ("6", "LEG")
    assert [(price["minimum_quantity"], price["unit_price"], price["currency"]) for price in row["prices"]] == [
        ("0", "9.5", "EUR"),
        ("10", "9", "EUR"),
    ]

    url = f"/api/v1/supplier-items/{row['id']}/"
    patch = {"prices": [{"unit_price": "8"}]}
    edited = api.patch(url, patch, format="json", headers={"If-Match": created["ETag"]})
    assert [price["unit_price"] for price in edited.json()["prices"]] == ["8", "9"]
    order = {"supplier": "GLUE", "site": "TLL", "lines": [{"item": "LEG", "quantity": "2", "unit_label": "BOX"}]}
    line = api.post(URL, order, format="json").json()["lines"][0]
    assert (line["quantity"], line["unit_price"], line["net_amount"], line["expected_on"] is not None) == (
        "12", "8", "16", True,
    )  # fmt: skip

    assert as_user(cast.outsider).get(url).status_code == 404
    assert api.delete(url, headers={"If-Match": created["ETag"]}).status_code == 412
    assert api.delete(url, headers={"If-Match": edited["ETag"]}).status_code == 204
    assert not SupplierItem.objects.exists()


def test_many_orders_at_once(body, api):
    answer = api.post(URL, [body | {"is_ordered": True}] * 3, format="json")

    assert [(row["number"], row["state"]) for row in answer.json()] == [
        ("PO-1001", "ordered"), ("PO-1002", "ordered"), ("PO-1003", "ordered"),
    ]  # fmt: skip


def test_a_page_costs_the_same_number_of_queries(cast, make_order, api):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(URL).status_code == 200
        return len(captured)

    make_order((cast.plank, 1, 1))
    queries()  # what a connection does once
    few = queries()
    for _ in range(10):
        make_order((cast.plank, 1, 1), (cast.leg, 1, 1))
    assert queries() == few <= 10
