"""Scope, filters, ordering and members of lists."""

import pytest
from rest_framework.test import APIClient

from core.api.routers import NounRouter
from core.api.views import ScopedViewSet

pytestmark = pytest.mark.django_db


def codes(response):
    assert response.status_code == 200, response.data
    return [row["code"] for row in response.data["results"]]


def test_lists_what_is_in_scope(api):
    assert codes(api.get("/api/v1/companies/")) == ["OWN", "TWIN"]


def test_out_of_scope_and_missing_answer_alike(api, companies):
    far = api.get(f"/api/v1/companies/{companies['FAR'].pk}/")
    none = api.get("/api/v1/companies/999999999/")
    beyond = api.get("/api/v1/companies/99999999999999999999/")

    assert far.status_code == none.status_code == beyond.status_code == 404
    assert far.json() == none.json() == beyond.json()


def test_no_noun_without_a_scope():
    class Bare(ScopedViewSet):
        pass

    with pytest.raises(TypeError, match="Bare has no scope"):
        NounRouter().register("bare", Bare)


def test_answers_401_to_who_is_not_signed_in(nouns, db):
    response = APIClient().get("/api/v1/companies/")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_authenticated"


def test_refuses_an_unknown_filter_and_names_those_it_knows(api):
    response = api.get("/api/v1/companies/?colour=red")

    assert response.status_code == 400
    problem = response.json()
    assert problem["code"] == "unknown_parameter"
    assert problem["errors"][0]["field"] == "colour"
    assert "code, count, currency, cursor" in problem["detail"]


def test_filters_by_natural_key_whatever_its_case(api):
    assert codes(api.get("/api/v1/companies/?code=own")) == ["OWN"]
    assert codes(api.get("/api/v1/companies/?code=ow")) == []


def test_filters_a_reference_by_key_and_by_id(api, sites, companies):
    assert codes(api.get("/api/v1/sites/?company=twin")) == ["HAM"]
    assert codes(api.get(f"/api/v1/sites/?company_id={companies['OWN'].pk}")) == ["TLL"]


def test_refuses_an_id_that_is_none(api, sites):
    response = api.get("/api/v1/sites/?company_id=abc")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "company_id"


def test_filters_by_several_words_and_refuses_unknown_ones(api):
    assert codes(api.get("/api/v1/companies/?currency=EUR,USD")) == ["OWN", "TWIN"]
    assert codes(api.get("/api/v1/companies/?currency=USD")) == []
    assert api.get("/api/v1/companies/?currency=SEK").json()["errors"][0]["field"] == "currency"


def test_orders_by_what_the_noun_allows(api, sites):
    assert codes(api.get("/api/v1/companies/?ordering=-code")) == ["TWIN", "OWN"]
    assert codes(api.get("/api/v1/sites/?ordering=company,-code")) == ["TLL", "HAM"]

    refused = api.get("/api/v1/companies/?ordering=version")
    assert refused.status_code == 400
    assert "Allowed: closed, code, currency" in refused.json()["detail"]


def test_answers_only_the_members_asked_for(api):
    assert api.get("/api/v1/companies/?fields=code,id").json()["results"][0].keys() == {"code", "id"}

    refused = api.get("/api/v1/companies/?fields=code,secret")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "fields"


def test_references_carry_id_and_key_in_one_query(api, sites, companies, django_assert_num_queries):
    with django_assert_num_queries(2):  # the horizon, and the page
        rows = api.get("/api/v1/sites/?ordering=code").json()["results"]

    assert rows[0]["company"] == {"id": companies["TWIN"].pk, "code": "TWIN"}


def test_fresh_is_a_parameter_only_where_it_is_supported(api, sites):
    assert api.get("/api/v1/sites/?fresh=true").status_code == 200
    assert api.get("/api/v1/companies/?fresh=true").status_code == 400


def test_put_is_not_allowed(api, companies):
    response = api.put(f"/api/v1/companies/{companies['OWN'].pk}/", {})

    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"


def test_an_unknown_noun_is_a_problem_too(api):
    response = api.get("/api/")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
