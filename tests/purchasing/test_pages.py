"""Pages of purchasing: the list, an order, receiving, forms, suppliers; and that nothing typed is lost."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.choices import Tracking
from inventory.drafts import LevelKey
from inventory.models import StockBalance
from inventory.services import items
from inventory.services.recompute import recompute
from purchasing.choices import PurchaseOrderState as State
from purchasing.models import PurchaseOrder, Receipt, Supplier
from purchasing.services import purchase_orders, supplier_items
from purchasing.services.supplier_items import PriceDraft
from sales.drafts import LineDraft as SalesLine
from sales.drafts import OrderDraft as SalesDraft
from sales.services import customers, sales_orders
from sites.models import Membership
from sites.services import memberships

PAGE = "/s/all/purchase-orders/"
SUPPLIERS = "/s/all/suppliers/"
PAST, FUTURE = date(2026, 11, 20), date(2026, 12, 1)


@pytest.fixture
def visit(client: Any, cast: Any) -> Any:
    client.force_login(cast.planner)
    return client.get


def url(order: PurchaseOrder) -> str:
    return f"{PAGE}{order.pk}/"


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def text(answer: Any) -> str:
    """The words of a page, its marks and spaces left out."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def numbers(answer: Any) -> list[str]:
    return [row["order"].number for row in answer.context["rows"]]


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def some(cast: Any, make_order: Any) -> list[PurchaseOrder]:
    """PO-1001 overdue by three days, PO-1002 to come, PO-1003 a draft, PO-1004 received."""
    made = [
        make_order((cast.plank, 100, "4"), expected_on=PAST),
        make_order((cast.top, 5, "20"), expected_on=FUTURE),
        make_order((cast.leg, 5, "2"), is_ordered=False),
        make_order((cast.leg, 8, "2"), expected_on=FUTURE),
    ]
    purchase_orders.receive(made[3].pk, now=cast.now, actor=cast.planner)
    return made


def test_tabs_part_the_orders(visit, some):
    shown = {tab: numbers(visit(f"{PAGE}?tab={tab}")) for tab in ("open", "overdue", "draft", "received", "all")}

    assert shown == {
        "open": ["PO-1001", "PO-1002"],
        "overdue": ["PO-1001"],
        "draft": ["PO-1003"],
        "received": ["PO-1004"],
        "all": ["PO-1004", "PO-1003", "PO-1002", "PO-1001"],
    }
    counts = {tab["label"]: tab["count"] for tab in visit(PAGE).context["tabs"]}
    assert counts == {"Open": 2, "Overdue": 1, "Draft": 1, "Received": 1, "All": 4}


def test_a_row_says_what_is_late(visit, some):
    first, second = visit(PAGE).context["rows"]

    assert (first["due_on"], first["late_days"], first["open"], first["amount"]) == (PAST, 3, 100, 400)
    assert (second["due_on"], second["late_days"]) == (FUTURE, 0)
    assert "Overdue, 3 days" in text(visit(PAGE))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?search=1002", ["PO-1002"]),
        ("?item=PLANK", ["PO-1001"]),
        ("?supplier=sae", ["PO-1001", "PO-1002"]),
        ("?site=CHI", []),
        ("?sort=-number", ["PO-1002", "PO-1001"]),
    ],
)
def test_filters_narrow(visit, some, query, found):
    assert numbers(visit(PAGE + query)) == found


def test_the_csv_has_the_same(visit, some):
    answer = visit(f"{PAGE}export/?tab=overdue")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert [row[0] for row in rows] == ["order", "PO-1001"]


def test_the_csv_has_plain_numbers(visit, cast, make_order):
    make_order((cast.plank, 1240, "4"), expected_on=FUTURE)

    answer = visit(f"{PAGE}export/")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))

    assert (row["ordered"], row["open"], row["unit"]) == ("1240", "1240", "m")


def test_an_empty_list_says_what_to_do(visit):
    assert "No open purchase orders." in text(visit(PAGE))


def test_ten_times_the_orders_cost_the_same_queries(visit, cast, some, make_order):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            visit(PAGE)
        return len(captured)

    queries()  # the side's counts are kept for some seconds
    few = queries()
    for _ in range(20):
        make_order((cast.leg, 1, "2"))

    assert queries() == few


# --- one order --------------------------------------------------------------------------------------------------------


def test_an_order_shows_its_figures_lines_and_steps(visit, cast, some):
    answer = visit(url(some[0]))

    shown = text(answer)
    assert "€400.00" in shown
    assert "Overdue, 3 days" in shown
    assert [step.name for step in answer.context["steps"]] == ["receive", "edit", "block", "cancel"]


def test_it_says_who_counts_on_it(visit, cast, make_order):
    shop = customers.create(company=cast.maker, code="SHOP", name="Shop", actor=None)
    order = make_order((cast.top, 5, "20"), expected_on=FUTURE)
    lines = [SalesLine(item_id=cast.top.pk, quantity=3, unit_price="50")]
    sale = SalesDraft(customer_id=shop.pk, site_id=cast.tll.pk, lines=lines)
    sales_orders.create(sale, is_open=True, now=cast.now, actor=cast.planner)
    recompute([LevelKey(cast.top.pk, cast.tll.pk, cast.maker.pk)], now=cast.now)

    (row,) = visit(url(order)).context["lines"]
    drawer = text(visit(f"{url(order)}lines/{order.lines.get().pk}/"))

    assert row["waiting"] == "SO-1001 3"
    assert "nobody 2" in drawer


def test_the_drawer_of_its_value_adds_up(visit, cast, make_order):
    order = make_order((cast.top, 5, "20"), (cast.leg, 10, "2"))

    assert "Value €120.00 Open €120.00" in text(visit(f"{url(order)}explain/"))


def test_outsiders_see_nothing_of_it(client, cast, some):
    client.force_login(cast.outsider)

    for path in ("", "explain/", "receive/", "edit/", "close/", f"lines/{some[0].lines.get().pk}/"):
        assert client.get(url(some[0]) + path).status_code == 404
    assert client.post(f"{url(some[0])}cancel/").status_code == 404
    assert numbers(client.get(PAGE)) == []


def test_the_suppliers_people_see_what_was_ordered_and_no_more(client, cast, some):
    client.force_login(cast.supplier_planner)

    answer = client.get(url(some[0]))

    assert answer.status_code == 200
    assert answer.context["steps"].all == ()
    assert "Who counts on it" not in text(answer)
    assert client.get(url(some[2])).status_code == 404  # a draft
    assert client.post(f"{url(some[0])}receive/", {}).status_code in (403, 400)
    assert PurchaseOrder.objects.get(pk=some[0].pk).state == State.ORDERED


def test_an_order_of_ten_times_the_lines_costs_the_same_queries(visit, cast, make_order):
    def queries(order: PurchaseOrder) -> int:
        with CaptureQueriesContext(connection) as captured:
            visit(url(order))
        return len(captured)

    few, many = make_order((cast.top, 1, "1")), make_order(*[(cast.top, 1, "1"), (cast.leg, 1, "1")] * 10)
    queries(few)  # the side's counts are kept for some seconds

    assert queries(many) == queries(few)


def test_a_draft_is_ordered_blocked_and_let_go(visit, client, cast, some):
    page = url(some[2])
    assert visit(page).context["steps"].main.name == "order"

    client.post(f"{page}order/")
    answer = client.post(f"{page}block/", {"reason": "Wrong price"}, follow=True)

    assert "Wrong price" in text(answer)
    assert answer.context["steps"].main.name == "unblock"
    client.post(f"{page}unblock/")
    some[2].refresh_from_db()
    assert (some[2].state, some[2].blocked_at) == (State.ORDERED, None)


def test_dangerous_steps_ask_first_and_want_a_reason(visit, client, cast, some):
    receive(client, some[0], [("40", "", "")])
    assert "Close PO-1001?" in text(visit(f"{url(some[0])}close/"))

    refused = client.post(f"{url(some[0])}close/", {"reason": ""})
    client.post(f"{url(some[0])}close/", {"reason": "The rest is lost"})

    assert refused.status_code == 400
    some[0].refresh_from_db()
    assert (some[0].state, some[0].lines.get().closed_quantity) == (State.CLOSED, 60)


# --- receiving --------------------------------------------------------------------------------------------------------


def receive(client: Any, order: PurchaseOrder, parts: list[tuple[str, str, str]], **options: Any) -> Any:
    """Posts the receiving form: accepted, rejected and lot of the order's lines in turn."""
    body = {"lines-TOTAL_FORMS": str(len(parts))}
    lines = [*order.lines.order_by("line_no")] * len(parts)
    for place, (line, (quantity, rejected, lot)) in enumerate(zip(lines, parts, strict=False)):
        body |= {
            f"lines-{place}-line": str(line.pk),
            f"lines-{place}-quantity": quantity,
            f"lines-{place}-rejected_quantity": rejected,
            f"lines-{place}-lot": lot,
        }
    return client.post(f"{url(order)}receive/", {**body, **options}, follow=True)


def test_a_part_is_accepted_a_part_rejected_and_taken_back(visit, client, cast, some):
    answer = receive(client, some[0], [("40", "10", "")], supplier_reference="DN 5")

    (row,) = answer.context["lines"]
    assert (row["line"].posted_quantity, row["line"].rejected_quantity, row["line"].open_quantity) == (40, 10, 60)
    assert "PLANK 40 (10 rejected)" in text(answer)
    assert "DN 5" in text(answer)
    assert said(answer)[0].startswith("PO-1001: received by RCP-")

    client.post(next(iter(answer.context["messages"])).extra_tags)
    some[0].refresh_from_db()
    assert (some[0].state, Receipt.objects.get(order=some[0]).reversed_at is not None) == (State.ORDERED, True)


def test_lots_come_in_by_their_number(visit, client, cast, make_order):
    glue = items.create(sku="GLUE", name="Glue", unit=cast.pcs, company=cast.maker, tracking=Tracking.LOT, actor=None)
    order = make_order((glue, 8, "3"))

    receive(client, order, [("5", "", "G-1"), ("3", "", "G-2")], **{"lines-0-expires_on": "2027-05-01"})

    assert dict(StockBalance.objects.values_list("lot__number", "quantity")) == {"G-1": 5, "G-2": 3}
    assert StockBalance.objects.get(lot__number="G-1").lot.expires_on == date(2027, 5, 1)


@pytest.mark.parametrize(
    ("part", "field", "words"),
    [
        (("200", "", ""), "quantity", "200"),
        (("some", "", ""), "quantity", "not a number"),
        (("1", "-2", ""), "rejected_quantity", "-2"),
    ],
)
def test_errors_stand_at_their_field_and_what_was_typed_stays(visit, client, cast, some, part, field, words):
    answer = receive(client, some[0], [part], supplier_reference="DN 5")

    (row,) = answer.context["rows"].rows
    assert words in row.errors[field]
    assert row.text("quantity") == part[0]
    assert answer.context["form"]["supplier_reference"].value() == "DN 5"
    assert not Receipt.objects.filter(order=some[0]).exists()


def test_a_tracked_item_asks_for_its_lot(visit, client, cast, make_order):
    glue = items.create(sku="GLUE", name="Glue", unit=cast.pcs, company=cast.maker, tracking=Tracking.LOT, actor=None)

    (row,) = receive(client, make_order((glue, 8, "3")), [("5", "", "")]).context["rows"].rows

    assert "lot" in row.errors


def test_an_empty_receipt_says_what_to_do(visit, client, cast, some):
    assert "Say how much of at least one line came." in text(receive(client, some[0], [("0", "", "")]))


# --- the form ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def planks(cast: Any, sawmill: Supplier) -> Any:
    """Saeveski sells planks at 5 a meter, at 4 from 100 on."""
    prices = [PriceDraft(unit_price="5"), PriceDraft(unit_price="4", minimum_quantity=100)]
    return supplier_items.create(supplier=sawmill, item=cast.plank, prices=prices, actor=cast.planner)


def body(**changes: Any) -> dict[str, Any]:
    """A new order of a hundred meters of plank, at the supplier's price, and four tops."""
    return {
        "supplier": "sae", "site": "TLL", "expected_on": "", "external_reference": "Offer 9", "note": "Dry ones",
        "lines-TOTAL_FORMS": "2", "lines-0-item": "plank", "lines-0-quantity": "100",
        "lines-1-item": "TOP", "lines-1-quantity": "4", "lines-1-unit_price": "19.5",
        "lines-1-expected_on": "2026-12-09", "order": "1",
    } | changes  # fmt: skip


def test_an_order_takes_price_and_date_from_the_suppliers_terms(visit, client, cast, planks):
    answer = client.post(f"{PAGE}new/", body(), follow=True)

    order = PurchaseOrder.objects.get()
    assert order.state == State.ORDERED
    lines = [(line.item.sku, line.unit_price, line.expected_on) for line in order.lines.order_by("line_no")]
    assert lines == [
        ("PLANK", 4, cast.now.date() + timedelta(days=7)),
        ("TOP", pytest.approx(19.5), date(2026, 12, 9)),
    ]
    assert said(answer) == ["PO-1001 is ordered."]


def test_it_may_stay_a_draft(visit, client, cast, planks):
    client.post(f"{PAGE}new/", {name: value for name, value in body().items() if name != "order"})

    assert PurchaseOrder.objects.get().state == State.DRAFT


def test_other_pages_fill_the_form_and_the_first_source_is_proposed(visit, cast, planks):
    answer = visit(f"{PAGE}new/?item=PLANK&quantity=120&site=TLL")

    (row,) = answer.context["rows"].rows
    assert answer.context["form"]["supplier"].value() == "SAE"
    assert (row.text("item"), row.text("quantity"), row.text("price_hint")) == ("PLANK", "120", "4")


def test_prices_are_looked_up_without_saving(visit, client, cast, planks):
    answer = client.post(f"{PAGE}new/", body(look="1", **{"lines-0-quantity": "20"}))

    assert [row.text("price_hint") for row in answer.context["rows"].rows] == ["5", ""]
    assert 'value="Offer 9"' in answer.content.decode()
    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"supplier": "nobody"}, "id_supplier", "There is no supplier “nobody”."),
        ({"lines-1-item": "TAPLE"}, "lines-1-item", "There is no item “TAPLE”."),
        ({"lines-1-quantity": "2.5"}, "lines-1-quantity", "2.5 does not fit pcs"),
        ({"lines-0-unit": "crate"}, "lines-0-unit", "crate"),
        ({"lines-1-unit_price": "dear"}, "lines-1-unit_price", "dear"),
        ({"lines-1-expected_on": "soon"}, "lines-1-expected_on", "“soon” is not a date."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(visit, client, cast, planks, changes, where, words):
    wrong = body(**changes)

    answer = client.post(f"{PAGE}new/", wrong)

    assert answer.status_code == 400
    page = answer.content.decode()
    assert words in page[page.index(f'id="{where}') :][:900]
    for name, value in wrong.items():
        if value and name not in {"order", "site", "lines-TOTAL_FORMS"}:
            assert value in page, name
    assert not PurchaseOrder.objects.exists()


def test_lines_are_changed_added_and_taken_out(visit, client, cast, some):
    order = some[1]
    line = order.lines.get()
    sent = {
        "version": str(order.version), "expected_on": "2026-12-01", "note": "Soft",
        "lines-0-id": str(line.pk), "lines-0-item": "TOP", "lines-0-quantity": "7", "lines-0-unit": "pcs",
        "lines-0-unit_price": "20", "lines-0-expected_on": "2026-12-01",
        "lines-1-item": "LEG", "lines-1-quantity": "3", "lines-1-unit_price": "2",
    }  # fmt: skip

    client.post(f"{url(order)}edit/", sent)
    order.refresh_from_db()

    assert [(one.item.sku, one.quantity) for one in order.lines.order_by("line_no")] == [("TOP", 7), ("LEG", 3)]
    assert order.note == "Soft"


def test_a_stale_form_shows_both_values(visit, client, cast, some):
    order = some[1]
    sent = {"version": str(order.version), "expected_on": "2026-12-01", "note": "Mine"}
    purchase_orders.edit(order.pk, changes={"note": "Theirs"}, now=cast.now, actor=cast.planner)

    answer = client.post(f"{url(order)}edit/", sent)

    assert answer.status_code == 412
    assert "Now: Theirs" in text(answer)


def test_who_plans_for_nobody_has_no_form(client, cast):
    client.force_login(cast.viewer)

    assert client.get(f"{PAGE}new/").status_code == 404
    assert client.post(f"{PAGE}new/", body()).status_code == 404


# --- suppliers --------------------------------------------------------------------------------------------------------


def test_suppliers_are_listed_with_their_terms_and_what_they_sell(visit, cast, planks, some):
    (row,) = visit(SUPPLIERS).context["rows"]
    page = text(visit(f"{SUPPLIERS}{row.pk}/"))

    assert (row.code, row.lead_time_days, row.open_orders) == ("SAE", 7, 2)
    assert "€5.00, 100: €4.00" in page
    assert "PO-1001" in page


def test_a_supplier_is_entered_changed_and_archived(visit, client, cast):
    sent = {"code": "mill", "name": "Mill", "payment_terms_days": "14", "lead_time_days": "9", "company": "NORDWOOD"}
    client.post(f"{SUPPLIERS}new/", sent)
    row = Supplier.objects.get()
    assert (row.company, row.lead_time_days) == (cast.maker, 9)

    changed = {
        "code": "MILL",
        "name": "Old mill",
        "currency": "EUR",
        "payment_terms_days": "14",
        "version": row.version,
    }
    client.post(f"{SUPPLIERS}{row.pk}/", {**changed, "is_preferred": "on"})
    client.post(f"{SUPPLIERS}{row.pk}/archive/")

    row.refresh_from_db()
    assert (row.name, row.is_preferred, row.lead_time_days) == ("Old mill", True, None)
    assert row.archived_at is not None


def test_nobody_else_sees_suppliers(client, cast, sawmill):
    other = get_user_model().objects.create(username="other", password="!")
    memberships.grant(user=other, company=cast.far, role=Membership.Role.PLANNER, actor=None)
    client.force_login(other)

    assert list(client.get(SUPPLIERS).context["rows"]) == []
    assert client.get(f"{SUPPLIERS}{sawmill.pk}/").status_code == 404
