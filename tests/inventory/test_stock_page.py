"""The live stock grid: what it shows, to whom, and at what cost."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Item
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute


def stock(cast, *items, site=None):
    posted = adjust(
        site_id=(site or cast.tll).pk,
        reason="Opening stock",
        lines=[AdjustmentLine(item.pk, D(5), D(2)) for item in items],
        now=cast.now,
        actor=None,
    )
    recompute(posted.keys, now=cast.now)


@pytest.fixture
def visit(client, cast):
    stock(cast, cast.table, cast.top)
    stock(cast, cast.table, site=cast.chi)
    client.force_login(cast.planner)
    return lambda address="/s/all/stock/": client.get(address)


def test_a_planner_sees_each_item_at_each_site(visit):
    text = visit().content.decode()

    assert text.index("TABLE") < text.index("TOP")
    assert "on hand 10, committed 0, expected 0, safety stock 0" in text
    assert text.count("on hand 5, committed 0") == 4  # two tables, one top, and its total


def test_a_site_has_a_page_with_all_its_figures(visit):
    answer = visit("/s/CHI/stock/")

    assert [row["item"].sku for row in answer.context["rows"]] == ["TABLE"]
    assert [figure["text"] for figure in answer.context["rows"][0]["figures"][:3]] == ["5", "0", "5"]


@pytest.mark.parametrize(
    ("query", "skus"), [("?search=top", ["TOP"]), ("?state=missing", []), ("?sort=-sku", ["TOP", "TABLE"])]
)
def test_it_is_searched_narrowed_and_sorted(visit, query, skus):
    assert [row["item"].sku for row in visit(f"/s/all/stock/{query}").context["rows"]] == skus


def test_pages_follow_each_other_both_ways(visit, monkeypatch):
    monkeypatch.setattr("inventory.web.stock.PAGE_SIZE", 1)
    first = visit().context

    second = visit(f"/s/all/stock/{first['page']['next_url']}").context
    again = visit(f"/s/all/stock/{second['page']['previous_url']}").context

    assert [context["rows"][0]["item"].sku for context in (first, second, again)] == ["TABLE", "TOP", "TABLE"]
    assert second["page"]["next_url"] == "" == first["page"]["previous_url"]


def test_an_outsider_sees_nothing_of_it_and_a_stranger_signs_in(client, cast):
    stock(cast, cast.table)
    assert client.get("/s/all/stock/").status_code == 302
    client.force_login(cast.outsider)

    assert "TABLE" not in client.get("/s/all/stock/").content.decode()
    assert client.get("/s/TLL/stock/").status_code == 404


def test_ten_times_the_rows_cost_the_same_queries(visit, cast):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            visit()
        return len(captured)

    queries()  # the side's counts are kept for some seconds
    few = queries()
    more = Item.objects.bulk_create([Item(sku=f"MORE-{n}", name="More", unit=cast.pcs) for n in range(20)])
    stock(cast, *more)

    assert queries() == few


def names(answer):
    return [column["label"] for column in answer.context["columns"]]


def test_the_figures_in_columns_are_chosen_and_stay_with_the_view(visit):
    page = visit("/s/CHI/stock/?columns=excess&columns=on_hand&columns=luck")

    assert names(page) == ["On hand", "Excess"]
    assert [figure["text"] for figure in page.context["rows"][0]["figures"]] == ["5", "5"]
    assert page.context["tabs"][1]["url"] == "?columns=excess&columns=on_hand&columns=luck&state=missing"
    assert names(visit("/s/CHI/stock/?columns=luck"))[0:3] == ["On hand", "Committed", "Available"]


def test_over_all_sites_figures_and_sites_are_chosen(visit):
    page = visit("/s/all/stock/?columns=blocked&sites=chi")

    assert names(page) == ["Blocked"]
    assert [site.code for site in page.context["sites"]] == ["CHI"]
    assert [len(row["cells"]) for row in page.context["rows"]] == [1, 1]


def test_every_figure_of_a_site_opens_its_rows(visit):
    page = visit("/s/CHI/stock/?columns=on_hand&columns=committed&columns=expected")

    assert page.content.decode().count(f'data-drawer="{page.context["rows"][0]["explain"]}"') == 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("state=missing", "Nothing is missing."),
        ("state=blocked", "Nothing is blocked."),
        ("search=zebra", "No item matches “zebra”."),
        ("category=99999", "No item of this category matches."),
    ],
)
def test_an_empty_choice_does_not_say_that_there_is_no_stock(visit, query, words):
    text = visit(f"/s/all/stock/?{query}").content.decode()

    assert words in text
    assert "No stock here yet" not in text


def test_who_may_not_set_stock_right_is_not_offered_to(client, visit, cast):
    assert "adjustments/new/" in visit().content.decode()
    client.force_login(cast.viewer)

    assert "adjustments/new/" not in client.get("/s/all/stock/").content.decode()


def test_another_filter_begins_at_the_first_page(visit):
    page = visit("/s/all/stock/?after=1&sort=-sku")

    assert "after=" not in page.context["tabs"][1]["url"]
