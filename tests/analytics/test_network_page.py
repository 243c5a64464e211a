"""The first page: its figures, what needs somebody, and who sees it."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.drafts import LevelKey
from inventory.models import ItemCompany, ItemSite
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute


def stock(cast, item, quantity, site):
    return adjust(
        site_id=site.pk,
        reason="Opening stock",
        lines=[AdjustmentLine(item.pk, D(quantity), D(10))],
        now=cast.now,
        actor=None,
    )


@pytest.fixture
def short(cast):
    """8 tables lie at Tallinn without need; Chicago has 2 and keeps 5 safe, so 3 are missing there."""
    ItemSite.objects.create(item=cast.table, site=cast.chi, company=cast.maker, safety_stock=5)
    ItemCompany.objects.filter(item=cast.table, company=cast.maker).update(list_price=D(400))
    stock(cast, cast.table, 8, cast.tll)
    stock(cast, cast.table, 2, cast.chi)
    keys = [LevelKey(cast.table.pk, site.pk, cast.maker.pk) for site in (cast.tll, cast.chi)]
    recompute(keys, now=cast.now)
    return cast


@pytest.fixture
def visit(client, short):
    client.force_login(short.planner)
    return lambda address="/s/all/network/": client.get(address)


def test_it_says_what_is_missing_and_offers_the_other_sites_excess(visit):
    (entry,) = visit().context["attention"]

    assert entry.title == "TABLE at Chicago: 3 missing"
    assert entry.why == "All orders are covered, the safety stock is not. Tallinn has 8 excess."
    assert entry.cost == "€1,200"
    assert entry.action["label"] == "Move 3 from TLL"
    assert entry.action["url"] == "/s/all/transfers/new/?item=TABLE&quantity=3&origin=TLL&destination=CHI"


def test_the_figures_are_sums_of_what_stands_below(visit):
    figures = {figure["name"]: figure["value"] for figure in visit().context["figures"]}

    assert figures["stock-value"] == "€100"
    assert figures["missing"] == "1"


def test_a_site_shows_itself_alone(visit):
    context = visit("/s/TLL/network/").context

    assert context["attention"] == []
    assert context["figures"][0]["value"] == "€80"


@pytest.mark.parametrize("name", ["stock-value", "in-transit", "late", "at-risk", "missing", "on-time"])
def test_every_figure_opens_its_rows(visit, name):
    assert visit(f"/s/all/network/explain/{name}/").status_code == 200


def test_the_rows_of_the_stock_value_are_the_sites(visit):
    figure = visit("/s/all/network/explain/stock-value/").context["figure"]

    assert [(line.name, line.amount) for line in figure.lines] == [("CHI", "€20"), ("TLL", "€80")]


def test_a_value_is_its_owners_alone_to_see(client, short):
    client.force_login(short.lakk_planner)

    figures = client.get("/s/all/network/").context["figures"]

    assert figures[0]["value"] == "–"


def test_an_unknown_figure_is_not_found(visit):
    assert visit("/s/all/network/explain/luck/").status_code == 404


def test_more_shortages_cost_no_more_queries(visit, short):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            visit()
        return len(captured)

    queries()  # the side's counts are kept for some seconds
    few = queries()
    for item in (short.top, short.leg, short.plank):
        ItemSite.objects.create(item=item, site=short.chi, company=short.maker, safety_stock=9)
        stock(short, item, 1, short.chi)
    recompute(
        [LevelKey(item.pk, short.chi.pk, short.maker.pk) for item in (short.top, short.leg, short.plank)],
        now=short.now + timedelta(minutes=1),
    )

    assert queries() == few
    assert len(visit().context["attention"]) == 4


def test_search_finds_items_by_any_part_and_nothing_out_of_sight(client, short):
    client.force_login(short.planner)
    (group,) = client.get("/s/all/search/?q=oak+abl").context["groups"]
    assert [hit.name for hit in group.hits] == ["TABLE"]

    client.force_login(short.outsider)
    assert client.get("/s/all/search/?q=oak+abl").context["groups"] == []
