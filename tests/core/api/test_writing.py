"""Creating, editing and acting: transactions, versions, references and many rows at once."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from core.api import problems
from core.models import NumberSequence, Tombstone
from sites.models import Company

pytestmark = pytest.mark.django_db

URL = "/api/v1/companies/"


def fields(response):
    return {error["field"] for error in response.json()["errors"]}


@pytest.fixture
def superuser(planner):
    """What is made here is not in a planner's scope yet."""
    planner.is_superuser = True
    return planner


class TestCreate:
    def test_answers_the_row_its_place_and_its_version(self, api, superuser):
        response = api.post(URL, {"code": "NEW", "name": "New Works"})

        assert response.status_code == 201
        body = response.json()
        assert (body["code"], body["version"]) == ("NEW", 1)
        assert response["Location"] == f"http://testserver{URL}{body['id']}/"
        assert response["ETag"] == '"1"'

    def test_many_rows_come_in_order(self, api, superuser):
        response = api.post(URL, [{"code": code, "name": code} for code in ("B", "A", "C")])

        assert response.status_code == 201
        assert [row["code"] for row in response.json()] == ["B", "A", "C"]

    def test_many_rows_are_written_all_or_none(self, api, superuser):
        response = api.post(URL, [{"code": "GOOD", "name": "x"}, {"code": "BAD", "name": "x"}])

        assert response.status_code == 400
        assert fields(response) == {"1.code"}
        assert not Company.objects.filter(code="GOOD").exists()

    def test_the_shape_of_many_rows_is_checked_row_by_row(self, api, superuser):
        response = api.post(URL, [{"code": "A", "name": "x"}, {"name": "x"}, {"code": "C", "name": "x", "nmae": "x"}])

        assert fields(response) == {"1.code", "2.nmae"}

    def test_refuses_more_than_a_thousand_rows(self, api, superuser):
        response = api.post(URL, [{"code": "A", "name": "x"}] * 1001)

        assert response.status_code == 400
        assert "At most 1000 rows" in response.json()["detail"]

    def test_a_taken_code_is_a_conflict_that_names_its_constraint(self, api, superuser, companies):
        response = api.post(URL, {"code": "own", "name": "x"})

        assert response.status_code in {400, 409}
        assert "sites_company_code_once" in json.dumps(response.json())


class TestEdit:
    def edit(self, api, company, body, **headers):
        return api.patch(f"{URL}{company.pk}/", body, **headers)

    def test_merges_and_raises_the_version(self, api, companies):
        response = self.edit(api, companies["OWN"], {"name": "Renamed"}, HTTP_IF_MATCH='"1"')

        assert response.status_code == 200
        assert (response.json()["name"], response.json()["code"], response["ETag"]) == ("Renamed", "OWN", '"2"')

    def test_the_version_must_be_said(self, api, companies):
        response = self.edit(api, companies["OWN"], {"name": "Renamed"})

        assert response.status_code == 428
        assert response.json()["code"] == "precondition_required"

    def test_a_stale_edit_is_refused_and_shows_the_row_as_it_is(self, api, companies):
        self.edit(api, companies["OWN"], {"name": "First"}, HTTP_IF_MATCH='"1"')

        response = self.edit(api, companies["OWN"], {"name": "Second"}, HTTP_IF_MATCH='"1"')

        assert response.status_code == 412
        problem = response.json()
        assert (problem["code"], problem["expected"], problem["version"]) == ("stale_version", 1, 2)
        assert problem["current"]["name"] == "First"

    def test_a_tag_that_is_none_of_ours_is_stale(self, api, companies):
        assert self.edit(api, companies["OWN"], {"name": "x"}, HTTP_IF_MATCH='"abc"').status_code == 412

    def test_writing_what_stands_raises_no_version(self, api, companies):
        response = self.edit(api, companies["OWN"], {"name": "Own Works"}, HTTP_IF_MATCH='"1"')

        assert response["ETag"] == '"1"'

    def test_out_of_scope_is_missing(self, api, companies):
        assert self.edit(api, companies["FAR"], {"name": "x"}, HTTP_IF_MATCH='"1"').status_code == 404

    def test_a_deleted_row_leaves_a_tombstone(self, api, companies):
        company = companies["OWN"]

        assert api.delete(f"{URL}{company.pk}/").status_code == 428
        assert api.delete(f"{URL}{company.pk}/", HTTP_IF_MATCH='"1"').status_code == 204
        assert list(Tombstone.objects.values_list("noun", "row_id")) == [("companies", company.pk)]


class TestActions:
    def test_answer_the_row_as_it_stands_then(self, api, companies):
        response = api.post(f"{URL}{companies['OWN'].pk}/rename/", {"code": "x", "name": "Renamed"})

        assert response.status_code == 200
        assert response.json()["name"] == "Renamed"

    def test_a_refusal_carries_its_numbers_and_keeps_its_own_members(self, api, companies):
        response = api.post(f"{URL}{companies['OWN'].pk}/freeze/")

        assert response.status_code == 409
        problem = response.json()
        assert (problem["code"], problem["status"], problem["state"]) == ("wrong_state", 409, "frozen")
        assert problem["status_"] == "shadowed"

    def test_refuse_a_body_they_do_not_take(self, api, companies):
        response = api.post(f"{URL}{companies['OWN'].pk}/freeze/", {"force": True})

        assert response.status_code == 400
        assert fields(response) == {"force"}

    def test_out_of_scope_is_missing(self, api, companies):
        assert api.post(f"{URL}{companies['FAR'].pk}/freeze/").status_code == 404

    def test_a_refusal_after_a_write_leaves_nothing(self, api):
        assert api.post("/api/v1/numbers/", {"company_id": 1, "prefix": "FAIL", "last_number": 0}).status_code == 409
        assert not NumberSequence.objects.exists()


class TestReferences:
    def echo(self, api, company="OWN", **changes):
        lines = [{"site": "TLL", "quantity": "2.50"}, {"site": "ham", "quantity": 3}]
        return api.post("/api/v1/echoes/", {"company": company, "lines": lines, **changes})

    def test_by_key_or_by_id_answer_both(self, api, companies, sites):
        body = self.echo(api, companies["OWN"].pk).json()

        assert body["company"] == {"id": companies["OWN"].pk, "code": "OWN"}
        assert [line["site"]["code"] for line in body["lines"]] == ["TLL", "HAM"]
        assert [line["quantity"] for line in body["lines"]] == ["2.5", "3"]

    def test_many_lines_cost_one_query_a_field(self, api, sites, django_assert_num_queries):
        lines = [{"site": "TLL", "quantity": 1}] * 100 + [{"site": sites[1].pk, "quantity": 1}] * 100

        with django_assert_num_queries(4):  # savepoint, companies, sites, release; and none a line
            response = self.echo(api, lines=lines)
        assert response.status_code == 200

    def test_what_is_missing_or_out_of_scope_is_named_with_its_field(self, api, sites):
        response = self.echo(api, "FAR", lines=[{"site": "TLL", "quantity": 1}, {"site": "NIX", "quantity": 1}])

        assert response.status_code == 400
        messages = {error["field"]: error["message"] for error in response.json()["errors"]}
        assert messages == {"company": "There is no company “FAR”.", "lines.1.site": "There is no site “NIX”."}

    @pytest.mark.parametrize("value", [True, 1.5, "", [], {}, "x\0", 2**70, "x" * 500])
    def test_refuses_what_is_neither_id_nor_key(self, api, sites, value):
        assert fields(self.echo(api, value)) == {"company"}

    def test_an_ambiguous_key_is_refused(self, api, sites):
        for login in ("ann", "anna"):
            User.objects.create(username=login, first_name="Ann")

        response = self.echo(api, clerk="ann")

        assert fields(response) == {"clerk"}
        assert "is the first_name of several" in response.json()["detail"]

    def test_a_neighbor_tells_which_of_several_is_meant(self, api, sites):
        users = {login: User.objects.create(username=login, first_name="Ann") for login in ("ann", "anna")}

        body = self.echo(api, clerk="ann", clerk_login="anna").json()

        assert body["clerk"]["id"] == users["anna"].pk

    @pytest.mark.parametrize("value", [True, "NaN", "Infinity", "1e30", "two", "0.1234567", "9" * 15])
    def test_refuses_what_is_no_quantity(self, api, sites, value):
        response = self.echo(api, lines=[{"site": "TLL", "quantity": value}])

        assert fields(response) == {"lines.0.quantity"}

    @pytest.mark.parametrize(("given", "shown"), [("1E+3", "1000"), ("0.000000", "0"), ("-0", "0"), (1.1, "1.1")])
    def test_decimals_are_plain(self, api, sites, given, shown):
        body = self.echo(api, lines=[{"site": "TLL", "quantity": given}]).json()

        assert body["lines"][0]["quantity"] == shown


def test_malformed_json_names_its_position(api):
    response = api.post(URL, '{"code": "A", }', content_type="application/json")

    assert response.status_code == 400
    problem = response.json()
    assert problem["code"] == "malformed"
    assert "line 1 column" in problem["detail"]


def test_another_media_type_is_not_understood(api):
    response = api.post(URL, "code=A", content_type="text/plain")

    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


def test_what_a_model_refuses_is_a_problem_that_names_its_fields():
    response = problems.exception_handler(ValidationError({"code": ["Too long."]}), {})

    assert response.status_code == 400
    assert response.data["errors"] == [{"field": "code", "message": "Too long.", "code": "invalid"}]
