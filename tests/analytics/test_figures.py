"""The figures of the first page: each is the sum of the rows behind it, and nothing is cut without a word."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from analytics.selectors import value
from analytics.selectors.scope import View
from inventory.choices import EntryKind, LotState, PoolKind
from inventory.drafts import LevelKey
from inventory.models import CostPool, ItemSite, Lot, ValueEntry
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute
from inventory.services.transfers import TransferDraft, TransferLineDraft
from sites.access import access_of

TODAY = date(2026, 11, 23)


@pytest.fixture
def stocked(cast):
    """10 tables at 10 each lie in Tallinn."""
    line = AdjustmentLine(cast.table.pk, D(10), D(10))
    adjust(site_id=cast.tll.pk, reason="Opening stock", lines=[line], now=cast.now, actor=None)
    return cast


@pytest.fixture
def ship(stocked):
    """Dispatches a transfer of 2 tables from Tallinn to Chicago that is expected on a day."""

    def ship(expected_on=TODAY + timedelta(days=3)):
        transfer = transfers.create(
            TransferDraft(
                company_id=stocked.maker.pk,
                origin_id=stocked.tll.pk,
                destination_id=stocked.chi.pk,
                ship_by_on=TODAY - timedelta(days=9),
                expected_on=expected_on,
                lines=[TransferLineDraft(item_id=stocked.table.pk, quantity=D(2))],
            ),
            now=stocked.now,
            actor=None,
        )
        transfers.confirm(transfer.pk, now=stocked.now, actor=None)
        transfers.dispatch(transfer.pk, now=stocked.now, actor=None)
        return transfer

    return ship


@pytest.fixture
def visit(client, stocked):
    client.force_login(stocked.planner)
    return lambda address: client.get(address).context


def test_issuing_to_an_order_is_a_loss_of_stock_value(cast):
    """100 lay there two weeks ago; 40 went to an order since, which still is the company's value, but not stock."""
    stock = pool(cast, PoolKind.STOCK, 60)
    order = pool(cast, PoolKind.MO, 40, source_id=1)
    entry(cast, stock, 100, cast.now - timedelta(days=14))
    entry(cast, stock, -40, cast.now)
    entry(cast, order, 40, cast.now)

    (found,) = value.stock_values(View(access_of(cast.planner), [cast.tll], cast.now, "UTC"))

    assert (found.amount, found.change) == (60, D("-0.4"))


def pool(cast, kind, amount, source_id=None):
    return CostPool.objects.create(
        kind=kind, item=cast.table, owner=cast.maker, site=cast.tll, source_id=source_id,
        quantity=1, value=amount, currency="EUR",
    )  # fmt: skip


def entry(cast, pool, amount, at):
    ValueEntry.objects.create(
        pool=pool, kind=EntryKind.IN, quantity=1, amount=amount, currency="EUR", company=cast.maker,
        site=cast.tll, effective_at=at, effective_on=at.date(), posted_at=at,
    )  # fmt: skip


def test_in_transit_counts_and_lists_what_comes_to_the_site(visit, ship):
    transfer = ship()

    (at_end,) = [row for row in visit("/s/CHI/network/")["figures"] if row["name"] == "in-transit"]
    (at_begin,) = [row for row in visit("/s/TLL/network/")["figures"] if row["name"] == "in-transit"]

    assert (at_end["value"], at_end["note"]) == ("€20", "1 transfer")
    assert (at_begin["value"], at_begin["note"]) == ("–", "0 transfers")
    rows = visit("/s/CHI/network/explain/in-transit/")["figure"].lines
    assert [(line.name, line.amount) for line in rows] == [(transfer.number, "€20")]
    assert visit("/s/TLL/network/explain/in-transit/")["figure"].lines == []


def test_the_drawer_of_transfers_is_not_cut_with_the_drawing(visit, ship, monkeypatch):
    monkeypatch.setattr("analytics.selectors.flows._MOST_DRAWN", 1)
    ship()
    ship()

    figure = visit("/s/all/network/explain/in-transit/")["figure"]

    assert [line.amount for line in figure.lines] == ["€20", "€20"]
    assert figure.total == "€40"


def test_an_overdue_transfer_needs_attention_however_many_are_drawn(visit, ship, monkeypatch):
    monkeypatch.setattr("analytics.selectors.flows._MOST_DRAWN", 1)
    ship()
    late = ship(expected_on=TODAY - timedelta(days=2))

    (found,) = visit("/s/all/network/attention/")["attention"]

    assert found.title == f"{late.number} TLL to CHI: 2 days overdue"


def test_a_drawer_says_how_many_rows_it_leaves_out(visit, short_of_three, monkeypatch):
    monkeypatch.setattr("analytics.web.figures.MOST_ROWS", 1)

    figure = visit("/s/all/network/explain/missing/")["figure"]

    assert figure.total == "3"
    assert (len(figure.lines), figure.more, figure.more_url) == (1, 2, "/s/all/stock/?state=missing")


@pytest.fixture
def short_of_three(stocked):
    """Three items are missing at Chicago."""
    items = (stocked.top, stocked.leg, stocked.plank)
    for item in items:
        ItemSite.objects.create(item=item, site=stocked.chi, company=stocked.maker, safety_stock=9)
    recompute([LevelKey(item.pk, stocked.chi.pk, stocked.maker.pk) for item in items], now=stocked.now)


def test_all_that_needs_somebody_is_counted_beyond_what_is_listed(visit, short_of_three, monkeypatch):
    monkeypatch.setattr("analytics.selectors.attention.MOST_LISTED", 1)
    monkeypatch.setattr("analytics.selectors.attention.MOST_OF_A_KIND", 1)

    assert visit("/s/all/network/")["attention_count"] == 3
    page = visit("/s/all/network/attention/")
    assert (len(page["attention"]), page["count"]) == (1, 3)
    assert page["more"] == [{"label": "2 more shortages", "url": "/s/all/stock/?state=missing"}]


def test_the_page_of_all_lists_more_than_the_first_page_can_show(visit, short_of_three, monkeypatch):
    monkeypatch.setattr("analytics.selectors.attention.MOST_OF_A_KIND", 1)

    assert len(visit("/s/all/network/attention/")["attention"]) == 3


def test_a_held_lot_at_two_sites_is_two_entries(visit, stocked):
    lot = Lot.objects.create(item=stocked.leg, number="L-1", issuer=stocked.maker, state=LotState.HELD)
    for site in (stocked.tll, stocked.chi):
        line = AdjustmentLine(stocked.leg.pk, D(4), D(1), lot_id=lot.pk)
        adjust(site_id=site.pk, reason="Opening stock", lines=[line], now=stocked.now, actor=None)

    page = visit("/s/all/network/attention/")

    assert sorted(row.title for row in page["attention"]) == ["LEG lot L-1 at CHI", "LEG lot L-1 at TLL"]
    assert page["count"] == 2
    assert {row.action["label"] for row in page["attention"]} == {"Open"}


def test_the_stock_value_of_a_site_opens_its_items(visit, stocked):
    (row,) = [row for row in visit("/s/all/network/")["sites"] if row["site"].code == "TLL"]

    figure = visit(row["value_url"])["figure"]

    assert [(line.name, line.amount) for line in figure.lines] == [("TABLE", "€100")]
    assert figure.total == "€100"


def test_the_sums_under_the_sites_open_their_rows(visit, short_of_three):
    totals = {one["url"]: one["text"] for one in visit("/s/all/network/")["totals"]}

    assert totals == {
        "/s/all/network/explain/stock-value/": "€100",
        "/s/all/network/explain/missing/": "3",
        "": "–",
    }


@pytest.mark.parametrize("who", ["viewer", "operator"])
def test_who_plans_for_nobody_is_offered_to_open_not_to_act(client, short_of_three, cast, who):
    client.force_login(getattr(cast, who))
    answer = client.get("/s/all/network/")

    assert {row.action["label"] for row in answer.context["attention"]} <= {"Open"}
    assert "sales-orders/new/" not in answer.content.decode()
    assert ("adjustments/new/" in answer.content.decode()) == (who == "operator")


def test_a_viewer_is_not_offered_to_receive(client, ship, cast):
    ship(expected_on=TODAY - timedelta(days=2))
    client.force_login(cast.viewer)

    (found,) = client.get("/s/all/network/").context["attention"]

    assert found.action["label"] == "Open"
