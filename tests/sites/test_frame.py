"""The frame around every page, and where `/` leads."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.views import View

from sites.access import forget
from sites.models import Site
from sites.services import memberships
from sites.services import sites as site_service
from sites.web import navigation
from sites.web.context import frame
from sites.web.mixins import SitePageMixin
from tests.cast import Cast


@pytest.fixture
def frame_of(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The frame of a page for a user, as if every page existed."""
    monkeypatch.setattr(navigation, "exists", lambda path: True)

    def make(user: Any, path: str = "/s/all/stock/") -> dict[str, Any]:
        request = rf.get(path)
        request.user = user
        return frame(request).get("frame", {})

    return make


def codes(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["code"] for entry in entries]


def test_the_switcher_offers_all_sites_and_each_that_the_reader_deals_with(cast: Cast, frame_of: Any) -> None:
    made = frame_of(cast.planner)

    assert codes(made["sites"]) == ["", "CHI", "TLL", "RIX"]
    assert made["site"] is None
    assert made["company"] == "Nordwood"


def test_the_address_names_the_site_and_its_zone(cast: Cast, frame_of: Any) -> None:
    made = frame_of(cast.planner, "/s/chi/stock/")

    assert made["site"]["code"] == "CHI"
    assert made["zone"] == "America/Chicago"
    assert {entry["label"]: entry["current"] for entry in made["nav"]}["Stock"]
    assert made["sites"][2]["url"] == "/s/TLL/stock/"


def test_over_all_sites_the_clock_is_that_of_where_the_reader_works(cast: Cast, frame_of: Any) -> None:
    assert frame_of(cast.planner)["zone"] == "Europe/Tallinn"  # where Nordwood is at home, though Chicago comes first
    assert frame_of(cast.operator)["zone"] == "Europe/Tallinn"
    assert frame_of(cast.partner)["zone"] == "Europe/Riga"


def test_where_that_is_not_one_place_it_is_universal(cast: Cast, frame_of: Any) -> None:
    assert frame_of(cast.admin)["zone"] == "UTC"
    memberships.grant(user=cast.operator, site=cast.chi, role="operator", actor=None)
    forget(cast.operator)

    assert frame_of(cast.operator)["zone"] == "UTC"


def test_a_site_member_has_one_site_and_no_switcher(cast: Cast, frame_of: Any) -> None:
    assert codes(frame_of(cast.operator)["sites"]) == ["TLL"]


def test_small_stays_simple(cast: Cast, frame_of: Any) -> None:
    made = frame_of(cast.outsider)

    assert made["is_small"]
    assert [str(entry["label"]) for entry in made["nav"]] == ["Network", "Stock", "Sell", "Make", "Buy"]
    assert "Move" in [str(entry["label"]) for entry in frame_of(cast.planner)["nav"]]


def test_a_second_site_brings_moving(cast: Cast, frame_of: Any) -> None:
    site_service.create(code="FAR2", company=cast.far, actor=cast.outsider)

    assert "Move" in [str(entry["label"]) for entry in frame_of(cast.outsider)["nav"]]


def test_it_costs_four_queries_and_once_kept_three(cast: Cast, frame_of: Any, django_assert_num_queries: Any) -> None:
    user = type(cast.planner).objects.get(pk=cast.planner.pk)
    with django_assert_num_queries(4):
        frame_of(user)

    user = type(cast.planner).objects.get(pk=cast.planner.pk)
    with django_assert_num_queries(3):
        frame_of(user)


def test_nobody_gets_no_frame(rf: RequestFactory, db: None) -> None:
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/login/")
    request.user = AnonymousUser()
    assert frame(request) == {}


class Page(SitePageMixin, View):
    def scope(self) -> QuerySet[Site]:
        return Site.objects.filter(pk__in=self.site_ids)

    def get(self, request: Any, site: str) -> HttpResponse:
        return HttpResponse(" ".join(sorted(self.scope().values_list("code", flat=True))))


@pytest.fixture
def page_of(rf: RequestFactory) -> Callable[..., str]:
    def ask(user: Any, code: str) -> str:
        request = rf.get(f"/s/{code}/")
        request.user = user
        return Page.as_view()(request, site=code).content.decode()

    return ask


def test_a_page_covers_its_site_or_all_that_the_reader_deals_with(cast: Cast, page_of: Any) -> None:
    assert page_of(cast.planner, "tll") == "TLL"
    assert page_of(cast.planner, "all") == "CHI RIX TLL"
    assert page_of(cast.partner, "all") == "RIX"


def test_a_site_out_of_reach_is_not_found(cast: Cast, page_of: Any) -> None:
    with pytest.raises(Http404):
        page_of(cast.outsider, "TLL")
    with pytest.raises(Http404):
        page_of(cast.partner, "TLL")


def test_a_page_without_a_scope_does_not_start(cast: Cast, rf: RequestFactory) -> None:
    class Careless(SitePageMixin, View):
        pass

    request = rf.get("/s/all/")
    request.user = cast.planner
    with pytest.raises(NotImplementedError):
        Careless.as_view()(request, site="all")


def test_home_leads_to_the_only_site_or_to_all(cast: Cast, client: Client) -> None:
    client.force_login(cast.planner)
    assert client.get("/").url == "/s/all/network/"

    client.force_login(cast.operator)
    assert client.get("/").url == "/s/TLL/network/"


def test_who_is_not_signed_in_is_asked_to(db: None, client: Client) -> None:
    assert client.get("/").url == "/login/?next=/"


def test_a_supplier_deals_with_the_site_where_its_goods_are_consigned(cast: Cast) -> None:
    from inventory.services import agreements
    from sites import selectors
    from sites.access import access_of

    assert selectors.site_ids(access_of(cast.supplier_planner)) == []

    term = agreements.Term(valid_from_on=cast.now.date())
    agreements.start(owner=cast.supplier, site=cast.tll, used_by=cast.maker, term=term, now=cast.now, actor=None)

    assert selectors.site_ids(access_of(cast.supplier_planner)) == [cast.tll.pk]
    companies = selectors.companies(access_of(cast.supplier_planner))
    assert set(companies) == {cast.maker, cast.supplier}


def test_a_reader_of_two_companies_sees_the_products_name(cast: Cast, frame_of: Any) -> None:
    memberships.grant(user=cast.planner, company=cast.far, role="planner", actor=None)

    assert frame_of(cast.planner)["company"] == "mfg"


def test_signing_in_leads_home_and_out_again(cast: Cast, client: Client) -> None:
    cast.planner.set_password("a long enough word")
    cast.planner.save(update_fields=["password"])
    assert "Sign in" in client.get("/login/").content.decode()

    signed_in = client.post("/login/", {"username": "planner", "password": "a long enough word"})
    assert (signed_in.status_code, signed_in.url) == (302, "/")
    assert client.post("/logout/").url == "/login/"
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_told_without_saying_which_part(cast: Cast, client: Client) -> None:
    answer = client.post("/login/", {"username": "planner", "password": "wrong"})

    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()


def test_missing_pages_and_nouns_answer_each_in_their_way(cast: Cast, client: Client) -> None:
    client.force_login(cast.planner)

    assert client.get("/nowhere/").status_code == 404
    noun = client.get("/api/v1/nothing/")
    assert (noun.status_code, noun.json()["code"]) == (404, "not_found")


def test_every_entry_has_a_key_of_its_own():
    keys = [entry.key for entry in navigation.entries(is_small=False)]
    assert sorted(set(keys)) == sorted(keys)
