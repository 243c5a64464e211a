"""Pages of sales: what they show and to whom, what their forms do, and that nothing typed is lost."""

import re
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.choices import Tracking
from inventory.drafts import LevelKey
from inventory.models import StockBalance
from inventory.services import items, lots
from inventory.services.recompute import recompute
from sales.choices import SalesOrderState as State
from sales.models import SalesOrder, Shipment
from sales.services import sales_orders
from sites.models import Membership
from sites.services import memberships

PAGE = "/s/all/sales-orders/"


@pytest.fixture
def visit(client: Any, cast: Any, monkeypatch: Any) -> Any:
    monkeypatch.setattr("core.clock.now", lambda: cast.now)
    client.force_login(cast.planner)
    return client.get


@pytest.fixture
def work(cast: Any) -> Any:
    """Does for the table at TLL what the workers would have done by now."""
    return lambda: recompute([LevelKey(cast.table.pk, cast.tll.pk, cast.maker.pk)], now=cast.now)


def url(order: SalesOrder) -> str:
    return f"{PAGE}{order.pk}/"


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def text(answer: Any) -> str:
    """The words of a page, its marks and spaces left out."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- one order -------------------------------------------------------------------------------------------------------


def test_an_order_shows_its_figures_lines_and_steps(visit, cast, stock, make_order):
    stock(cast.table, 3)
    order = make_order((cast.table, 8), need_by_on=date(2026, 12, 2))

    answer = visit(url(order))

    shown = text(answer)
    assert "SO-1001" in shown
    assert "€40.00" in shown  # 8 × 5
    assert "2 Dec" in shown
    assert "Not available" in shown
    assert "5 short" in shown
    assert [step.name for step in answer.context["steps"]] == ["ship", "make", "edit", "rank", "block", "cancel"]


def test_each_line_says_who_took_the_stock_before_it(visit, cast, stock, make_order):
    stock(cast.table, 3)
    make_order((cast.table, 2))
    order = make_order((cast.table, 2))

    (row,) = visit(url(order)).context["lines"]

    assert (row["served"].served_by, row["served"].taken_by) == ("1 on hand", "1 short; SO-1001 took 2")


def test_drawers_explain_value_and_each_line(visit, cast, stock, make_order, work):
    stock(cast.table, 3)
    make_order((cast.table, 2))
    order = make_order((cast.table, 2), (cast.top, 1))
    work()

    explained = text(visit(f"{url(order)}explain/"))
    line = text(visit(f"{url(order)}lines/{order.lines.get(line_no=1).pk}/"))

    assert "€15.00" in explained
    assert "SO-1001 Möbel Berg 2" in line
    assert visit(f"{url(order)}lines/999999/").status_code == 404


def test_outsiders_see_nothing_of_it(client, cast, make_order):
    order = make_order((cast.table, 1))
    client.force_login(cast.outsider)

    for path in ("", "explain/", "ship/", "edit/", "close/", f"lines/{order.lines.get().pk}/"):
        assert client.get(url(order) + path).status_code == 404
    assert client.post(f"{url(order)}cancel/").status_code == 404
    order.refresh_from_db()
    assert order.state == State.OPEN


def test_the_customers_people_see_their_order_and_no_other(client, cast, stock, make_order, shop, work):
    stock(cast.table, 2)
    other = make_order((cast.table, 2))
    order = make_order((cast.table, 1))
    work()
    buyer = get_user_model().objects.create(username="buyer", password="!")
    memberships.grant(user=buyer, company=shop.party, role=Membership.Role.PLANNER, actor=None)
    client.force_login(buyer)

    answer = client.get(url(order))

    assert answer.status_code == 200
    assert answer.context["steps"].all == ()
    assert other.number not in answer.content.decode()
    line = client.get(f"{url(order)}lines/{order.lines.get().pk}/").content.decode()
    assert other.number not in line
    assert client.post(f"{url(order)}cancel/").status_code == 403


def test_a_viewer_is_offered_no_steps(client, cast, make_order):
    order = make_order((cast.table, 1))
    client.force_login(cast.viewer)

    assert client.get(url(order)).context["steps"].all == ()
    assert client.post(f"{url(order)}block/", {"reason": "No"}).status_code == 403


def test_an_order_of_ten_times_the_lines_costs_the_same_queries(visit, cast, stock, make_order):
    def queries(order: SalesOrder) -> int:
        with CaptureQueriesContext(connection) as captured:
            visit(url(order))
        return len(captured)

    stock(cast.table, 1)
    few, many = make_order((cast.table, 1)), make_order(*[(cast.table, 1), (cast.top, 1)] * 10)
    queries(few)  # the side's counts are kept for some seconds

    assert queries(many) == queries(few)


# --- steps -----------------------------------------------------------------------------------------------------------


def test_a_quote_is_opened_blocked_and_let_go(visit, client, cast, make_order):
    order = make_order((cast.table, 1), is_open=False)
    assert visit(url(order)).context["steps"].main.name == "open"

    client.post(f"{url(order)}open/")
    answer = client.post(f"{url(order)}block/", {"reason": "Unpaid"}, follow=True)

    assert "Unpaid" in text(answer)
    assert answer.context["steps"].main.name == "unblock"
    client.post(f"{url(order)}unblock/")
    order.refresh_from_db()
    assert (order.state, order.blocked_at) == (State.OPEN, None)


def test_a_step_without_its_reason_is_asked_again_with_the_cause(visit, client, cast, make_order):
    order = make_order((cast.table, 1))

    answer = client.post(f"{url(order)}block/", {"reason": " "})

    assert answer.status_code == 400
    assert "Say why the order is blocked." in text(answer)
    order.refresh_from_db()
    assert order.blocked_at is None


def test_dangerous_steps_ask_first(visit, cast, make_order):
    order = make_order((cast.table, 1))

    assert "Cancel SO-1001?" in text(visit(f"{url(order)}cancel/"))
    order.refresh_from_db()
    assert order.state == State.OPEN


def test_what_is_open_is_closed_short_with_a_reason(visit, client, cast, stock, make_order):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))
    ship(client, order, [("2", "", "")])

    client.post(f"{url(order)}close/", {"reason": "Customer is content"})

    order.refresh_from_db()
    assert (order.state, order.lines.get().closed_quantity) == (State.CLOSED, 3)
    assert "Customer is content" in text(visit(url(order)))


def test_an_unknown_step_is_not_there(visit, client, cast, make_order):
    order = make_order((cast.table, 1))

    assert visit(f"{url(order)}burn/").status_code == 404
    assert client.post(f"{url(order)}burn/").status_code == 404


def test_the_old_list_leads_to_the_ranking(visit):
    assert visit("/s/TLL/sales-orders/").url == "/s/TLL/orders/?kind=sales"


# --- shipping --------------------------------------------------------------------------------------------------------


def ship(client: Any, order: SalesOrder, parts: list[tuple[str, str, str]], **options: Any) -> Any:
    """Posts the shipping form: quantity, lot and place of the order's lines in turn."""
    body = {"lines-TOTAL_FORMS": str(len(parts))}
    for place, (line, part) in enumerate(zip([*order.lines.order_by("line_no")] * len(parts), parts, strict=False)):
        quantity, lot, location = part
        body |= {
            f"lines-{place}-line": str(line.pk),
            f"lines-{place}-quantity": quantity,
            f"lines-{place}-lot": lot,
            f"lines-{place}-location": location,
        }
    return client.post(f"{url(order)}ship/", {**body, **options}, follow=True)


def test_the_form_offers_all_that_is_open(visit, cast, stock, make_order):
    stock(cast.table, 3)
    order = make_order((cast.table, 4))

    (row,) = visit(f"{url(order)}ship/").context["rows"].rows

    assert (row.text("quantity"), row.about["stock"]) == ("4", 3)


def test_a_part_is_shipped_and_taken_back(visit, client, cast, stock, make_order):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))

    answer = ship(client, order, [("2", "", "")], carrier="Omniva")

    (row,) = answer.context["lines"]
    assert (row["line"].posted_quantity, row["line"].open_quantity) == (2, 3)
    assert "Omniva" in text(answer)
    assert said(answer)[0].startswith("SO-1001 is shipped by SHP-")
    undo = next(iter(answer.context["messages"])).extra_tags
    client.post(undo)
    order.refresh_from_db()
    assert (order.state, Shipment.objects.get().reversed_at is not None) == (State.OPEN, True)


def test_whoever_counted_on_it_is_named(visit, client, cast, stock, make_order, work):
    stock(cast.table, 3)
    make_order((cast.table, 3))
    order = make_order((cast.table, 2))
    work()

    warnings = said(ship(client, order, [("2", "", "")]))[1:]

    assert len(warnings) == 1
    assert "SO-1001" in warnings[0]


def test_lots_and_places_are_taken_as_named(visit, client, cast, stock, make_order):
    stool = items.create(
        sku="STOOL", name="Stool", unit=cast.pcs, company=cast.maker, tracking=Tracking.LOT, actor=None
    )
    old, new = (lots.create(item=stool, number=name, issuer=cast.maker, actor=None) for name in ("L-1", "L-2"))
    stock(stool, 4, lot_id=old.pk)
    stock(stool, 4, lot_id=new.pk)
    order = make_order((stool, 3))

    ship(client, order, [("1", "L-2", cast.tll_stock.code), ("2", "L-1", "")])

    left = dict(StockBalance.objects.values_list("lot__number", "quantity"))
    assert left == {"L-1": 2, "L-2": 3}


def test_too_little_is_refused_at_its_line_and_what_was_typed_stays(visit, client, cast, stock, make_order):
    stock(cast.table, 1)
    order = make_order((cast.table, 4))

    answer = ship(client, order, [("3", "", "")], carrier="Omniva")

    assert answer.status_code == 409
    (row,) = answer.context["rows"].rows
    assert row.text("quantity") == "3"
    assert "1" in row.errors["quantity"]
    assert answer.context["form"]["carrier"].value() == "Omniva"
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("part", "field", "words"),
    [
        (("9", "", ""), "quantity", "9 asked, 4 of 4 are open"),
        (("1.5", "", ""), "quantity", "does not fit pcs"),
        (("some", "", ""), "quantity", "not a number"),
        (("1", "L-9", ""), "lot", "There is no"),
        (("1", "", "NOWHERE"), "location", "There is no"),
    ],
)
def test_errors_stand_at_their_field(visit, client, cast, stock, make_order, part, field, words):
    stock(cast.table, 4)
    order = make_order((cast.table, 4))

    (row,) = ship(client, order, [part]).context["rows"].rows

    assert words in row.errors[field]


def test_an_empty_shipment_says_what_to_do(visit, client, cast, stock, make_order):
    order = make_order((cast.table, 4))

    answer = ship(client, order, [("", "", "")])

    assert "Say how much of at least one line leaves." in text(answer)


# --- the form --------------------------------------------------------------------------------------------------------


def body(**changes: Any) -> dict[str, Any]:
    """A new order of two tables and a top."""
    return {
        "customer": "moebel", "site": "TLL", "need_by_on": "2026-12-02", "promised_on": "",
        "external_reference": "PO 77", "note": "Ring first", "lines-TOTAL_FORMS": "2",
        "lines-0-item": "table", "lines-0-quantity": "2", "lines-0-unit_price": "100", "lines-0-discount": "10",
        "lines-1-item": "TOP", "lines-1-quantity": "1", "lines-1-need_by_on": "2026-12-09", "open": "1",
    } | changes  # fmt: skip


def test_an_order_is_entered_and_opened(visit, client, cast, shop):
    answer = client.post(f"{PAGE}new/", body(), follow=True)

    order = SalesOrder.objects.get()
    assert (order.state, order.customer, order.external_reference) == (State.OPEN, shop, "PO 77")
    lines = [
        (line.item.sku, line.quantity, line.unit_price, line.need_by_on) for line in order.lines.order_by("line_no")
    ]
    assert lines == [("TABLE", 2, 100, date(2026, 12, 2)), ("TOP", 1, 0, date(2026, 12, 9))]
    assert order.lines.get(line_no=1).discount == D("0.1")
    assert said(answer) == ["SO-1001 is open."]


def test_it_may_stay_a_quote(visit, client, cast, shop):
    client.post(f"{PAGE}new/", {name: value for name, value in body().items() if name != "open"})

    assert SalesOrder.objects.get().state == State.QUOTE


def test_other_pages_fill_the_form_by_its_address(visit, cast, shop):
    answer = visit(f"/s/CHI/sales-orders/new/?customer={shop.pk}&item=TABLE&quantity=4")

    (row,) = answer.context["rows"].rows
    assert (row.text("item"), row.text("quantity"), row.about) == ("TABLE", "4", cast.table)
    assert answer.context["form"]["customer"].value() == "MOEBEL"
    assert answer.context["form"]["site"].value() == "CHI"


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"customer": "nobody"}, "customer", "There is no customer “nobody”."),
        ({"lines-1-item": "TAPLE"}, "lines-1-item", "There is no item “TAPLE”."),
        ({"lines-0-quantity": "2.5"}, "lines-0-quantity", "2.5 does not fit pcs"),
        ({"lines-0-unit": "box"}, "lines-0-unit", "There is no unit “box”."),
        ({"lines-0-unit_price": "dear"}, "lines-0-unit_price", "dear"),
        ({"lines-0-discount": "120"}, "lines-0-discount", "1.2"),
        ({"lines-1-need_by_on": "soon"}, "lines-1-need_by_on", "“soon” is not a date."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(visit, client, cast, shop, changes, where, words):
    wrong = body(**changes)

    answer = client.post(f"{PAGE}new/", wrong)

    assert answer.status_code == 400
    page = answer.content.decode()
    near = page[page.index(f'id="{where}' if where != "customer" else 'id="id_customer') :]
    assert words in near[:900]
    for name, value in wrong.items():
        if value and name not in {"open", "site", "lines-TOTAL_FORMS"}:
            assert value in page, name
    assert not SalesOrder.objects.exists()


def test_an_order_without_lines_is_refused(visit, client, cast, shop):
    answer = client.post(f"{PAGE}new/", {"customer": "MOEBEL", "site": "TLL", "lines-TOTAL_FORMS": "0"})

    assert "An order needs at least one line." in text(answer)


def test_who_plans_for_nobody_has_no_form(client, cast):
    client.force_login(cast.viewer)

    assert client.get(f"{PAGE}new/").status_code == 404
    assert client.post(f"{PAGE}new/", body()).status_code == 404


def edited(order: SalesOrder, **changes: Any) -> dict[str, Any]:
    """The form of an order as it was shown, with changes; a line of None is taken out."""
    found: dict[str, Any] = {"version": str(order.version), "need_by_on": "", "promised_on": "", "note": order.note}
    for place, line in enumerate(order.lines.order_by("line_no")):
        found |= {
            f"lines-{place}-id": str(line.pk),
            f"lines-{place}-item": line.item.sku,
            f"lines-{place}-quantity": f"{line.ordered_quantity.normalize():f}",
            f"lines-{place}-unit": "pcs",
            f"lines-{place}-unit_price": f"{line.unit_price.normalize():f}",
        }
    return {name: value for name, value in (found | changes).items() if value is not None}


def test_lines_are_changed_added_and_taken_out(visit, client, cast, make_order):
    order = make_order((cast.table, 4), (cast.top, 1))
    without = {f"lines-1-{name}": None for name in ("id", "item", "quantity", "unit", "unit_price")}

    client.post(
        f"{url(order)}edit/",
        edited(order, **without, **{"lines-0-quantity": "6", "lines-2-item": "LEG", "lines-2-quantity": "3"}),
    )

    assert [(line.item.sku, line.quantity) for line in order.lines.order_by("line_no")] == [("TABLE", 6), ("LEG", 3)]


def test_a_form_that_changes_nothing_writes_nothing(visit, client, cast, make_order):
    order = make_order((cast.table, 4))
    before = SalesOrder.objects.values().get()

    client.post(f"{url(order)}edit/", edited(order))

    changed = {name for name, value in SalesOrder.objects.values().get().items() if value != before[name]}
    assert changed <= {"version", "updated_at", "changed_xid"}
    assert order.lines.get().quantity == 4


def test_a_stale_form_shows_both_values(visit, client, cast, make_order):
    order = make_order((cast.table, 4))
    mine = edited(order, note="Mine")
    sales_orders.edit(order.pk, changes={"note": "Theirs"}, now=cast.now, actor=cast.planner)

    answer = client.post(f"{url(order)}edit/", mine)

    assert answer.status_code == 412
    shown = text(answer)
    assert "Mine" in shown
    assert "Now: Theirs" in shown
    order.refresh_from_db()
    assert order.note == "Theirs"


def test_a_line_that_was_shipped_stays_as_it_is(visit, client, cast, stock, make_order):
    stock(cast.table, 1)
    order = make_order((cast.table, 4), (cast.top, 1))
    ship(client, order, [("1", "", "")])
    order.refresh_from_db()

    answer = client.post(f"{url(order)}edit/", edited(order, **{"lines-0-quantity": "9"}))

    assert answer.status_code == 409
    assert "has 1 shipped" in text(answer)
    assert order.lines.get(line_no=1).quantity == 4
