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
    assert answer.context["rows"][0]["figures"].on_hand == 5


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
