"""Work centers, operators and routings through the API."""

import pytest
from rest_framework.test import APIClient

from core.models import Event, IdempotencyKey
from production.models import Operator, Routing, WorkCenter
from production.services.operators import badge_hash


@pytest.fixture
def api(cast):
    """A client of the planner; `api(user)` of somebody else."""

    def client(user=cast.planner):
        made = APIClient()
        made.force_authenticate(user)
        return made

    return client


@pytest.fixture
def centers(cast):
    make = WorkCenter.objects.create
    return make(site=cast.tll, code="SAW", name="Saw"), make(site=cast.rix, code="COAT", name="Coating")


def post(client, path, body=None, status=201):
    answer = client.post(f"/api/v1/{path}", body or {}, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def patch(client, path, version, body, status=200):
    answer = client.patch(f"/api/v1/{path}", body, format="json", headers={"If-Match": f'"{version}"'})
    assert answer.status_code == status, answer.json()
    return answer.json()


def cut(**more):
    return {"name": "Cut", "work_center": "SAW", "setup_time_minutes": "15", "run_time_minutes_per_unit": "6", **more}


def test_the_rates_of_a_work_center_are_its_operator_s_own(cast, api):
    made = post(api(), "work-centers/", {"site": "TLL", "code": "SAW", "machine_rate_per_hour": "12.5"})
    assert (made["machine_rate_per_hour"], made["currency"]) == ("12.5", "EUR")

    def rate(user):
        answer = api(user).get(f"/api/v1/work-centers/{made['id']}/")
        return answer.json().get("machine_rate_per_hour") if answer.status_code == 200 else answer.status_code

    shown = {who: rate(getattr(cast, who)) for who in ("viewer", "operator", "outsider")}
    assert shown == {"viewer": "12.5", "operator": None, "outsider": 404}
    changed = patch(api(), f"work-centers/{made['id']}/", 1, {"name": "Panel saw"})
    assert (changed["name"], changed["machine_rate_per_hour"], changed["version"]) == ("Panel saw", "12.5", 2)
    patch(api(), f"work-centers/{made['id']}/", 1, {"name": "Late"}, status=412)


def test_an_operator_s_badge_is_answered_once(cast, api):
    post(api(), "skills/", {"code": "WOOD"})
    made = post(api(), "operators/", {"site": "TLL", "code": "MARI", "skills": ["WOOD"], "pin": "4711"})
    token = post(api(), f"operators/{made['id']}/badge/", status=200)["token"]
    again = api().get(f"/api/v1/operators/{made['id']}/").json()
    assert (again["has_pin"], again["has_badge"], again["skills"]) == (True, True, ["WOOD"])
    assert token not in str(again)
    assert Operator.objects.get().badge_hash == badge_hash(token)


def test_a_routing_is_written_with_all_that_stands_in_it(cast, api, centers):
    post(api(), "skills/", {"code": "WOOD"})
    operations = [
        cut(skills=["WOOD"], instructions=[{"text": "Mind the knots."}], alternatives=[{"work_center": "COAT"}]),
        {"name": "Coat", "work_center": "COAT", "service_unit_price": "11"},
    ]
    made = post(api(), "routings/", {"item": "TABLE", "site": "TLL", "operations": operations})
    shown = [(one["number"], one["site"], one["service_unit_price"]) for one in made["operations"]]
    assert shown == [(10, "TLL", None), (20, "RIX", "11")]
    assert [one["text"] for one in made["operations"][0]["instructions"]] == ["Mind the knots."]
    assert [one["site"] for one in made["operations"][0]["alternatives"]] == ["RIX"]
    assert Event.objects.filter(kind="routing.created").count() == 1


def test_a_change_merges_and_operations_change_places(cast, api, centers):
    made = post(api(), "routings/", {"item": "TABLE", "operations": [cut(), cut(name="Sand", instructions=[{}])]})
    first, second = (one["id"] for one in made["operations"])
    edits = [{"id": first, "number": 20}, {"id": second, "number": 10}, cut(name="Pack")]
    changed = patch(api(), f"routings/{made['id']}/", 1, {"operations": edits})
    assert [(one["number"], one["name"]) for one in changed["operations"]] == [(10, "Sand"), (20, "Cut"), (30, "Pack")]
    assert changed["operations"][1]["setup_time_minutes"] == "15"
    assert len(changed["operations"][0]["instructions"]) == 1
    changed = patch(api(), f"routings/{made['id']}/", 2, {"operations": [{"id": first, "remove": True}]})
    assert [one["number"] for one in changed["operations"]] == [10, 30]
    patch(api(), f"routings/{made['id']}/", 2, {"code": "X"}, status=412)


@pytest.mark.parametrize(
    ("operations", "field"),
    [
        ([], "operations"),
        ([cut(number=10), cut(number=10)], "operations.1.number"),
        ([cut(yield_factor="0")], "operations.0.yield_factor"),
        ([cut(setup_time_minutes="99999999999")], "operations.0.setup_time_minutes"),
        ([cut(alternatives=[{"work_center": "SAW"}])], "operations.0.alternatives.0.work_center"),
        ([cut(instructions=[{"attachment": 999}])], "operations.0.instructions.0.attachment"),
        ([cut(work_center="NONE")], "operations.0.work_center"),
    ],
)
def test_what_can_t_be_is_refused(cast, api, centers, operations, field):
    refusal = post(api(), "routings/", {"item": "TABLE", "operations": operations}, status=400)
    assert field in str(refusal["errors"]) or field.rpartition(".")[2] in str(refusal["errors"])
    assert not Routing.objects.exists()


def test_others_neither_see_nor_write_it(cast, api, centers):
    made = post(api(), "routings/", {"item": "TABLE", "operations": [cut()]})
    for who in ("outsider", "lakk_planner", "partner"):
        client = api(getattr(cast, who))
        assert client.get(f"/api/v1/routings/{made['id']}/").status_code == 404
    post(api(cast.viewer), f"routings/{made['id']}/archive/", status=403)
    post(api(), f"routings/{made['id']}/archive/", status=200)
    assert Routing.objects.get().archived_at is not None


def test_lists_cost_as_many_queries_whatever_they_hold(cast, api, centers, django_assert_max_num_queries):
    for number in range(5):
        post(api(), "routings/", {"item": "TABLE", "revision": str(number), "operations": [cut(), cut()]})
    client = api()
    with django_assert_max_num_queries(12):
        assert len(client.get("/api/v1/routings/").json()["results"]) == 5


def test_a_bill_s_lines_say_where_they_are_used_and_what_stands_for_them(cast, api, centers):
    post(api(), "routings/", {"item": "TABLE", "operations": [cut()]})
    top = {"component": "TOP", "quantity_per": "1", "operation_number": 20, "supply_site": "CHI"}
    top["substitutes"] = [{"item": "PLANK", "factor": "2"}]
    out = {"component": "LEG", "quantity_per": "1", "kind": "co_product", "cost_share": "0.1"}
    made = post(api(), "bills-of-materials/", {"item": "TABLE", "lines": [top, out]})
    line = made["lines"][0]
    assert (line["operation_number"], line["supply_site"]["code"], line["kind"]) == (20, "CHI", "component")
    assert [(one["item"]["sku"], one["factor"]) for one in line["substitutes"]] == [("PLANK", "2")]
    assert made["warnings"] == ["Line 1: there is no operation 20; it is used at the first."]
    assert (made["kind"], made["open_orders"]) == ("make", 0)

    path = f"bills-of-materials/{made['id']}/"
    changed = patch(api(), path, 1, {"lines": [{"id": line["id"], "operation_number": 10, "supply_site": None}]})
    again = changed["lines"][0]
    assert (again["operation_number"], again["supply_site"], len(again["substitutes"])) == (10, None, 1)
    assert changed["warnings"] == []


def test_a_repeated_request_for_a_badge_tells_no_token(cast, api):
    made = post(api(), "operators/", {"site": "TLL", "code": "MARI", "name": "Mari"})
    client = api()
    url = f"/api/v1/operators/{made['id']}/badge/"
    first = client.post(url, {}, format="json", headers={"Idempotency-Key": "badge-1"}).json()
    again = client.post(url, {}, format="json", headers={"Idempotency-Key": "badge-1"}).json()

    assert Operator.objects.get().badge_hash == badge_hash(first["token"])
    assert again == {"token": None}
    assert IdempotencyKey.objects.get().body == {"token": None}
