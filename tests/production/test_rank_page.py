"""The one ranked list: what it shows, to whom, what a move says, and at what cost.

Five tables are on hand at TLL, three orders of four want them: the first is served, the second gets one of them and
three of the order made to stock, the third stays short.
"""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.drafts import LevelKey
from inventory.models import Demand, Priority, Supply
from inventory.services.recompute import recompute
from production.drafts import OrderDraft as MakingDraft
from production.selectors import ranked
from production.services import manufacturing_orders
from sales.drafts import LineDraft, OrderDraft
from sales.models import SalesOrder
from sales.services import customers, sales_orders
from sites.access import access_of
from tests.cast import Cast

NEED = date(2026, 11, 27)
PAGE = "/s/all/orders/"


@pytest.fixture
def shop(cast: Cast) -> Any:
    return customers.create(company=cast.maker, code="MOEBEL", name="Möbel Berg", actor=cast.planner)


@pytest.fixture
def sell(cast: Cast, shop: Any) -> Any:
    """An open order of so many tables at TLL, needed on Friday: `sell(4)`."""

    def make(quantity: Any, item: Any = None, **changes: Any) -> SalesOrder:
        lines = [LineDraft(item_id=(item or cast.table).pk, quantity=quantity, unit_price="100")]
        given = {"customer_id": shop.pk, "site_id": cast.tll.pk, "need_by_on": NEED, "lines": lines} | changes
        return sales_orders.create(OrderDraft(**given), is_open=True, now=cast.now, actor=cast.planner)

    return make


@pytest.fixture
def work(cast: Cast) -> Any:
    """Does what the workers would have done by now."""

    def do() -> None:
        keys = {LevelKey(*row) for row in Demand.objects.values_list("item_id", "site_id", "used_by_id")}
        keys |= {LevelKey(*row) for row in Supply.objects.values_list("item_id", "site_id", "used_by_id")}
        recompute(keys, now=cast.now)

    return do


@pytest.fixture
def orders(cast: Cast, stock: Any, sell: Any, work: Any, table_bill: Any) -> list[Any]:
    """SO-1001, SO-1002 and SO-1003 of four tables each, and MO-1001 of four, due on 4 December."""
    stock(cast.table, 5)
    stock(cast.top, 4)
    stock(cast.leg, 16)
    made = [sell(4), sell(4), sell(4)]
    draft = MakingDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=4, due_on=date(2026, 12, 4))
    made.append(manufacturing_orders.create(draft, now=cast.now, actor=cast.planner))
    work()
    return made


@pytest.fixture
def visit(client: Any, cast: Cast, monkeypatch: Any) -> Any:
    monkeypatch.setattr("core.clock.now", lambda: cast.now)
    client.force_login(cast.planner)
    return client.get


def numbers(answer: Any) -> list[str]:
    return [row.number for row in answer.context["rows"]]


def row_of(answer: Any, number: str) -> Any:
    return next(row for row in answer.context["rows"] if row.number == number)


def test_sales_and_make_to_stock_stand_in_one_ranking(visit, orders):
    answer = visit(PAGE)

    assert [(row.rank, row.number) for row in answer.context["rows"]] == [
        (1, "SO-1001"), (2, "SO-1002"), (3, "SO-1003"), (4, "MO-1001")
    ]  # fmt: skip
    assert row_of(answer, "MO-1001").party == "Stock at Tallinn"
    assert "Möbel Berg" in answer.content.decode()


def test_each_row_says_when_it_comes_and_why(visit, orders):
    answer = visit(PAGE)

    said = {row.number: (row.state, row.expected_on, row.why) for row in answer.context["rows"]}
    assert said["SO-1001"] == ("in_stock", date(2026, 11, 23), "")
    assert said["SO-1002"] == ("late", date(2026, 12, 4), "1 on hand, 3 of MO-1001, after SO-1001 took 4")
    assert said["SO-1003"] == ("not_available", None, "3 short: SO-1002 took 4, SO-1001 took 4")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ([(12, 26), (20, 30)], "7 of MO-1001, 3 of MO-1002, after SO-1001 took 5"),
        ([(12, 26), (2, 28), (20, 30)], "1 of MO-1003 and 2 more supplies, after SO-1001 took 5"),
    ],
)
def test_why_it_is_late_quotes_what_is_allocated(visit, cast, stock, sell, work, make_order, made, why):
    """The first takes 5 of the 12 that come in time; the second, of 10, the other 7 and the rest of what comes late."""
    stock(cast.top, 40)
    stock(cast.leg, 160)
    sell(5), sell(10)
    for quantity, day in made:
        make_order(quantity, due_on=date(2026, 11, day))
    work()

    row = row_of(visit(PAGE), "SO-1002")

    assert (row.state, row.late_days, row.why) == ("late", 3, why)
    (line,) = visit(row.url).context["lines"]
    parts = ["7 of MO-1001", "2 of MO-1002", "1 of MO-1003"] if len(made) == 3 else ["7 of MO-1001", "3 of MO-1002"]
    assert (line["served"].served_by, line["served"].taken_by) == (", ".join(parts), "SO-1001 took 5")


def test_what_is_late_with_nobody_before_it_waits_for_each_part_of_its_own(visit, cast, stock, sell, work, make_order):
    """Of 10, 7 come in time and 3 of the other 5 are late."""
    stock(cast.top, 40)
    stock(cast.leg, 160)
    sell(10)
    make_order(7, due_on=date(2026, 11, 26))
    make_order(5, due_on=date(2026, 11, 30))
    work()

    assert row_of(visit(PAGE), "SO-1001").why == "7 of MO-1001, 3 of MO-1002"


def test_tabs_count_and_narrow(visit, orders):
    counts = {tab["label"]: tab["count"] for tab in visit(PAGE).context["tabs"]}
    assert counts == {
        "All open": "4", "Sales": "3", "Make-to-stock": "1", "Late": "1", "At risk": "1", "Ready to ship": "1"
    }  # fmt: skip

    assert numbers(visit(f"{PAGE}?kind=making")) == ["MO-1001"]
    assert numbers(visit(f"{PAGE}?late=1")) == ["SO-1002"]
    assert numbers(visit(f"{PAGE}?risk=1")) == ["SO-1003"]
    assert numbers(visit(f"{PAGE}?ready=1")) == ["SO-1001"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?search=1002", ["SO-1002"]),
        ("?search=möbel+1003", ["SO-1003"]),
        ("?item=TABLE", ["SO-1001", "SO-1002", "SO-1003", "MO-1001"]),
        ("?item=LEG", []),
        ("?site=CHI", []),
        ("?search=100%25", []),
    ],
)
def test_filters_narrow(visit, orders, query, found):
    assert numbers(visit(PAGE + query)) == found


def test_a_site_shows_its_own(visit, orders):
    assert len(numbers(visit("/s/TLL/orders/"))) == 4
    assert numbers(visit("/s/CHI/orders/")) == []


def test_pages_follow_each_other_both_ways(visit, orders, monkeypatch):
    monkeypatch.setattr("production.web.orders.PAGE_SIZE", 3)
    first = visit(PAGE)

    second = visit(PAGE + first.context["page"]["next_url"])
    again = visit(PAGE + second.context["page"]["previous_url"])

    assert numbers(second) == ["MO-1001"]
    assert numbers(again) == numbers(first) == ["SO-1001", "SO-1002", "SO-1003"]
    assert (first.context["page"]["previous_url"], second.context["page"]["next_url"]) == ("", "")


def test_nobody_else_sees_them(client, cast, orders):
    client.force_login(cast.outsider)

    assert numbers(client.get(PAGE)) == []
    assert client.get("/s/TLL/orders/").status_code == 404
    assert client.get(f"{PAGE}{orders[0].priority_id}/why/").status_code == 404
    assert client.post(f"{PAGE}{orders[0].priority_id}/rank/", {"rank": 1}).status_code == 404


def test_whom_a_making_is_done_by_sees_that_one_alone(client, cast, sell, work, table_bill):
    sell(4)
    draft = MakingDraft(item_id=cast.table.pk, site_id=cast.rix.pk, quantity=4, due_on=NEED)
    manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    work()
    client.force_login(cast.lakk_planner)

    (row,) = client.get(PAGE).context["rows"]

    assert (row.number, row.rank_url, row.amount) == ("MO-1001", "", None)


def test_a_viewer_may_look_and_not_move(client, cast, orders):
    client.force_login(cast.viewer)

    assert {row.rank_url for row in client.get(PAGE).context["rows"]} == {""}
    client.post(f"{PAGE}{orders[2].priority_id}/rank/", {"rank": 1})
    assert numbers(client.get(PAGE))[0] == "SO-1001"


def test_a_move_tells_who_gains_and_who_loses(visit, client, orders):
    third = orders[2]

    answer = client.post(f"{PAGE}{third.priority_id}/rank/", {"rank": 2, "next": PAGE}, follow=True)

    assert numbers(answer) == ["SO-1001", "SO-1003", "SO-1002", "MO-1001"]
    (message,) = answer.context["messages"]
    assert str(message) == (
        "SO-1003 is rank 2. One gets its stock, but late, none became late, one is no longer available."
    )
    effects = {one["number"]: (one["was"], one["now"]) for one in answer.context["change"].effects}
    assert effects == {"SO-1002": ("4 Dec", "not available"), "SO-1003": ("not available", "4 Dec")}
    assert (row_of(answer, "SO-1003").shift, row_of(answer, "SO-1002").shift) == (1, -1)


def test_until_the_workers_are_done_rows_show_what_the_move_leads_to(visit, client, orders, work):
    client.post(f"{PAGE}{orders[2].priority_id}/rank/", {"rank": 2, "next": PAGE})

    before = {row.number: (row.state, row.expected_on, row.was) for row in visit(PAGE).context["rows"]}
    work()
    after = {row.number: (row.state, row.expected_on, row.was) for row in visit(PAGE).context["rows"]}

    assert before == after
    assert before["SO-1003"] == ("late", date(2026, 12, 4), "not available")
    assert before["SO-1002"] == ("not_available", None, "4 Dec")


def test_undo_moves_it_back(visit, client, orders):
    answer = client.post(f"{PAGE}{orders[2].priority_id}/rank/", {"before": orders[0].priority_id}, follow=True)
    (message,) = answer.context["messages"]
    assert numbers(answer)[0] == "SO-1003"

    undone = client.post(message.extra_tags, {"next": PAGE}, follow=True)

    assert numbers(undone) == ["SO-1001", "SO-1002", "SO-1003", "MO-1001"]


def test_a_sale_stands_behind_what_is_made_to_stock_and_the_other_way_round(visit, client, orders):
    client.post(f"{PAGE}{orders[0].priority_id}/rank/", {"after": orders[3].priority_id})
    assert numbers(visit(PAGE)) == ["SO-1002", "SO-1003", "MO-1001", "SO-1001"]

    client.post(f"{PAGE}{orders[3].priority_id}/rank/", {"rank": 1})
    assert numbers(visit(PAGE))[0] == "MO-1001"


@pytest.mark.parametrize("said", [{"rank": "first"}, {"rank": "0"}, {}, {"before": "999999"}])
def test_what_is_no_rank_is_refused_and_changes_nothing(visit, client, orders, said):
    before = list(Priority.objects.order_by("pk").values_list("rank", flat=True))

    answer = client.post(f"{PAGE}{orders[2].priority_id}/rank/", {**said, "next": PAGE}, follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert list(Priority.objects.order_by("pk").values_list("rank", flat=True)) == before


def test_without_scripts_a_page_asks_for_the_rank(visit, client, orders):
    address = f"{PAGE}{orders[2].priority_id}/rank/"

    assert "Move SO-1003 to rank…" in visit(address).content.decode()
    client.post(address, {"rank": "1"})
    assert numbers(visit(PAGE))[0] == "SO-1003"


def test_the_drawer_of_a_move_lists_whom_it_moved(visit, client, orders):
    assert "Nothing to compare" in visit(f"{PAGE}change/").content.decode()
    client.post(f"{PAGE}{orders[2].priority_id}/rank/", {"rank": 2})

    effects = visit(f"{PAGE}change/").context["effects"]

    assert {one["number"]: one["url"] for one in effects} == {
        order.number: f"/s/all/sales-orders/{order.pk}/" for order in orders[1:3]
    }


def test_it_never_leads_elsewhere(visit, client, orders):
    answer = client.post(f"{PAGE}{orders[2].priority_id}/rank/", {"rank": 1, "next": "//evil.example/"})

    assert answer.url == PAGE


def test_the_drawer_names_what_serves_and_who_took_it(visit, orders):
    text = visit(f"{PAGE}{orders[2].priority_id}/why/").content.decode()

    assert "SO-1002" in text
    assert "SO-1001" in text
    assert "Short" in text


def test_an_empty_list_says_what_to_do(visit, cast):
    text = visit(PAGE).content.decode()

    assert "No open orders." in text
    assert "/s/all/sales-orders/new/" in text


def test_the_csv_has_the_same_rows_and_no_formulas(visit, cast, orders, sell, shop):
    customers.edit(shop, name="=1+1", actor=cast.planner)
    answer = visit(f"{PAGE}export/?kind=sales")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert [row[1] for row in rows] == ["order", "SO-1001", "SO-1002", "SO-1003"]
    assert rows[1][3] == "'=1+1"


def test_the_csv_has_plain_numbers(visit, cast, sell, work):
    sell(1240)
    work()

    answer = visit(f"{PAGE}export/")
    (row,) = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert (row["order"], row["open"], row["unit"]) == ("SO-1001", "1240", "pcs")


def test_ten_times_the_orders_cost_the_same_queries(visit, cast, orders, sell, work):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            visit(PAGE)
        return len(captured)

    queries()  # the side's counts are kept for some seconds
    few = queries()
    for _ in range(30):
        sell(1)
    work()

    assert len(visit(PAGE).context["rows"]) == 34
    assert queries() == few


def test_several_companies_are_merged_by_rank(cast, sell, orders):
    page = ranked.page(access_of(cast.admin), ranked.Choice(), now=cast.now)

    assert [row.id for row in page.rows] == [order.pk for order in orders]
