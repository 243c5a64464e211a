"""Recipes and manufacturing orders through the API."""

from decimal import Decimal as D

import pytest
from rest_framework.test import APIClient

from inventory.models import Priority
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
    lines = [
        AdjustmentLine(item_id=item.pk, quantity=D(quantity), unit_cost=D(cost))
        for item, quantity, cost in ((cast.top, 10, 20), (cast.leg, 40, 5))
    ]
    adjust(site_id=cast.tll.pk, reason="Opening stock", lines=lines, now=cast.now, actor=None)


def post(client, path, body=None, status=200):
    answer = client.post(f"/api/v1/{path}", {} if body is None else body, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def get(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.json()
    return answer.json()


BILL = {
    "item": "TABLE",
    "quantity": "1",
    "lines": [{"component": "TOP", "quantity_per": "1"}, {"component": "leg", "quantity_per": "4"}],
}
ORDER = {"item": "TABLE", "site": "TLL", "quantity": "10", "due_at": "2026-12-04T12:00:00Z"}


@pytest.fixture
def bill(api):
    return post(api(), "bills-of-materials/", BILL, 201)


def test_a_recipe_is_the_company_s_of_who_writes_it(bill):
    assert (bill["company"]["code"], bill["site"], bill["version"]) == ("NORDWOOD", None, 1)
    assert [(line["component"]["sku"], line["quantity_per"]) for line in bill["lines"]] == [("TOP", "1"), ("LEG", "4")]


def test_a_recipe_of_a_site_is_its_default_owner_s(api, cast):
    made = post(api(cast.admin), "bills-of-materials/", {**BILL, "site": "RIX"}, 201)
    assert (made["company"]["code"], made["site"]["code"]) == ("NORDWOOD", "RIX")


def test_a_superuser_s_recipe_is_shared(api, cast):
    assert post(api(cast.admin), "bills-of-materials/", BILL, 201)["company"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item": "NONE"}, "item"),
        ({"lines": []}, "lines"),
        ({"lines": [{"component": "TABLE", "quantity_per": "1"}]}, "lines.0.component"),
        ({"lines": [{"component": "TOP", "quantity_per": "-1"}]}, "lines.0.quantity_per"),
        ({"lines": [{"component": "TOP", "quantity_per": "1", "scrap_factor": "1"}]}, "lines.0.scrap_factor"),
        ({"quantity": "0"}, "quantity"),
        ({"lines": [{"component": "TOP", "quantity": "1"}]}, "lines.0.quantity"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_named(api, cast, change, field):
    problem = post(api(), "bills-of-materials/", {**BILL, **change}, 400)
    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_recipe_is_changed_under_its_version(api, bill):
    client, path = api(), f"/api/v1/bills-of-materials/{bill['id']}/"
    change = {"lead_time_days": 3, "lines": [{"id": bill["lines"][1]["id"], "quantity_per": "5"}]}

    assert client.patch(path, change, format="json").status_code == 428
    changed = client.patch(path, change, format="json", headers={"If-Match": '"1"'}).json()
    assert (changed["lead_time_days"], [line["quantity_per"] for line in changed["lines"]]) == (3, ["1", "5"])
    stale = client.patch(path, change, format="json", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)


def test_explodes_and_says_where_used(api, cast, bill):
    client = api()
    top = {"item": "TOP", "lines": [{"component": "PLANK", "quantity_per": "2.5"}]}
    made = post(client, "bills-of-materials/", top, 201)

    exploded = get(client, f"bills-of-materials/{bill['id']}/explosion/?quantity=2&site=TLL")
    assert [(row["level"], row["sku"], row["quantity"]) for row in exploded["rows"]] == [
        (1, "TOP", "2"),
        (2, "PLANK", "5"),
        (1, "LEG", "8"),
    ]
    assert exploded["quantity_by_unit"] == {"m": "5", "pcs": "10"}
    used = get(client, f"bills-of-materials/{made['id']}/where-used/")
    assert [(row["level"], row["sku"]) for row in used] == [(1, "TABLE")]
    assert client.get(f"/api/v1/bills-of-materials/{bill['id']}/explosion/?color=red").status_code == 400
    assert client.get(f"/api/v1/bills-of-materials/{bill['id']}/explosion/?site=MOON").status_code == 400
    assert api(cast.outsider).get(f"/api/v1/bills-of-materials/{bill['id']}/explosion/").status_code == 404


def test_bills_are_filtered(api, bill):
    client = api()
    assert len(get(client, "bills-of-materials/?component=LEG&item=table")["results"]) == 1
    assert get(client, "bills-of-materials/?component=PLANK")["results"] == []
    post(client, f"bills-of-materials/{bill['id']}/archive/")
    assert get(client, "bills-of-materials/?is_archived=false")["results"] == []


def test_makes_what_is_ordered(api, cast, bill, stock):
    client = api()
    order = post(client, "manufacturing-orders/", ORDER, 201)
    path = f"manufacturing-orders/{order['id']}/"
    assert (order["number"], order["state"], order["due_on"], order["rank"]) == (
        "MO-1001",
        "planned",
        "2026-12-04",
        order["rank"],
    )
    assert [(c["item"]["sku"], c["quantity"]) for c in order["components"]] == [("TOP", "10"), ("LEG", "40")]

    assert post(client, f"{path}release/")["state"] == "released"
    part = post(client, f"{path}complete/", {"quantity": "4", "components": [{"component": "TOP", "quantity": "10"}]})
    assert (part["state"], part["completion"]["quantity"], part["warnings"]) == ("partly_completed", "4", [])
    assert part["open_cost"] == "0"
    done = post(client, f"{path}complete/")
    assert (done["state"], done["posted_quantity"], done["components"][1]["posted_quantity"]) == ("done", "10", "40")

    back = post(client, f"{path}reverse/", {"reason": "Counted wrongly"})
    assert (back["state"], back["open_quantity"]) == ("partly_completed", "6")
    closed = post(client, f"{path}close/", {"reason": "Enough"})
    assert (closed["state"], closed["closed_quantity"]) == ("closed", "6")


def test_too_few_components_are_a_409_that_names_each(api, cast, bill):
    client = api()
    order = post(client, "manufacturing-orders/", {**ORDER, "is_released": True}, 201)

    problem = post(client, f"manufacturing-orders/{order['id']}/complete/", {"quantity": "1"}, 409)

    assert problem["code"] == "insufficient_stock"
    assert [(one["item"], one["requested"], one["available"]) for one in problem["shortages"]] == [
        ("TOP", "1", "0"),
        ("LEG", "4", "0"),
    ]
    assert get(client, f"manufacturing-orders/{order['id']}/")["state"] == "released"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"item": "LEG"}, 400, "item"),
        ({"item": "NONE"}, 400, "item"),
        ({"site": "FAR"}, 400, "site"),
        ({"quantity": "-1"}, 400, "quantity"),
        ({"quantity": "1.5"}, 400, "quantity"),
        ({"quantity": "many"}, 400, "quantity"),
        ({"due_on": "2026-12-01"}, 400, "due_on"),
    ],
)
def test_what_is_wrong_with_an_order_is_named(api, cast, bill, change, status, field):
    problem = post(api(), "manufacturing-orders/", {**ORDER, **change}, status)
    assert [error["field"] for error in problem["errors"]] == [field]


def test_many_orders_are_made_and_released_at_once(api, cast, bill):
    client = api()
    made = post(client, "manufacturing-orders/", [ORDER, {**ORDER, "quantity": "3"}], 201)
    ids = [row["id"] for row in made]

    released = post(client, "manufacturing-orders/release/", {"orders": ids})

    assert [row["state"] for row in released] == ["released", "released"]
    post(api(cast.outsider), "manufacturing-orders/release/", {"orders": ids}, 404)
    post(client, "manufacturing-orders/", [ORDER, {**ORDER, "quantity": "0"}], 400)
    assert len(get(client, "manufacturing-orders/")["results"]) == 2


def test_is_ranked_before_another(api, cast, bill):
    client = api()
    first = post(client, "manufacturing-orders/", ORDER, 201)
    second = post(client, "manufacturing-orders/", ORDER, 201)

    post(client, f"manufacturing-orders/{second['id']}/rank/", {"before": first["number"]})

    rows = get(client, "manufacturing-orders/?ordering=rank")["results"]
    assert [row["number"] for row in rows] == [second["number"], first["number"]]
    assert Priority.objects.count() == 2
    post(client, f"manufacturing-orders/{second['id']}/rank/", {"before": "MO-9"}, 400)


def test_the_site_s_operator_sees_the_order_without_its_cost(api, cast, bill):
    order = post(api(), "manufacturing-orders/", {**ORDER, "site": "RIX", "is_released": True}, 201)
    path = f"manufacturing-orders/{order['id']}/"
    post(api(cast.partner), f"{path}complete/", {"quantity": "1", "components": []})

    seen = get(api(cast.partner), path)
    assert (seen["posted_quantity"], seen["open_cost"], seen["currency"]) == ("1", None, None)
    assert get(api(), path)["open_cost"] == "0"
    assert api(cast.outsider).get(f"/api/v1/{path}").status_code == 404
    assert post(api(cast.partner), f"{path}close/", {"reason": "No"}, 403)["code"] == "forbidden"


def test_orders_are_filtered(api, cast, bill):
    client = api()
    post(client, "manufacturing-orders/", ORDER, 201)
    post(client, "manufacturing-orders/", {**ORDER, "is_released": True}, 201)

    def numbers(query):
        return [row["number"] for row in get(client, f"manufacturing-orders/?{query}")["results"]]

    assert numbers("state=released") == ["MO-1002"]
    assert numbers("component=LEG&ordering=number") == ["MO-1001", "MO-1002"]
    assert numbers("item=LEG") == []
    assert numbers("due_to=2026-12-03") == []
    assert numbers("search=oak+table&is_open=true&ordering=number") == ["MO-1001", "MO-1002"]
    assert client.get("/api/v1/manufacturing-orders/?color=red").status_code == 400


def test_availability_is_computed_fresh(api, cast, bill, stock):
    client = api()
    order = post(client, "manufacturing-orders/", {**ORDER, "quantity": "11"}, 201)

    shown = get(client, f"manufacturing-orders/{order['id']}/?fresh=true")

    assert shown["availability"] == "not_available"
    assert [part["short_quantity"] for part in shown["components"]] == ["1", "4"]


def test_the_list_takes_as_many_queries_for_ten_as_for_two(api, cast, bill, django_assert_max_num_queries):
    client = api()
    post(client, "manufacturing-orders/", [ORDER, ORDER], 201)
    get(client, "manufacturing-orders/")
    with django_assert_max_num_queries(30) as two:
        get(client, "manufacturing-orders/")
    count = len(two)
    post(client, "manufacturing-orders/", [ORDER] * 8, 201)
    with django_assert_max_num_queries(count):
        assert len(get(client, "manufacturing-orders/")["results"]) == 10
