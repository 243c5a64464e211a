"""`transfers` and `stock-counts` through the API."""

from decimal import Decimal as D

import pytest
from rest_framework.test import APIClient

from inventory.services.adjustments import AdjustmentLine, adjust


@pytest.fixture
def api(cast):
    """A client of the planner; `api(user)` of somebody else."""

    def client(user=cast.planner):
        made = APIClient()
        made.force_authenticate(user)
        return made

    return client


@pytest.fixture
def stock(cast):
    adjust(
        site_id=cast.tll.pk,
        reason="Opening stock",
        lines=[AdjustmentLine(item_id=cast.leg.pk, quantity=D(10), unit_cost=D(5))],
        now=cast.now,
        actor=None,
    )


BODY = {"origin": "TLL", "destination": "chi", "lines": [{"item": "leg", "quantity": "10"}]}


def post(client, path, body=None, status=200):
    answer = client.post(f"/api/v1/{path}", body or {}, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_moves_stock_from_site_to_site(api, stock):
    client = api()
    transfer = post(client, "transfers/", BODY, 201)
    path = f"transfers/{transfer['id']}/"
    assert (transfer["number"], transfer["state"]) == ("TR-1001", "draft")
    assert transfer["origin"]["code"] == "TLL"

    assert post(client, f"{path}confirm/")["state"] == "confirmed"
    sent = post(client, f"{path}dispatch/", {"lines": [{"item": "LEG", "quantity": "4"}], "carrier": "DSV"})
    assert (sent["state"], sent["carrier"], sent["warnings"]) == ("in_transit", "DSV", [])
    assert sent["lines"][0]["in_transit_quantity"] == "4"
    assert sent["values_in_transit"] == {"EUR": "20"}
    assert sent["posting"]["number"].startswith("DSP-")

    line = transfer["lines"][0]["id"]
    arrived = post(client, f"{path}receive/", {"lines": [{"line": line, "quantity": "3"}]})
    assert arrived["state"] == "partly_received"
    settled = post(client, f"{path}settle/", {"reason": "Fell off", "lines": [{"line_no": 1}]})
    assert settled["lines"][0]["lost_quantity"] == "1"
    assert post(client, f"{path}reverse/")["lines"][0]["lost_quantity"] == "0"
    post(client, f"{path}receive/")
    closed = post(client, f"{path}close/", {"reason": "Enough"})
    assert (closed["state"], closed["lines"][0]["closed_quantity"]) == ("closed", "6")


def test_too_little_stock_is_a_409_with_the_numbers(api, stock):
    client = api()
    body = {**BODY, "is_confirmed": True, "lines": [{"item": "LEG", "quantity": "11"}]}
    transfer = post(client, "transfers/", body, 201)

    problem = post(client, f"transfers/{transfer['id']}/dispatch/", status=409)

    assert problem["code"] == "insufficient_stock"
    assert (problem["item"], problem["requested"], problem["available"]) == ("LEG", "11", "10")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"origin": "NOWHERE"}, "origin"),
        ({"destination": "TLL"}, "destination"),
        ({"destination": "FAR"}, "destination"),
        ({"lines": [{"item": "NONE", "quantity": "1"}]}, "lines.0.item"),
        ({"lines": [{"item": "LEG", "quantity": "0.5"}]}, "lines.0.quantity"),
        ({"lines": []}, "lines"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(api, cast, change, field):
    problem = post(api(), "transfers/", {**BODY, **change}, 400)
    assert [error["field"] for error in problem["errors"]] == [field]


def test_is_changed_under_its_version(api, cast):
    client = api()
    transfer = post(client, "transfers/", BODY, 201)
    path = f"/api/v1/transfers/{transfer['id']}/"
    change = {"note": "Careful", "lines": [{"id": transfer["lines"][0]["id"], "quantity": "12"}]}

    assert client.patch(path, change, format="json").status_code == 428
    changed = client.patch(path, change, format="json", headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    assert (changed.json()["note"], changed.json()["lines"][0]["quantity"]) == ("Careful", "12")
    assert client.patch(path, change, format="json", headers={"If-Match": '"1"'}).status_code == 412


def test_both_ends_see_it_and_nobody_else_and_only_the_owner_its_value(api, cast, stock):
    body = {**BODY, "destination": "RIX", "is_confirmed": True}
    transfer = post(api(), "transfers/", body, 201)
    path = f"transfers/{transfer['id']}/"
    post(api(cast.operator), f"{path}dispatch/")

    seen = api(cast.partner).get(f"/api/v1/{path}").json()
    assert (seen["state"], seen["values_in_transit"]) == ("in_transit", {})
    assert api(cast.outsider).get(f"/api/v1/{path}").status_code == 404
    assert api(cast.outsider).get("/api/v1/transfers/").json()["results"] == []
    assert post(api(cast.partner), f"{path}dispatch/", status=403)["code"] == "forbidden"
    assert post(api(cast.partner), f"{path}receive/")["state"] == "received"


def test_lists_are_filtered(api, cast, stock):
    client = api()
    first = post(client, "transfers/", {**BODY, "is_confirmed": True}, 201)
    post(client, "transfers/", {**BODY, "destination": "RIX"}, 201)

    def numbers(query):
        return [row["number"] for row in client.get(f"/api/v1/transfers/?{query}").json()["results"]]

    assert numbers("state=confirmed") == ["TR-1001"]
    assert numbers("site=RIX") == ["TR-1002"]
    assert numbers("item=leg&ordering=number") == ["TR-1001", "TR-1002"]
    assert numbers("is_in_transit=true") == []
    post(client, f"transfers/{first['id']}/dispatch/")
    assert numbers("is_in_transit=true") == ["TR-1001"]
    assert numbers("search=chicago") == ["TR-1001"]
    assert client.get("/api/v1/transfers/?colour=red").status_code == 400


def test_availability_is_computed_fresh(api, cast, stock):
    client = api()
    transfer = post(client, "transfers/", {**BODY, "is_confirmed": True}, 201)

    shown = client.get(f"/api/v1/transfers/{transfer['id']}/?fresh=true").json()

    assert (shown["availability"], shown["lines"][0]["short_quantity"]) == ("in_stock", "0")


def test_the_list_takes_as_many_queries_for_ten_as_for_two(api, cast, django_assert_max_num_queries):
    client = api()
    for _ in range(2):
        post(client, "transfers/", BODY, 201)
    client.get("/api/v1/transfers/")
    with django_assert_max_num_queries(30) as two:
        client.get("/api/v1/transfers/")
    count = len(two)
    for _ in range(8):
        post(client, "transfers/", BODY, 201)
    with django_assert_max_num_queries(count):
        assert len(client.get("/api/v1/transfers/").json()["results"]) == 10


def test_a_posting_of_a_transfer_is_taken_back_where_it_is_seen(api, stock):
    client = api()
    transfer = post(client, "transfers/", {**BODY, "is_confirmed": True}, 201)
    sent = post(client, f"transfers/{transfer['id']}/dispatch/")

    post(client, f"postings/{sent['posting']['id']}/reverse/", status=201)

    assert client.get(f"/api/v1/transfers/{transfer['id']}/").json()["state"] == "confirmed"


def test_counts_what_is_there(api, cast, stock):
    client = api(cast.operator)
    count = post(client, "stock-counts/", {"site": "TLL", "items": ["LEG"]}, 201)
    path = f"stock-counts/{count['id']}/"
    assert [line["expected_quantity"] for line in count["lines"]] == ["10"]
    place = count["lines"][0]["location"]["code"]

    entered = post(client, f"{path}enter/", {"lines": [{"item": "LEG", "location": place, "quantity": "8"}]})
    assert entered["lines"][0]["difference"] == "-2"
    posted = post(client, f"{path}post/")
    assert (posted["state"], posted["posting"]["number"][:3]) == ("posted", "CNT")
    assert post(client, f"{path}reverse/")["state"] == "open"
    assert post(client, f"{path}cancel/")["state"] == "canceled"
    assert api(cast.outsider).get(f"/api/v1/{path}").status_code == 404
    assert client.get("/api/v1/stock-counts/?state=canceled&item=LEG").json()["results"][0]["number"] == "SC-1001"


def test_a_count_names_what_is_wrong(api, cast, stock):
    client = api(cast.operator)
    count = post(client, "stock-counts/", {"site": "TLL"}, 201)
    body = {"lines": [{"item": "LEG", "location": "NOWHERE", "quantity": "8"}]}

    problem = post(client, f"stock-counts/{count['id']}/enter/", body, 400)

    assert [error["field"] for error in problem["errors"]] == ["lines.0.location"]
