"""What holds of every call: keys, repeats, versions, pages, feeds, bulk; and nothing without a key."""

import pytest
from django.test import Client

from inventory.models import Posting
from sales.models import SalesOrder
from tests.settling import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def order_body(api):
    api.post("customers/", {"code": "C-1", "name": "Harbor Dining"}, 201)
    line = {"item": "TABLE", "quantity": "4", "unit_price": "250"}
    return {"customer": "C-1", "site": "TLL", "need_by_on": "2026-12-01", "lines": [line]}


@pytest.fixture
def order(api, order_body):
    return api.post("sales-orders/", order_body, 201)


def adjustment(quantity="3", **extra):
    line = {"item": "LEG", "quantity": quantity, "unit_cost": "2"}
    return {"site": "TLL", "reason": "Found", "lines": [line], **extra}


class TestKeys:
    @pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer mfg_wrong"}, {"Authorization": "Bearer"}])
    def test_nobody_reads_without_one(self, cast, header):
        answer = Client(headers=header).get("/api/v1/sales-orders/")

        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer.json()["code"] in {"not_authenticated", "authentication_failed"}

    def test_a_reader_may_not_write(self, cast, integrator):
        viewer = integrator(cast.viewer)

        assert viewer.post("adjustments/", adjustment(), 403)["code"] == "forbidden"
        assert not Posting.objects.exists()

    def test_another_company_sees_nothing(self, cast, order, integrator):
        stranger = integrator(cast.outsider)

        assert stranger.get("sales-orders/")["results"] == []
        assert stranger.get(f"sales-orders/{order['id']}/", 404) == stranger.get("sales-orders/999999/", 404)


class TestReferences:
    def test_a_string_is_the_natural_key_whatever_its_case_and_a_number_the_id(self, cast, api, order_body):
        by_key = api.post("sales-orders/", {**order_body, "site": "tll", "customer": "c-1"}, 201)
        customer = by_key["customer"]["id"]
        by_id = api.post("sales-orders/", {**order_body, "site": cast.tll.pk, "customer": customer}, 201)

        assert by_key["site"] == by_id["site"] == {"id": cast.tll.pk, "code": "TLL"}

    def test_a_number_as_a_string_is_no_id(self, cast, api, order_body):
        problem = api.post("sales-orders/", {**order_body, "site": str(cast.tll.pk)}, 400)

        assert [error["field"] for error in problem["errors"]] == ["site"]


class TestIdempotency:
    def test_the_same_key_and_body_give_the_first_answer_again(self, api):
        headers = {"Idempotency-Key": "a-1"}

        first = api.post("adjustments/", adjustment(), 201, **headers)
        again = api.post("adjustments/", adjustment(), 201, **headers)

        assert again == first
        assert api.answer["Idempotent-Replayed"] == "true"
        assert Posting.objects.count() == 1

    def test_another_body_under_the_key_is_refused(self, api):
        api.post("adjustments/", adjustment(), 201, **{"Idempotency-Key": "a-1"})

        problem = api.post("adjustments/", adjustment("4"), 422, **{"Idempotency-Key": "a-1"})

        assert problem["code"] == "idempotency_key_reused"
        assert Posting.objects.count() == 1

    def test_a_refusal_is_not_kept(self, api):
        headers = {"Idempotency-Key": "a-1"}
        out = {"site": "TLL", "reason": "Broken", "lines": [{"item": "LEG", "quantity": "-3"}]}

        assert api.post("adjustments/", out, 409, **headers)["code"] == "insufficient_stock"
        api.post("adjustments/", adjustment(), 201)
        api.post("adjustments/", out, 201, **headers)

        assert Posting.objects.count() == 2

    def test_actions_too(self, api, order):
        headers = {"Idempotency-Key": "open-1"}

        first = api.post(f"sales-orders/{order['id']}/open/", **headers)

        assert api.post(f"sales-orders/{order['id']}/open/", **headers) == first
        assert api.post(f"sales-orders/{order['id']}/open/", status=409)["code"] == "wrong_state"

    def test_keys_are_each_user_s_own(self, cast, api, integrator):
        first = api.post("adjustments/", adjustment(), 201, **{"Idempotency-Key": "a-1"})

        second = integrator(cast.administrator).post("adjustments/", adjustment(), 201, **{"Idempotency-Key": "a-1"})

        assert second["id"] != first["id"]


class TestVersions:
    def test_an_edit_names_the_version_it_read(self, api, order):
        api.get(f"sales-orders/{order['id']}/")
        tag = api.answer["ETag"]

        changed = api.patch(f"sales-orders/{order['id']}/", {"note": "Ring first"}, **{"If-Match": tag})

        assert (changed["note"], changed["need_by_on"], changed["version"]) == ("Ring first", "2026-12-01", 2)
        assert len(changed["lines"]) == 1
        assert api.answer["ETag"] != tag

    def test_a_stale_one_is_refused_with_the_row_as_it_is(self, api, order):
        api.get(f"sales-orders/{order['id']}/")
        tag = api.answer["ETag"]
        api.patch(f"sales-orders/{order['id']}/", {"note": "First"}, **{"If-Match": tag})

        problem = api.patch(f"sales-orders/{order['id']}/", {"note": "Second"}, 412, **{"If-Match": tag})

        assert (problem["code"], problem["current"]["note"], problem["current"]["version"]) == (
            "stale_version",
            "First",
            2,
        )
        assert SalesOrder.objects.get().note == "First"

    def test_without_one_nothing_is_edited(self, api, order):
        api.patch(f"sales-orders/{order['id']}/", {"note": "x"}, 428)

        assert SalesOrder.objects.get().note == ""


class TestLists:
    @pytest.fixture
    def numbers(self, api, order_body):
        rows = [{**order_body, "external_reference": f"X{number}"} for number in range(7)]
        return [row["number"] for row in api.post("sales-orders/", rows, 201)]

    def test_pages_follow_each_other_both_ways(self, api, numbers):
        first = api.get("sales-orders/", ordering="number", limit="3", count="true")
        assert [row["number"] for row in first["results"]] == numbers[:3]
        assert (first["count"], first["previous"]) == (7, None)

        second = api.get(first["next"].partition("/api/v1/")[2])
        third = api.get(second["next"].partition("/api/v1/")[2])

        assert [row["number"] for row in second["results"] + third["results"]] == numbers[3:]
        assert third["next"] is None
        back = api.get(third["previous"].partition("/api/v1/")[2])
        assert [row["number"] for row in back["results"]] == numbers[3:6]

    def test_a_cursor_is_bound_to_its_filters(self, api, numbers):
        cursor = api.get("sales-orders/", limit="3")["next"].partition("cursor=")[2]

        assert api.get(f"sales-orders/?limit=3&state=quote&cursor={cursor}", 400)["code"] == "invalid_cursor"

    def test_only_the_members_asked_for(self, api, numbers):
        rows = api.get("sales-orders/", fields="number,state", limit="1")["results"]

        assert rows == [{"number": numbers[-1], "state": "quote"}]

    @pytest.mark.parametrize(
        "query", ["colour=red", "ordering=colour", "fields=colour", "limit=0", "limit=501", "limit=x", "state=lost",
                  "site_id=x", "updated_after=yesterday", "cursor=x", "fresh=perhaps"]
    )  # fmt: skip
    def test_what_is_unknown_is_refused(self, api, numbers, query):
        problem = api.get(f"sales-orders/?{query}", 400)

        assert [error["field"] for error in problem["errors"]] == [query.partition("=")[0]]

    def test_bulk_is_all_or_nothing(self, api, order_body):
        wrong = {**order_body, "lines": [{"item": "TABLE", "quantity": "1.5"}]}

        problem = api.post("sales-orders/", [order_body, wrong], 400)

        assert [error["field"] for error in problem["errors"]] == ["1.lines.0.quantity"]
        assert not SalesOrder.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestFeeds:
    def test_what_changed_since_and_nothing_else(self, committed_cast, integrator):
        api = integrator(committed_cast.planner)
        api.post("customers/", {"code": "C-1", "name": "Harbor Dining"}, 201)
        line = {"item": "TABLE", "quantity": "4", "unit_price": "250"}
        body = {"customer": "C-1", "site": "TLL", "need_by_on": "2026-12-01", "lines": [line]}
        first, second = (api.post("sales-orders/", body, 201) for _ in range(2))
        settle()
        cursor = api.get("sales-orders/")["updated_cursor"]
        assert api.get("sales-orders/", updated_after=cursor)["results"] == []

        api.post(f"sales-orders/{first['id']}/open/")

        settle()
        page = api.get("sales-orders/", updated_after=cursor)
        assert [row["id"] for row in page["results"]] == [first["id"]]
        assert page["deleted"] == []
        assert api.get("sales-orders/", updated_after=page["updated_cursor"])["results"] == []
        assert second["id"] != first["id"]

    def test_events_tell_what_happened(self, committed_cast, integrator):
        api = integrator(committed_cast.planner)
        api.post("adjustments/", adjustment(), 201)

        settle()
        rows = api.get("events/")["results"]

        assert "adjustment.posted" in {row["kind"] for row in rows}
        others = integrator(committed_cast.outsider).get("events/")["results"]
        assert "adjustment.posted" not in {row["kind"] for row in others}
