"""The pages of making: what they show, to whom, what they refuse and keep."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from psycopg2.errors import LockNotAvailable

from inventory.choices import Tracking
from inventory.drafts import LevelKey, LineChange
from inventory.models import Demand, Posting
from inventory.services import items
from inventory.services.recompute import recompute
from production.models import ManufacturingOrder
from production.services import bills
from sales.drafts import LineDraft
from sales.drafts import OrderDraft as SalesDraft
from sales.services import customers, sales_orders
from tests.production.conftest import on_hand

LIST = "/s/all/manufacturing-orders/"


@pytest.fixture
def visit(client: Any, cast: Any) -> Any:
    """Gets a page, as the planner unless somebody else is named."""

    def get(address: str, user: Any = None) -> Any:
        client.force_login(user or cast.planner)
        return client.get(address)

    return get


@pytest.fixture
def send(client: Any, cast: Any) -> Any:
    """Posts a form, as the planner unless somebody else is named; follows to the page that answers."""

    def post(address: str, user: Any = None, **said: Any) -> Any:
        client.force_login(user or cast.planner)
        return client.post(address, said, follow=True)

    return post


def page_of(order: Any, rest: str = "") -> str:
    return f"{LIST}{order.pk}/{rest}"


def text_of(answer: Any) -> str:
    return answer.content.decode()


class TestTheList:
    def test_it_shows_open_orders_with_their_components_availability(self, visit, make_order, stock, cast):
        order = make_order(10)
        stock(cast.top, 10)
        recompute({LevelKey(item.pk, cast.tll.pk, cast.maker.pk) for item in (cast.top, cast.leg)}, now=cast.now)

        (row,) = visit(LIST).context["rows"]

        assert (row["order"], row["rank"], row["availability"]) == (order, 1, "not_available")
        assert row["why"] == "waits for LEG"

    @pytest.mark.parametrize(
        ("query", "count"),
        [("?tab=late", 0), ("?tab=all", 1), ("?tab=done", 0), ("?search=mo-1", 1), ("?item=top", 0), ("?site=chi", 0)],
    )
    def test_it_is_narrowed(self, visit, make_order, query, count):
        make_order()

        assert len(visit(LIST + query).context["rows"]) == count

    def test_what_is_past_due_at_its_site_is_late(self, visit, make_order, cast):
        order = make_order()
        ManufacturingOrder.objects.update(due_on="2020-01-01")

        assert [row["order"] for row in visit(f"{LIST}?tab=late").context["rows"]] == [order]

    def test_the_export_has_the_same_rows(self, visit, make_order):
        order = make_order(7)

        lines = b"".join(visit(f"{LIST}export/").streaming_content).decode().splitlines()

        assert lines[1].startswith(f"{order.number},released,TABLE,Oak table,TLL,NORDWOOD,7,pcs,0,0,7,")
        assert len(b"".join(visit(f"{LIST}export/?item=TOP").streaming_content).decode().splitlines()) == 1

    def test_an_outsider_sees_none_of_it(self, visit, make_order, cast):
        order = make_order()

        assert visit(LIST, cast.outsider).context["rows"] == []
        for rest in ("", "complete/", "edit/", "cost/", "quantity/", "close/"):
            assert visit(page_of(order, rest), cast.outsider).status_code == 404

    @pytest.mark.parametrize("address", [LIST, "/s/TLL/manufacturing-orders/?tab=late"])
    def test_ten_times_the_orders_cost_the_same_queries(self, visit, make_order, address):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                visit(address)
            return len(captured)

        make_order()
        visit(address)
        few = queries()
        for _ in range(10):
            make_order()

        assert queries() == few


class TestAnOrder:
    def test_it_names_each_component_and_who_took_the_stock_before_it(self, visit, make_order, stock, cast):
        first, second = make_order(2), make_order(3)
        stock(cast.leg, 12)

        rows = {row["part"].item.sku: row for row in visit(page_of(second)).context["components"]}

        assert rows["LEG"]["on_hand"] == 12
        assert rows["LEG"]["served"].served_by == "4 on hand"
        assert rows["LEG"]["served"].taken_by == f"8 short; {first.number} took 8"

    def test_its_cost_is_its_own_companys_alone(self, visit, make_order, stock, complete, cast):
        order = make_order(2, site_id=cast.rix.pk)
        stock(cast.top, 2, site=cast.rix)
        stock(cast.leg, 8, site=cast.rix)
        complete(order, 1)

        cost = visit(page_of(order)).context["cost"]

        assert (cost.put_in, cost.taken_out, cost.left) == (D(50), D(50), D(0))
        assert "€50.00" in text_of(visit(page_of(order, "cost/")))
        assert visit(page_of(order), cast.partner).context["cost"] is None
        assert visit(page_of(order, "cost/"), cast.partner).status_code == 404

    def test_for_whom_it_is_made_is_told_to_who_sees_that_order(self, visit, make_order, cast):
        shop = customers.create(company=cast.maker, code="H", name="Harbor Dining", actor=cast.planner)
        lines = [LineDraft(item_id=cast.table.pk, quantity=2, unit_price="5", site_id=cast.rix.pk)]
        draft = SalesDraft(customer_id=shop.pk, site_id=cast.tll.pk, lines=lines)
        sold = sales_orders.create(draft, is_open=True, now=cast.now, actor=cast.planner)
        order = make_order(2, site_id=cast.rix.pk, demand_id=Demand.objects.get().pk)
        # What was asked for there is to leave from elsewhere now: no longer the business of who runs the site.
        moved = LineChange(line_id=sold.lines.get().pk, values={"site_id": cast.tll.pk})
        sales_orders.edit(sold.pk, lines=[moved], now=cast.now, actor=cast.planner)

        assert f"{sold.number}</a> Harbor Dining" in text_of(visit(page_of(order)))
        told = text_of(visit(page_of(order), cast.partner))
        assert "for an order of Nordwood" in told
        assert [word for word in (sold.number, "Harbor Dining") if word in told] == []

    def test_ten_times_the_components_cost_the_same_queries(self, visit, make_bill, make_order, cast):
        def queries(order: Any) -> int:
            with CaptureQueriesContext(connection) as captured:
                visit(page_of(order))
            return len(captured)

        small = make_order(1)
        parts = [
            items.create(sku=f"PART-{n}", name="Part", unit=cast.pcs, company=cast.maker, actor=None) for n in range(20)
        ]
        big = make_bill(cast.leg, *((part, 1) for part in parts))
        large = make_order(1, item_id=cast.leg.pk, bill_id=big.pk)
        visit(page_of(small))

        assert queries(large) <= queries(small)

    def test_a_viewer_sees_no_steps_and_is_refused_them(self, visit, send, make_order, cast):
        order = make_order(is_released=False)

        assert visit(page_of(order), cast.viewer).context["steps"].all == ()
        assert send(page_of(order, "release/"), cast.viewer).status_code == 403
        order.refresh_from_db()
        assert order.state == "planned"

    def test_an_operator_reports_and_does_not_plan(self, visit, make_order, cast):
        order = make_order()

        names = [step.name for step in visit(page_of(order), cast.operator).context["steps"]]

        assert "complete" in names
        assert visit(f"{LIST}new/", cast.viewer).status_code == 404


class TestSteps:
    def test_a_planned_order_is_released(self, send, make_order):
        order = make_order(is_released=False)

        answer = send(page_of(order, "release/"))

        assert answer.redirect_chain == [(page_of(order), 302)]
        assert f"{order.number} is released." in text_of(answer)

    def test_closing_short_asks_for_a_reason_and_keeps_it(self, send, make_order, stock, complete, cast):
        order = make_order(2)
        stock(cast.top, 1), stock(cast.leg, 4)
        complete(order, 1)

        refused = send(page_of(order, "close/"), reason=" ")

        assert refused.status_code == 400
        assert "1 are open; say why" in text_of(refused)
        assert send(page_of(order, "close/"), reason="Enough").status_code == 200
        order.refresh_from_db()
        assert (order.state, order.close_reason) == ("closed", "Enough")

    def test_a_blocked_order_says_why_and_offers_to_go_on(self, send, visit, make_order):
        order = make_order()
        send(page_of(order, "block/"), reason="Saw is broken")

        page = visit(page_of(order))

        assert "Saw is broken" in text_of(page)
        assert page.context["steps"].main.name == "unblock"

    def test_a_move_in_the_ranks_is_undone(self, send, visit, make_order):
        _first, _second, third = make_order(), make_order(), make_order()

        moved = send(page_of(third, "rank/"), rank="1")

        assert visit(page_of(third)).context["rank"] == 1
        assert f'data-undo="{page_of(third, "rank/?rank=3")}"' in text_of(moved)
        send(page_of(third, "rank/?rank=3"))
        assert visit(page_of(third)).context["rank"] == 3

    def test_a_rank_beyond_the_last_is_the_last(self, send, visit, make_order):
        first, _second = make_order(), make_order()

        send(page_of(first, "rank/"), rank="99")

        assert visit(page_of(first)).context["rank"] == 2


class TestReporting:
    def test_as_planned_it_takes_the_share_and_offers_to_undo(self, send, make_order, stock, cast):
        order = make_order(10)
        stock(cast.top, 10), stock(cast.leg, 40)

        answer = send(page_of(order, "complete/"), quantity="4", scrapped_quantity="1", uses="planned")

        assert "4 good and 1 scrapped reported." in text_of(answer)
        assert (on_hand(cast.table, cast.tll), on_hand(cast.leg, cast.tll)) == (4, 24)
        posting = Posting.objects.get(kind="completion")
        send(page_of(order, f"reverse/?posting={posting.pk}"))
        assert (on_hand(cast.table, cast.tll), on_hand(cast.leg, cast.tll)) == (0, 40)

    def test_too_little_names_component_asked_and_on_hand_and_keeps_what_was_typed(self, send, make_order, stock, cast):
        order = make_order(10)
        stock(cast.top, 10), stock(cast.leg, 12)
        rows = {"components-0-item": "TOP", "components-0-quantity": "9", "components-1-item": "LEG"}

        refused = send(page_of(order, "complete/"), quantity="6", uses="planned", **rows)

        assert refused.status_code == 409
        assert refused.context["planned"][1]["error"] == "LEG at TLL: 24 asked, 12 on hand."
        assert refused.context["enough_for"] == "3"
        assert refused.context["form"]["quantity"].value() == "6"
        assert refused.context["rows"].rows[0].text("quantity") == "9"
        assert on_hand(cast.table, cast.tll) == 0

    def test_as_given_each_line_is_refused_at_its_place(self, send, make_order, stock, cast):
        order = make_order(10)
        stock(cast.top, 10), stock(cast.leg, 12)
        rows = {
            "components-0-item": "TOP", "components-0-quantity": "",
            "components-1-item": "LEG", "components-1-quantity": "13",
        }  # fmt: skip

        refused = send(page_of(order, "complete/"), quantity="3", uses="given", **rows)

        assert refused.context["rows"].rows[1].errors == {"quantity": "LEG at TLL: 13 asked, 12 on hand."}
        assert refused.context["rows"].rows[0].errors == {}

    def test_as_given_an_item_that_was_not_planned_may_be_used(self, send, make_order, stock, cast):
        order = make_order(10)
        stock(cast.plank, 5)

        send(
            page_of(order, "complete/"),
            quantity="1",
            uses="given",
            **{"components-0-item": "plank", "components-0-quantity": "1.5"},
        )

        assert on_hand(cast.plank, cast.tll) == D("3.5")

    def test_what_is_tracked_by_lot_asks_for_the_lot(self, send, visit, make_bill, make_order, cast):
        glue = items.create(
            sku="GLUE", name="Glue", unit=cast.pcs, company=cast.maker, tracking=Tracking.LOT, actor=None
        )
        make_bill(glue, (cast.plank, 1))
        order = make_order(5, item_id=glue.pk)

        refused = send(page_of(order, "complete/"), quantity="2", uses="none")
        assert refused.context["form"].errors["lot"] == ["GLUE is tracked by lot; name the lot."]
        send(page_of(order, "complete/"), quantity="2", uses="none", lot="G-1")

        assert [row.lots for row in visit(page_of(order)).context["reports"]] == [["G-1"]]

    def test_none_takes_nothing(self, send, make_order, cast):
        order = make_order(10)

        send(page_of(order, "complete/"), quantity="2", uses="none")

        assert on_hand(cast.table, cast.tll) == 2

    def test_more_than_is_open_is_refused(self, send, make_order):
        order = make_order(3)

        refused = send(page_of(order, "complete/"), quantity="4", uses="none")

        assert "4 of TABLE reported, 3 of 3 are open." in text_of(refused)


class TestForms:
    NEW = f"{LIST}new/"

    def test_the_recipe_stands_beside_the_form(self, visit, table_bill, stock, cast):
        stock(cast.leg, 6)

        recipe = visit(f"{self.NEW}?item=table&quantity=2&site=TLL").context["recipe"]

        assert recipe["bill"] == table_bill
        assert [(line["row"].sku, line["row"].quantity, line["short"]) for line in recipe["lines"]] == [
            ("TOP", 2, True),
            ("LEG", 8, True),
        ]

    def test_what_cannot_be_released_is_not_left_behind_as_planned(self, send, table_bill, monkeypatch):
        def wait(*_args: Any, **_kwargs: Any) -> None:
            raise OperationalError("waited too long") from LockNotAvailable()

        monkeypatch.setattr("production.services.manufacturing_orders.release", wait)

        answer = send(f"{LIST}new/", item="TABLE", site="TLL", quantity="3", due_on="2026-12-01", release="1")

        assert (answer.status_code, ManufacturingOrder.objects.count()) == (503, 0)

    def test_an_order_is_planned_and_released_in_one(self, send, table_bill):
        answer = send(self.NEW, item="table", site="TLL", quantity="5", due_on="2030-01-31", release="1")

        order = ManufacturingOrder.objects.get()
        assert answer.redirect_chain == [(page_of(order), 302)]
        assert (order.state, order.quantity, str(order.due_on)) == ("released", 5, "2030-01-31")

    @pytest.mark.parametrize(
        ("said", "field", "text"),
        [
            ({"item": "NOTHING"}, "item", "There is no item “NOTHING”."),
            ({"quantity": "1.5"}, "quantity", "1.5 does not fit pcs, which has 0 decimals."),
            ({"item": "plank"}, "item", "has no bill of materials"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(self, send, table_bill, said, field, text):
        typed = {"item": "TABLE", "site": "TLL", "quantity": "5", "due_on": "2030-01-31", "note": "soon"} | said

        refused = send(self.NEW, **typed)

        assert text in " ".join(refused.context["form"].errors[field])
        assert refused.context["form"]["note"].value() == "soon"
        assert not ManufacturingOrder.objects.exists()

    def test_a_stale_change_shows_both_values(self, send, make_order):
        order = make_order(is_released=False)
        said = {"quantity": "10", "due_on": "2030-01-31", "version": order.version, "note": ""}
        send(page_of(order, "edit/"), **said, lot_number="L-1")

        refused = send(page_of(order, "edit/"), **{**said, "lot_number": "L-2"})

        assert refused.status_code == 412
        assert refused.context["form"].errors["lot_number"] == ["Now: L-1"]
        assert refused.context["form"]["lot_number"].value() == "L-2"


class TestBills:
    LIST = "/s/all/bills-of-materials/"

    @pytest.fixture
    def deep(self, make_bill: Any, table_bill: Any, cast: Any) -> Any:
        """A TABLE of 1 TOP and 4 LEG, each of PLANK; at two levels."""
        make_bill(cast.top, (cast.plank, "2.5"))
        make_bill(cast.leg, (cast.plank, "0.8"))
        return table_bill

    def test_the_list_says_for_whom_and_how_many_lines(self, visit, deep):
        rows = visit(self.LIST).context["rows"]

        assert [(row["bill"].item.sku, row["lines"]) for row in rows] == [("LEG", 1), ("TABLE", 2), ("TOP", 1)]
        assert len(visit(f"{self.LIST}?component=plank").context["rows"]) == 2
        assert visit(f"{self.LIST}?tab=archived").context["rows"] == []

    def test_it_explodes_over_all_levels_with_totals_by_unit(self, visit, deep):
        page = visit(f"{self.LIST}{deep.pk}/?quantity=2").context

        assert [(len(one["depth"]), one["row"].sku, one["row"].quantity) for one in page["tree"]] == [
            (0, "TOP", 2), (1, "PLANK", 5), (0, "LEG", 8), (1, "PLANK", D("6.4")),
        ]  # fmt: skip
        assert [(one.sku, one.quantity) for one in page["bought"]] == [("PLANK", D("11.4"))]
        assert page["totals"] == {"m": D("11.4")}

    def test_it_says_where_it_is_used(self, visit, deep, cast):
        top = cast.top.bills_of_materials.get()

        assert [one.sku for one in visit(f"{self.LIST}{top.pk}/").context["used_in"]] == ["TABLE"]

    def test_a_line_that_is_not_valid_on_the_day_is_marked(self, visit, make_bill, cast):
        bill = make_bill(cast.table, (cast.top, 1), (cast.leg, 4, {"valid_until_on": date(2026, 1, 1)}))

        assert [row["is_valid"] for row in visit(f"{self.LIST}{bill.pk}/").context["lines"]] == [True, False]
        assert [row["is_valid"] for row in visit(f"{self.LIST}{bill.pk}/?on=2025-06-01").context["lines"]] == [
            True,
            True,
        ]

    def test_outsiders_see_none_and_viewers_change_none(self, visit, send, deep, cast):
        assert visit(self.LIST, cast.outsider).context["rows"] == []
        assert visit(f"{self.LIST}{deep.pk}/", cast.outsider).status_code == 404
        assert visit(f"{self.LIST}{deep.pk}/", cast.viewer).context["steps"].all == ()
        assert send(f"{self.LIST}{deep.pk}/archive/", cast.viewer).status_code == 403
        deep.refresh_from_db()
        assert deep.archived_at is None

    def test_a_new_one_takes_shares_in_percent_and_dates(self, send, cast):
        said = {
            "lines-0-component": "top", "lines-0-quantity_per": "1", "lines-0-scrap_factor": "5",
            "lines-3-component": "LEG", "lines-3-quantity_per": "4", "lines-3-valid_from_on": "2026-01-01",
        }  # fmt: skip

        send(f"{self.LIST}new/", item="TABLE", whose=f"site:{cast.chi.pk}", quantity="1", yield_factor="98", **said)

        bill = cast.table.bills_of_materials.get()
        assert (bill.site, bill.company, bill.yield_factor) == (cast.chi, cast.maker, D("0.98"))
        assert list(bill.lines.values_list("component__sku", "scrap_factor", "valid_from_on")) == [
            ("TOP", D("0.05"), None),
            ("LEG", D(0), date(2026, 1, 1)),
        ]

    def test_a_line_says_its_kind_where_it_is_used_and_what_stands_for_it(self, visit, send, cast):
        said = {
            "lines-0-component": "top", "lines-0-quantity_per": "1", "lines-0-operation_number": "20",
            "lines-0-supply_site": "TLL", "lines-0-substitutes": "PLANK × 1.25, leg",
            "lines-1-component": "LEG", "lines-1-quantity_per": "2", "lines-1-kind": "co_product",
            "lines-1-cost_share": "12.5",
        }  # fmt: skip
        head = {"item": "TABLE", "whose": f"company:{cast.maker.pk}", "quantity": "1", "yield_factor": "100"}
        phantom = send(f"{self.LIST}new/", kind="phantom", **head, **said)
        assert phantom.context["rows"].rows[1].errors == {"kind": "A phantom gives nothing beside itself."}
        answer = send(f"{self.LIST}new/", kind="make", **head, **said)
        assert answer.status_code == 200
        bill = cast.table.bills_of_materials.get()
        top, leg = bill.lines.order_by("line_no")
        assert (bill.kind, top.operation_number, top.supply_site) == ("make", 20, cast.tll)
        assert [(one.item.sku, one.factor) for one in top.substitutes.order_by("preference")] == [
            ("PLANK", D("1.25")), ("LEG", 1),
        ]  # fmt: skip
        assert (leg.kind, leg.cost_share) == ("co_product", D("0.125"))

        edit = visit(f"{self.LIST}{bill.pk}/edit/")
        shown = [dict(row.said) for row in edit.context["rows"].rows]
        assert (shown[0]["substitutes"], shown[1]["cost_share"]) == ("PLANK × 1.25, LEG", "12.5")
        shown[0] |= {"substitutes": "LEG", "supply_site": "", "operation_number": ""}
        lines = {f"lines-{place}-{name}": text for place, row in enumerate(shown) for name, text in row.items()}
        send(f"{self.LIST}{bill.pk}/edit/", quantity="1", yield_factor="100", version=bill.version, **lines)
        top.refresh_from_db()
        assert (top.supply_site, top.operation_number) == (None, None)
        assert [one.item.sku for one in top.substitutes.all()] == ["LEG"]

    @pytest.mark.parametrize(
        ("name", "text"),
        [("operation_number", "ten"), ("supply_site", "FAR"), ("substitutes", "NONE"), ("substitutes", "LEG × many")],
    )
    def test_what_is_wrong_with_a_line_stands_at_its_field(self, send, cast, name, text):
        said = {"lines-0-component": "TOP", "lines-0-quantity_per": "1", f"lines-0-{name}": text}
        head = {"item": "TABLE", "whose": f"company:{cast.maker.pk}", "quantity": "1", "yield_factor": "100"}
        refused = send(f"{self.LIST}new/", **head, **said)
        assert list(refused.context["rows"].rows[0].errors) == [name]
        assert not cast.table.bills_of_materials.exists()

    def test_a_circle_is_refused_at_its_line(self, send, deep, cast):
        said = {"lines-0-component": "TOP", "lines-0-quantity_per": "1"}

        refused = send(
            f"{self.LIST}new/", item="PLANK", whose=f"company:{cast.maker.pk}", quantity="1", yield_factor="100", **said
        )

        assert refused.context["rows"].rows[0].errors == {
            "component": "PLANK would contain itself: PLANK → TOP → PLANK."
        }

    def test_lines_are_changed_added_and_taken_out(self, send, deep, cast):
        _top, leg = deep.lines.order_by("line_no")
        said = {
            "quantity": "1", "yield_factor": "100", "version": deep.version,
            "lines-1-id": leg.pk, "lines-1-component": "LEG", "lines-1-quantity_per": "6",
            "lines-2-component": "PLANK", "lines-2-quantity_per": "0.5",
        }  # fmt: skip

        send(f"{self.LIST}{deep.pk}/edit/", **said)

        assert list(deep.lines.values_list("component__sku", "quantity_per")) == [("LEG", 6), ("PLANK", D("0.5"))]
        refused = send(f"{self.LIST}{deep.pk}/edit/", **{**said, "code": "B"})
        assert refused.status_code == 412

    def test_an_error_of_a_changed_line_stands_at_it(self, send, deep, cast):
        top, leg = deep.lines.order_by("line_no")
        said = {
            "quantity": "1", "yield_factor": "100", "version": deep.version,
            "lines-0-id": top.pk, "lines-0-component": "TOP", "lines-0-quantity_per": "1",
            "lines-1-id": leg.pk, "lines-1-component": "LEG", "lines-1-quantity_per": "-6",
        }  # fmt: skip

        refused = send(f"{self.LIST}{deep.pk}/edit/", **said)

        assert refused.context["rows"].rows[0].errors == {}
        assert refused.context["rows"].rows[1].errors == {"quantity_per": "-6 is not allowed; it is 0 or more."}

    def test_ten_times_the_bills_cost_the_same_queries(self, visit, make_bill, table_bill, cast):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                visit(self.LIST)
            return len(captured)

        visit(self.LIST)
        few = queries()
        for revision in range(10):
            make_bill(cast.table, (cast.top, 1), revision=str(revision))

        assert queries() == few


class TestSplitMergeReview:
    def test_so_many_go_into_an_order_of_their_own(self, visit, send, make_order):
        order = make_order(10, is_released=False)
        assert "step-split" in visit(page_of(order)).content.decode()
        send(page_of(order, "split/"), split="4")
        order.refresh_from_db()
        other = ManufacturingOrder.objects.exclude(pk=order.pk).get()
        assert (order.quantity, other.quantity, other.state) == (6, 4, "planned")
        refused = send(page_of(order, "split/"), split="6")
        assert refused.status_code in {400, 409}
        assert "would leave nothing" in refused.content.decode()

        send(page_of(order, "merge/"), merge=f"{other.number.lower()}")
        order.refresh_from_db()
        other.refresh_from_db()
        assert (order.quantity, other.state) == (10, "canceled")
        assert "There is no order MO-NONE" in send(page_of(order, "merge/"), merge="MO-NONE").content.decode()

    def test_the_rest_goes_on_in_a_back_order(self, send, make_order, stock, complete, cast):
        stock(cast.top, 100)
        stock(cast.leg, 100)
        order = make_order(10)
        complete(order, 4)
        send(page_of(order, "back-order/"))
        order.refresh_from_db()
        rest = ManufacturingOrder.objects.exclude(pk=order.pk).get()
        assert (order.state, rest.quantity, rest.state) == ("closed", 6, "planned")

    def test_an_order_whose_recipe_has_changed_is_found_and_reviewed(self, visit, send, make_order, cast):
        order, other = make_order(10), make_order(5)
        line = order.bill.lines.first()
        edit = LineChange(line_id=line.pk, values={"quantity_per": D(3)})
        bills.change(order.bill_id, line_edits=[edit], now=cast.now, actor=cast.planner)
        assert "To review:" in visit(page_of(order)).content.decode()
        send(page_of(order, "reviewed/"))
        assert "To review:" not in visit(page_of(order)).content.decode()
        assert [row["order"].pk for row in visit(f"{LIST}?review=1").context["rows"]] == [other.pk]

    def test_a_viewer_does_none_of_it(self, visit, send, make_order, cast):
        order = make_order(10, is_released=False)
        for step in ("split", "merge", "back-order", "reviewed"):
            assert send(page_of(order, f"{step}/"), cast.viewer, split="1", merge="MO-1").status_code in {400, 403}
        order.refresh_from_db()
        assert order.quantity == 10
