"""`customers`, `sales-orders` and `shipments` as an integrator sees them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.drafts import LevelKey
from inventory.services import recompute
from sales.models import Customer, SalesOrder
from sales.services import customers

URL = "/api/v1/sales-orders/"


@pytest.fixture
def body(shop):
    return {
        "customer": "moebel",
        "site": "TLL",
        "need_by_on": "2026-12-01",
        "lines": [{"item": "table", "quantity": "3", "unit_price": "120.50"}],
    }


@pytest.fixture
def post(api):
    def send(path: str, body=None, status: int = 200, client=None):
        answer = (client or api).post(path, body or {}, format="json")
        assert answer.status_code == status, answer.content
        return answer.json()

    return send


def recomputed(cast, *items):
    recompute.recompute([LevelKey(item.pk, cast.tll.pk, cast.maker.pk) for item in items], now=cast.now)


def test_the_main_job(cast, stock, body, post, api):
    stock(cast.table, 10)
    quote = post(URL, body, 201)
    assert (quote["number"], quote["state"], quote["net_amount"], quote["rank"]) == ("SO-1001", "quote", "361.5", None)
    assert quote["customer"] == {"id": Customer.objects.get().pk, "code": "MOEBEL"}
    line = quote["lines"][0]
    assert (line["item"]["sku"], line["quantity"], line["open_quantity"], line["unit"]["code"]) == (
        "TABLE", "3", "3", "pcs",
    )  # fmt: skip
    assert (line["unit_price"], line["net_amount"], line["need_by_on"]) == ("120.5", "361.5", "2026-12-01")

    url = f"{URL}{quote['id']}/"
    opened = post(f"{url}open/")
    assert (opened["state"], opened["rank"], opened["version"]) == ("open", 1, 2)
    assert opened["availability"] is None  # no worker has been there yet

    fresh = api.get(url, {"fresh": "true"}).json()
    assert (fresh["availability"], fresh["late_days"], fresh["lines"][0]["short_quantity"]) == ("in_stock", 0, "0")

    part = {"lines": [{"line": line["id"], "quantity": "1"}], "carrier": "Post"}
    shipped = post(f"{url}ship/", part)
    assert (shipped["state"], shipped["lines"][0]["open_quantity"], shipped["warnings"]) == ("partly_shipped", "2", [])
    shipment = api.get(f"/api/v1/shipments/{shipped['shipment']['id']}/").json()
    assert (shipment["number"], shipment["order"]["number"], shipment["is_reversed"]) == (
        shipped["shipment"]["number"], "SO-1001", False,
    )  # fmt: skip
    assert shipment["lines"][0]["quantity"] == "1"

    assert post(f"{url}ship/", {"lines": [{"line_no": 1}]})["state"] == "shipped"
    assert post(f"{url}reverse/")["state"] == "partly_shipped"
    closed = post(f"{url}close/", {"reason": "Enough"})
    assert (closed["state"], closed["lines"][0]["closed_quantity"]) == ("closed", "2")


def test_statuses_are_those_that_the_workers_left(cast, stock, make_order, api):
    stock(cast.table, 5)
    first, second = make_order((cast.table, 4)), make_order((cast.table, 4))
    recomputed(cast, cast.table)

    rows = api.get(URL, {"ordering": "rank"}).json()["results"]

    assert [(row["id"], row["rank"], row["availability"]) for row in rows] == [
        (first.pk, 1, "in_stock"),
        (second.pk, 2, "not_available"),
    ]
    assert rows[1]["lines"][0]["short_quantity"] == "3"
    assert rows == api.get(URL, {"ordering": "rank", "fresh": "true"}).json()["results"]
    late = api.get(URL, {"availability": "not_available,expected"}).json()["results"]
    assert [row["id"] for row in late] == [second.pk]


def test_a_drag_changes_who_is_served(cast, stock, make_order, api, post):
    stock(cast.table, 5)
    first, second = make_order((cast.table, 4)), make_order((cast.table, 4))

    moved = post(f"{URL}{second.pk}/rank/", {"before": first.number.lower()})

    assert moved["rank"] == 1
    fresh = api.get(URL, {"ordering": "rank", "fresh": "true"}).json()["results"]
    assert [(row["number"], row["availability"]) for row in fresh] == [
        (second.number, "in_stock"),
        (first.number, "not_available"),
    ]
    assert post(f"{URL}{second.pk}/rank/", {"after": first.pk})["rank"] == 2


def test_filters(cast, make_order, api, shop):
    other = customers.create(company=cast.maker, code="OTHER", actor=cast.planner)
    mine = make_order((cast.table, 1), external_reference="PO 77")
    make_order((cast.leg, 1), customer_id=other.pk, site_id=cast.chi.pk, is_open=False)

    for query in (
        {"state": "open"}, {"customer": "Moebel"}, {"customer_id": shop.pk}, {"site": "tll"}, {"item": "TABLE"},
        {"item_id": cast.table.pk}, {"number": "so-1001"}, {"search": "berg 77"},
        {"is_blocked": "false", "site_id": cast.tll.pk},
    ):  # fmt: skip
        rows = api.get(URL, query).json()["results"]
        assert [row["id"] for row in rows] == [mine.pk], query
    assert api.get(URL, {"colour": "red"}).status_code == 400
    assert api.get(URL, {"state": "lost"}).status_code == 400


def test_a_patch_merges_and_needs_the_version(cast, make_order, api):
    order = make_order((cast.table, 5), (cast.leg, 4), note="Ring twice")
    table, leg = order.lines.order_by("line_no")
    url = f"{URL}{order.pk}/"
    patch = {
        "need_by_on": "2026-12-09",
        "lines": [
            {"id": table.pk, "quantity": "6"},
            {"id": leg.pk, "remove": True},
            {"item": "TOP", "quantity": "2"},
        ],
    }
    assert api.patch(url, patch, format="json").status_code == 428

    etag = api.get(url)["ETag"]
    answer = api.patch(url, patch, format="json", headers={"If-Match": etag})

    edited = answer.json()
    assert (answer.status_code, edited["note"], edited["need_by_on"]) == (200, "Ring twice", "2026-12-09")
    assert [(row["item"]["sku"], row["quantity"]) for row in edited["lines"]] == [("TABLE", "6"), ("TOP", "2")]
    stale = api.patch(url, {"note": "x"}, format="json", headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": [{"item": "NOPE", "quantity": "1"}]}, "lines.0.item"),
        ({"lines": [{"item": "TABLE", "quantity": "-1"}]}, "lines.0.quantity"),
        ({"lines": [{"item": "TABLE", "quantity": "0.5"}]}, "lines.0.quantity"),
        ({"lines": [{"item": "TABLE", "quantity": "abc"}]}, "lines.0.quantity"),
        ({"lines": [{"item": "TABLE", "quantity": "1e40"}]}, "lines.0.quantity"),
        ({"lines": [{"item": "TABLE", "quantity": "1", "unit": "kg"}]}, "lines.0.unit"),
        ({"lines": [{"item": "TABLE", "quantity": "1", "unit": "parsec"}]}, "lines.0.unit"),
        ({"lines": [{"item": "TABLE", "quantity": "1", "unit_price": "-1"}]}, "lines.0.unit_price"),
        ({"lines": [{"item": "TABLE", "quantity": "1", "qty": 1}]}, "lines.0.qty"),
        ({"lines": []}, "lines"),
        ({"customer": "NOBODY"}, "customer"),
        ({"site": "FAR"}, "site"),
        ({"owner": "FAR"}, "owner"),
        ({"need_by_on": "soon"}, "need_by_on"),
        ({"currency": "EU"}, "currency"),
    ],
)
def test_bad_input_is_a_400_that_names_the_field(body, api, change, field):
    answer = api.post(URL, body | change, format="json")

    assert answer.status_code == 400, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not SalesOrder.objects.exists()


def test_too_little_stock_is_a_409_with_the_numbers(make_order, cast, stock, api):
    stock(cast.table, 1)
    order = make_order((cast.table, 2))

    answer = api.post(f"{URL}{order.pk}/ship/", {}, format="json")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "insufficient_stock")
    assert (problem["item"], problem["requested"], problem["available"]) == ("TABLE", "2", "1")
    assert problem["errors"][0]["field"] == "lines.0.quantity"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [("open/", {}, "wrong_state"), ("ship/", {"lines": [{"line_no": 1, "quantity": "9"}]}, "over_shipment")],
)
def test_conflicts_are_409(make_order, cast, stock, api, path, body, code):
    stock(cast.table, 10)
    answer = api.post(f"{URL}{make_order((cast.table, 2)).pk}/{path}", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_the_same_key_gives_the_first_answer_again(body, api):
    first = api.post(URL, body, format="json", headers={"Idempotency-Key": "one"})
    again = api.post(URL, body, format="json", headers={"Idempotency-Key": "one"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert SalesOrder.objects.count() == 1


def test_many_orders_at_once(body, api):
    answer = api.post(URL, [body | {"is_open": True}] * 3, format="json")

    assert [row["number"] for row in answer.json()] == ["SO-1001", "SO-1002", "SO-1003"]
    bad = [body, body | {"lines": [{"item": "TABLE", "quantity": "0"}]}]
    refused = api.post(URL, bad, format="json")
    assert [error["field"] for error in refused.json()["errors"]] == ["1.lines.0.quantity"]
    assert SalesOrder.objects.count() == 3


def test_who_sees_an_order(cast, make_order, as_user):
    buyer = customers.create(company=cast.maker, code="FAR", party=cast.far, actor=cast.planner)
    order = make_order((cast.table, 1), customer_id=buyer.pk)
    url = f"{URL}{order.pk}/"

    seen = {
        name: as_user(getattr(cast, name)).get(url).status_code
        for name in (
            "planner",
            "viewer",
            "operator",
            "admin",
            "outsider",
            "lakk_planner",
            "partner",
            "supplier_planner",
        )
    }

    assert seen == {
        "planner": 200, "viewer": 200, "operator": 200, "admin": 200, "outsider": 200,
        "lakk_planner": 404, "partner": 404, "supplier_planner": 404,
    }  # fmt: skip
    for name, status in (("viewer", 403), ("outsider", 403), ("partner", 404), ("operator", 403)):
        assert as_user(getattr(cast, name)).post(f"{url}cancel/", {}, format="json").status_code == status


def test_a_code_of_two_sellers_is_resolved_in_the_order_s_company(cast, body, as_user):
    customers.create(company=cast.far, code="MOEBEL", actor=cast.outsider)

    answer = as_user(cast.admin).post(URL, body, format="json")

    assert (answer.status_code, answer.json()["company"]["code"]) == (201, "NORDWOOD")


def test_customers(cast, api, as_user, make_order):
    created = api.post("/api/v1/customers/", {"code": "NEW", "name": "New shop"}, format="json")
    assert created.status_code == 201
    row = created.json()
    assert (row["company"]["code"], row["party"]["code"], row["currency"]) == ("NORDWOOD", "NEW", "EUR")

    url = f"/api/v1/customers/{row['id']}/"
    edited = api.patch(url, {"payment_terms_days": 14}, format="json", headers={"If-Match": created["ETag"]})
    assert (edited.json()["payment_terms_days"], edited.json()["name"]) == (14, "New shop")
    assert api.post("/api/v1/customers/", {"code": "new"}, format="json").status_code == 400
    assert as_user(cast.outsider).get(url).status_code == 404
    assert api.post(f"{url}archive/", {}, format="json").json()["archived_at"] is not None


def test_a_page_costs_the_same_number_of_queries(cast, make_order, api):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(URL).status_code == 200
        return len(captured)

    make_order((cast.table, 1))
    queries()  # what a connection does once
    few = queries()
    for _ in range(10):
        make_order((cast.table, 1), (cast.leg, 1))
    assert queries() == few <= 12


def test_blocking(cast, make_order, post):
    url = f"{URL}{make_order((cast.table, 1)).pk}/"

    assert post(f"{url}block/", {"reason": "Unpaid"})["blocked_reason"] == "Unpaid"
    assert post(f"{url}block/", {}, 400)["errors"][0]["field"] == "reason"
    assert post(f"{url}unblock/")["is_blocked"] is False


def test_lots_and_places_are_named_by_their_keys(cast, stock, make_order, post):
    stock(cast.table, 2)
    url = f"{URL}{make_order((cast.table, 2)).pk}/"

    wrong = post(f"{url}ship/", {"lines": [{"line_no": 1, "location": "NOPE", "lot": "L1"}]}, 400)
    assert [error["field"] for error in wrong["errors"]] == ["lines.0.lot", "lines.0.location"]
    right = {"lines": [{"line_no": 1, "quantity": 1, "location": cast.tll_stock.code.lower()}]}
    assert post(f"{url}ship/", right)["state"] == "partly_shipped"


def test_cancel_keeps_the_reason(cast, make_order, post):
    url = f"{URL}{make_order((cast.table, 1)).pk}/"

    assert post(f"{url}cancel/", {"reason": "Changed his mind"})["close_reason"] == "Changed his mind"
