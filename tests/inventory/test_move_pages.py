"""The pages of moving and counting: what they show, to whom, what they refuse and keep."""

from decimal import Decimal as D
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from psycopg2.errors import LockNotAvailable

from inventory.choices import Tracking
from inventory.models import Lot, Posting, StockBalance, StockCount, Transfer
from inventory.services import items, transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute
from inventory.services.transfers import TransferDraft, TransferLineDraft

TRANSFERS = "/s/all/transfers/"
ADJUSTMENTS = "/s/all/adjustments/"
COUNTS = "/s/all/stock-counts/"


@pytest.fixture
def visit(client: Any, cast: Any) -> Any:
    def get(address: str, user: Any = None) -> Any:
        client.force_login(user or cast.planner)
        return client.get(address)

    return get


@pytest.fixture
def send(client: Any, cast: Any) -> Any:
    def post(address: str, user: Any = None, **said: Any) -> Any:
        client.force_login(user or cast.planner)
        return client.post(address, said, follow=True)

    return post


@pytest.fixture
def stock(cast: Any) -> Any:
    def put(item: Any, quantity: Any, site: Any = None, lot: Any = None) -> Any:
        line = AdjustmentLine(item.pk, D(quantity), D(10), lot_id=lot and lot.pk)
        at = (site or cast.tll).pk
        posted = adjust(site_id=at, reason="Opening stock", lines=[line], now=cast.now, actor=None)
        recompute(posted.keys, now=cast.now)
        return posted

    return put


@pytest.fixture
def move(cast: Any) -> Any:
    """A transfer from TLL to CHI, confirmed and as far as asked for."""

    def make(quantity: Any = 10, *, upto: str = "confirmed", **changes: Any) -> Transfer:
        lines = [TransferLineDraft(item_id=cast.table.pk, quantity=quantity)]
        given = {"origin_id": cast.tll.pk, "destination_id": cast.chi.pk, "lines": lines} | changes
        at: dict[str, Any] = {"now": cast.now, "actor": cast.planner}
        transfer = transfers.create(TransferDraft(**given), **at)
        if upto != "draft":
            transfers.confirm(transfer.pk, **at)
        if upto in {"dispatched", "received"}:
            transfers.dispatch(transfer.pk, **at)
        if upto == "received":
            transfers.receive(transfer.pk, **at)
        transfer.refresh_from_db()
        return transfer

    return make


def on_hand(item: Any, site: Any) -> D:
    rows = StockBalance.objects.filter(item=item, site=site, location__kind="storage")
    return sum(rows.values_list("quantity", flat=True), D(0))


def text_of(answer: Any) -> str:
    return answer.content.decode()


class TestTheListOfTransfers:
    def test_it_shows_goods_dates_and_the_value_on_the_way(self, visit, move, stock, cast):
        stock(cast.table, 10)
        move(4, upto="dispatched")

        (row,) = visit(f"{TRANSFERS}?tab=under_way").context["rows"]

        assert (row["goods"].skus, row["goods"].on_the_way, row["values"]) == (["TABLE"], 4, [("EUR", D(40))])

    def test_the_value_is_the_owners_alone(self, visit, move, stock, cast):
        stock(cast.table, 10)
        move(4, upto="dispatched", destination_id=cast.rix.pk)

        (row,) = visit(TRANSFERS, cast.partner).context["rows"]

        assert row["values"] == []

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 1),
            ("?tab=received", 0),
            ("?item=top", 0),
            ("?origin=TLL", 1),
            ("?destination=TLL", 0),
            ("?search=chi", 1),
        ],
    )
    def test_it_is_narrowed(self, visit, move, query, count):
        move()

        assert len(visit(TRANSFERS + query).context["rows"]) == count

    def test_what_should_have_arrived_is_overdue(self, visit, move):
        transfer = move()
        Transfer.objects.update(expected_on="2020-01-01")

        (row,) = visit(f"{TRANSFERS}?tab=overdue").context["rows"]

        assert row["transfer"] == transfer
        assert row["late_days"] > 0

    def test_the_export_has_a_row_a_line(self, visit, move):
        transfer = move(3)

        lines = b"".join(visit(f"{TRANSFERS}export/").streaming_content).decode().splitlines()

        assert lines[1].startswith(f"{transfer.number},confirmed,TLL,CHI,")
        assert lines[1].endswith(",TABLE,Oak table,3,pcs,0,0,0,3")

    def test_an_outsider_sees_none_of_it(self, visit, move, cast):
        transfer = move()

        assert visit(TRANSFERS, cast.outsider).context["rows"] == []
        for rest in ("", "dispatch/", "receive/", "edit/", "close/"):
            assert visit(f"{TRANSFERS}{transfer.pk}/{rest}", cast.outsider).status_code == 404

    def test_ten_times_the_transfers_cost_the_same_queries(self, visit, move, stock, cast):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                visit(TRANSFERS)
            return len(captured)

        stock(cast.table, 200)
        move(2, upto="dispatched")
        visit(TRANSFERS)
        few = queries()
        for _ in range(10):
            move(2, upto="dispatched")

        assert queries() == few


class TestATransfer:
    def test_its_lines_say_what_is_on_hand_and_who_took_it(self, visit, move, stock, cast):
        stock(cast.table, 5)
        first, second = move(4), move(3)

        (row,) = visit(f"{TRANSFERS}{second.pk}/").context["lines"]

        assert (row["on_hand"], row["served"].state) == (5, "not_available")
        assert row["served"].taken_by == f"2 short; {first.number} took 4"

    def test_people_of_the_destination_see_no_stock_of_the_origin(self, visit, move, stock, cast):
        stock(cast.table, 537)
        first, second = move(537), move(3, destination_id=cast.rix.pk)

        answer = visit(f"{TRANSFERS}{second.pk}/", cast.partner)

        (row,) = answer.context["lines"]
        assert (row["on_hand"], row["served"]) == (None, None)
        assert [word for word in ("537", first.number, "On hand") if word in text_of(answer)] == []

    def test_steps_follow_state_and_role(self, visit, move, stock, cast):
        stock(cast.table, 10)
        draft, moving = move(1, upto="draft"), move(2, upto="dispatched")

        def names(transfer: Any, user: Any) -> list[str]:
            return [step.name for step in visit(f"{TRANSFERS}{transfer.pk}/", user).context["steps"]]

        assert names(draft, cast.planner) == ["confirm", "edit", "block", "cancel"]
        assert names(moving, cast.planner) == ["receive", "settle", "edit", "block", "reverse"]
        assert names(draft, cast.viewer) == []

    def test_a_viewer_is_refused_what_he_sees_no_button_for(self, send, move, cast):
        transfer = move(upto="draft")

        assert send(f"{TRANSFERS}{transfer.pk}/confirm/", cast.viewer).status_code == 403
        assert send(f"{TRANSFERS}{transfer.pk}/receive/", cast.viewer).status_code == 403

    def test_ten_times_the_lines_cost_the_same_queries(self, visit, move, cast):
        def queries(transfer: Any) -> int:
            with CaptureQueriesContext(connection) as captured:
                visit(f"{TRANSFERS}{transfer.pk}/")
            return len(captured)

        parts = [
            items.create(sku=f"P-{n}", name="Part", unit=cast.pcs, company=cast.maker, actor=None) for n in range(20)
        ]
        small = move()
        large = move(lines=[TransferLineDraft(item_id=part.pk, quantity=1) for part in parts])
        visit(f"{TRANSFERS}{small.pk}/")

        assert queries(large) == queries(small)


class TestMovingGoods:
    def test_a_dispatch_takes_a_part_and_is_undone(self, send, move, stock, cast):
        stock(cast.table, 10)
        transfer = move(6)
        line = transfer.lines.get()

        answer = send(
            f"{TRANSFERS}{transfer.pk}/dispatch/",
            carrier="Truck",
            **{"lines-0-line": line.pk, "lines-0-quantity": "4"},
        )

        transfer.refresh_from_db()
        assert (transfer.state, transfer.carrier, on_hand(cast.table, cast.tll)) == ("in_transit", "Truck", 6)
        posting = Posting.objects.get(kind="dispatch")
        assert f'data-undo="/s/all/postings/{posting.pk}/reverse/"' in text_of(answer)
        send(f"/s/all/postings/{posting.pk}/reverse/")
        assert on_hand(cast.table, cast.tll) == 10

    def test_too_little_stands_at_its_line_and_nothing_is_lost(self, send, move, stock, cast):
        stock(cast.table, 2)
        transfer = move(6)
        said = {"lines-0-line": transfer.lines.get().pk, "lines-0-quantity": "6", "lines-0-location": ""}

        refused = send(f"{TRANSFERS}{transfer.pk}/dispatch/", tracking_number="T-1", **said)

        assert refused.status_code == 409
        assert refused.context["rows"].rows[0].errors == {"quantity": "TABLE at TLL: 6 asked, 2 on hand."}
        assert refused.context["form"]["tracking_number"].value() == "T-1"
        assert on_hand(cast.table, cast.tll) == 2

    def test_a_receipt_goes_to_the_place_that_is_named(self, send, move, stock, cast):
        stock(cast.table, 6)
        transfer = move(6, upto="dispatched")
        said = {"lines-0-line": transfer.lines.get().pk, "lines-0-quantity": "5", "lines-0-location": "nowhere"}

        refused = send(f"{TRANSFERS}{transfer.pk}/receive/", **said)
        assert refused.context["rows"].rows[0].errors == {"location": "There is no “nowhere” here."}
        send(f"{TRANSFERS}{transfer.pk}/receive/", **{**said, "lines-0-location": cast.chi_stock.code})

        transfer.refresh_from_db()
        assert (transfer.state, on_hand(cast.table, cast.chi)) == ("partly_received", 5)

    def test_a_shortage_is_settled_with_its_reason(self, send, move, stock, cast):
        stock(cast.table, 6)
        transfer = move(6, upto="dispatched")
        said = {"lines-0-line": transfer.lines.get().pk, "lines-0-quantity": "2"}

        refused = send(f"{TRANSFERS}{transfer.pk}/settle/", reason="", **said)
        assert refused.status_code == 422
        send(f"{TRANSFERS}{transfer.pk}/settle/", reason="Fell off", **said)

        assert transfer.lines.get().lost_quantity == 2


class TestTheFormOfATransfer:
    NEW = f"{TRANSFERS}new/"

    def test_it_begins_with_what_the_link_says(self, visit):
        page = visit(f"{self.NEW}?item=TABLE&quantity=18&origin=TLL&destination=CHI")

        assert page.context["form"]["origin"].value() == "TLL"
        assert page.context["form"]["destination"].value() == "CHI"
        assert page.context["rows"].rows[0].said == {"item": "TABLE", "quantity": "18"}

    def test_it_is_confirmed_at_once(self, send):
        said = {"lines-0-item": "table", "lines-0-quantity": "3", "lines-7-item": "TOP", "lines-7-quantity": "1"}

        send(self.NEW, origin="TLL", destination="CHI", ship_by_on="2030-01-31", confirm="1", **said)

        transfer = Transfer.objects.get()
        assert (transfer.state, str(transfer.expected_on)) == ("confirmed", "2030-02-14")
        assert list(transfer.lines.values_list("item__sku", "quantity")) == [("TABLE", 3), ("TOP", 1)]

    def test_what_cannot_be_confirmed_is_not_left_behind_as_a_draft(self, send, monkeypatch):
        def wait(*_args: Any, **_kwargs: Any) -> None:
            raise OperationalError("waited too long") from LockNotAvailable()

        monkeypatch.setattr("inventory.services.transfers.confirm", wait)
        head = {"origin": "TLL", "destination": "CHI", "ship_by_on": "2026-11-23", "confirm": "1"}

        answer = send(f"{TRANSFERS}new/", **head, **{"lines-0-item": "TABLE", "lines-0-quantity": "1"})

        assert (answer.status_code, Transfer.objects.count()) == (503, 0)

    def test_each_line_says_what_is_wrong_with_it(self, send):
        said = {"lines-0-item": "TABLE", "lines-0-quantity": "1.5", "lines-1-item": "NOPE", "lines-1-quantity": "2"}

        refused = send(self.NEW, origin="TLL", destination="CHI", ship_by_on="2030-01-31", **said)
        assert refused.context["rows"].rows[1].errors == {"item": "There is no item “NOPE”."}
        refused = send(
            self.NEW, origin="TLL", destination="CHI", ship_by_on="2030-01-31", **{**said, "lines-1-item": "TOP"}
        )

        assert refused.context["rows"].rows[0].errors == {"quantity": "1.5 does not fit pcs, which has 0 decimals."}
        assert refused.context["rows"].rows[1].said["quantity"] == "2"
        assert not Transfer.objects.exists()

    def test_a_long_one_is_taken_and_one_too_long_is_refused_by_name(self, send):
        def lines(count: int) -> dict[str, str]:
            return {
                f"lines-{n}-{name}": said for n in range(count) for name, said in (("item", "TABLE"), ("quantity", "1"))
            }

        head = {"origin": "TLL", "destination": "CHI", "ship_by_on": "2026-11-23"}
        refused = send(f"{TRANSFERS}new/", **head, **lines(1001))
        assert refused.status_code == 422
        assert "these are 1001" in text_of(refused)
        assert not Transfer.objects.exists()

        assert send(f"{TRANSFERS}new/", **head, **lines(510)).status_code == 200
        assert Transfer.objects.get().lines.count() == 510

    def test_a_site_to_itself_is_refused(self, send):
        refused = send(
            self.NEW,
            origin="TLL",
            destination="TLL",
            ship_by_on="2030-01-31",
            **{"lines-0-item": "TABLE", "lines-0-quantity": "1"},
        )

        assert "goes to another site" in refused.context["form"].errors["destination"][0]

    def test_a_refused_change_leaves_the_lines_as_they_were_typed(self, send, move, cast):
        draft = move(4, upto="draft")
        head = {"ship_by_on": "2026-11-25", "version": draft.version}
        lines = {"lines-0-id": draft.lines.get().pk, "lines-0-item": "TABLE", "lines-0-quantity": "4"}
        wrong = {"lines-1-item": "TOP", "lines-1-quantity": "many"}

        refused = send(f"{TRANSFERS}{draft.pk}/edit/", **head, **lines, **wrong)

        said = [(row.said["item"], row.errors) for row in refused.context["rows"].rows]
        assert said == [("TABLE", {}), ("TOP", {"quantity": "“many” is not a number."})]

    def test_lines_of_a_draft_change_and_a_stale_form_shows_both(self, send, move):
        transfer = move(4, upto="draft")
        line = transfer.lines.get()
        said = {
            "ship_by_on": transfer.ship_by_on, "expected_on": transfer.expected_on, "version": transfer.version,
            "lines-0-id": line.pk, "lines-0-item": "TABLE", "lines-0-quantity": "9",
        }  # fmt: skip

        send(f"{TRANSFERS}{transfer.pk}/edit/", carrier="A", **said)
        refused = send(f"{TRANSFERS}{transfer.pk}/edit/", carrier="B", **said)

        line.refresh_from_db()
        assert line.quantity == 9
        assert refused.status_code == 412
        assert refused.context["form"].errors["carrier"] == ["Now: A"]


class TestAdjustments:
    def test_the_list_has_lines_values_and_what_took_them_back(self, visit, send, stock, cast):
        posted = stock(cast.table, 5)
        send(f"/s/all/postings/{posted.posting_id}/reverse/")

        (row,) = visit(ADJUSTMENTS).context["rows"]

        assert [(line.sku, line.quantity) for line in row["one"].lines] == [("TABLE", 5)]
        assert row["one"].values == [("EUR", D(50))]
        assert row["one"].reversed_by is not None
        assert row["may_reverse"] is False

    def test_one_is_posted_and_offers_to_undo(self, send, stock, cast):
        stock(cast.table, 5)
        said = {
            "lines-0-item": "TABLE", "lines-0-quantity": "\u22122",
            "lines-2-item": "TOP", "lines-2-quantity": "3", "lines-2-unit_cost": "7.5",
        }  # fmt: skip

        answer = send(f"{ADJUSTMENTS}new/", site="TLL", reason="Found and lost", **said)

        posting = Posting.objects.latest("pk")
        assert (on_hand(cast.table, cast.tll), on_hand(cast.top, cast.tll)) == (3, 3)
        assert f'data-undo="/s/all/postings/{posting.pk}/reverse/"' in text_of(answer)

    def test_the_preview_says_before_and_after_and_posts_nothing(self, send, stock, cast):
        stock(cast.table, 5)
        said = {"lines-0-item": "table", "lines-0-quantity": "-7", "lines-1-item": "", "lines-1-quantity": "3"}

        page = send(f"{ADJUSTMENTS}new/", site="TLL", preview="1", **said)

        (change,) = page.context["changes"]
        assert (change["before"], change["change"], change["after"]) == (5, -7, -2)
        assert page.context["form"].errors == {}
        assert on_hand(cast.table, cast.tll) == 5

    def test_too_little_stands_at_its_line(self, send, stock, cast):
        stock(cast.table, 5)

        refused = send(
            f"{ADJUSTMENTS}new/", site="TLL", reason="Lost", **{"lines-0-item": "TABLE", "lines-0-quantity": "-7"}
        )

        assert refused.context["rows"].rows[0].errors == {"quantity": "TABLE at TLL: 7 asked, 5 on hand."}
        assert refused.context["form"]["reason"].value() == "Lost"

    def test_a_new_lot_is_made_with_the_increase_or_not_at_all(self, send, cast):
        glue = items.create(
            sku="GLUE", name="Glue", unit=cast.pcs, company=cast.maker, tracking=Tracking.LOT, actor=None
        )
        said = {"lines-0-item": "GLUE", "lines-0-quantity": "2", "lines-0-lot": "G-1"}

        send(f"{ADJUSTMENTS}new/", site="TLL", reason="", **said)
        assert not Lot.objects.exists()
        send(f"{ADJUSTMENTS}new/", site="TLL", reason="Found", **said)

        assert Lot.objects.get().number == "G-1"
        assert on_hand(glue, cast.tll) == 2

    def test_outsiders_and_viewers_adjust_nothing(self, visit, send, stock, cast):
        posted = stock(cast.table, 5)

        assert visit(f"{ADJUSTMENTS}new/", cast.viewer).status_code == 404
        assert visit(ADJUSTMENTS, cast.outsider).context["rows"] == []
        assert visit(f"/s/all/postings/{posted.posting_id}/", cast.outsider).status_code == 404
        assert send(f"/s/all/postings/{posted.posting_id}/reverse/", cast.viewer).status_code == 403
        assert on_hand(cast.table, cast.tll) == 5

    def test_ten_times_the_adjustments_cost_the_same_queries(self, visit, stock, cast):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                visit(ADJUSTMENTS)
            return len(captured)

        stock(cast.table, 1)
        visit(ADJUSTMENTS)
        few = queries()
        for _ in range(10):
            stock(cast.table, 1)

        assert queries() == few

    def test_a_posting_shows_its_moves_with_their_value(self, visit, stock, cast):
        posted = stock(cast.table, 5)

        text = text_of(visit(f"/s/all/postings/{posted.posting_id}/"))

        assert "€50.00" in text
        assert "Opening stock" in text


class TestStockCounts:
    def begin(self, send: Any, **said: Any) -> StockCount:
        send(f"{COUNTS}new/", site="TLL", **said)
        return StockCount.objects.latest("pk")

    def test_what_was_found_is_entered_and_posted(self, send, visit, stock, cast):
        stock(cast.table, 5), stock(cast.top, 3)
        count = self.begin(send)
        lines = {line.item.sku: line for line in count.lines.all()}

        send(f"{COUNTS}{count.pk}/", **{"lines-0-line": lines["TABLE"].pk, "lines-0-quantity": "4"})
        assert visit(f"{COUNTS}{count.pk}/").context["sums"] == {"total": 2, "counted": 1, "different": 1}
        send(f"{COUNTS}{count.pk}/post/")

        assert (on_hand(cast.table, cast.tll), on_hand(cast.top, cast.tll)) == (4, 3)
        send(f"{COUNTS}{count.pk}/reverse/")
        assert on_hand(cast.table, cast.tll) == 5

    def test_a_line_that_nobody_touched_keeps_what_stood_there(self, send, stock, cast):
        stock(cast.table, 5)
        count = self.begin(send)
        said = {"lines-0-line": count.lines.get().pk, "lines-0-quantity": "4"}
        send(f"{COUNTS}{count.pk}/", **said)
        stock(cast.table, 2)

        send(f"{COUNTS}{count.pk}/", **said)

        assert count.lines.get().expected_quantity == 5

    def test_what_is_cleared_counts_as_not_counted(self, send, visit, stock, cast):
        stock(cast.table, 5), stock(cast.top, 3)
        count = self.begin(send)
        line = count.lines.get(item=cast.table)
        send(f"{COUNTS}{count.pk}/", **{"lines-0-line": line.pk, "lines-0-quantity": "4"})

        send(f"{COUNTS}{count.pk}/", **{"lines-0-line": line.pk, "lines-0-quantity": ""})

        assert count.lines.get(item=cast.table).counted_quantity is None
        assert visit(f"{COUNTS}{count.pk}/").context["sums"]["counted"] == 0

    def test_what_another_has_counted_meanwhile_stays(self, send, stock, cast):
        stock(cast.table, 5)
        count = self.begin(send)
        line = count.lines.get().pk
        send(f"{COUNTS}{count.pk}/", **{"lines-0-line": line, "lines-0-shown": "", "lines-0-quantity": "4"})

        send(f"{COUNTS}{count.pk}/", **{"lines-0-line": line, "lines-0-shown": "", "lines-0-quantity": ""})

        assert count.lines.get().counted_quantity == 4

    def test_a_line_that_left_the_page_is_entered_all_the_same(self, send, stock, cast):
        stock(cast.table, 5), stock(cast.top, 3)
        count = self.begin(send)
        table, top = (count.lines.get(item=item).pk for item in (cast.table, cast.top))
        said = {"lines-0-line": table, "lines-0-quantity": "4", "lines-1-line": top, "lines-1-quantity": "three"}

        refused = send(f"{COUNTS}{count.pk}/?place=nowhere", **said)

        assert [row.said["quantity"] for row in refused.context["known"]] == ["4", "three"]
        assert refused.context["known"][1].errors == {"quantity": "“three” is not a number."}
        send(f"{COUNTS}{count.pk}/?place=nowhere", **{**said, "lines-1-quantity": "3"})
        assert count.lines.get(pk=table).counted_quantity == 4

    def test_a_find_without_a_number_is_not_left_out(self, send, cast):
        count = self.begin(send)

        refused = send(f"{COUNTS}{count.pk}/", **{"lines-0-item": "TOP", "lines-0-location": cast.tll_stock.code})

        assert (refused.status_code, list(refused.context["new"][0].errors)) == (400, ["quantity"])

    def test_the_pager_keeps_the_place(self, send, visit, stock, cast, monkeypatch):
        monkeypatch.setattr("inventory.web.stock_counts.PLACES_SHOWN", 1)
        stock(cast.table, 5), stock(cast.top, 3)
        count = self.begin(send)

        page = visit(f"{COUNTS}{count.pk}/?place={cast.tll_stock.code}").context["page"]

        assert page["next_url"] == f"?place={cast.tll_stock.code}&page=2"

    def test_another_find_is_named_by_place_and_item(self, send, stock, cast):
        count = self.begin(send)
        said = {"lines-0-item": "TOP", "lines-0-quantity": "2", "lines-0-location": ""}

        refused = send(f"{COUNTS}{count.pk}/", **said)
        assert refused.context["new"][0].errors == {"location": "Name the place."}
        send(f"{COUNTS}{count.pk}/", **{**said, "lines-0-location": cast.tll_stock.code})

        assert (count.lines.get().item, count.lines.get().counted_quantity) == (cast.top, 2)

    def test_a_wrong_number_stands_at_its_place(self, send, stock, cast):
        stock(cast.table, 5)
        count = self.begin(send)

        refused = send(f"{COUNTS}{count.pk}/", **{"lines-0-line": count.lines.get().pk, "lines-0-quantity": "four"})

        assert refused.context["known"][0].errors == {"quantity": "“four” is not a number."}
        assert refused.context["known"][0].said["quantity"] == "four"

    def test_it_is_narrowed_to_places_and_items(self, send, visit, stock, cast):
        stock(cast.table, 5), stock(cast.top, 3)

        count = self.begin(send, items="top")

        assert [line.item for line in count.lines.all()] == [cast.top]
        refused = send(f"{COUNTS}new/", site="TLL", places="ATTIC")
        assert refused.context["form"].errors["places"] == ["There is no place “ATTIC” there."]

    def test_an_outsider_and_a_viewer_count_nothing(self, send, visit, stock, cast):
        stock(cast.table, 5)
        count = self.begin(send)

        assert visit(f"{COUNTS}{count.pk}/", cast.outsider).status_code == 404
        assert visit(f"{COUNTS}{count.pk}/", cast.viewer).context["steps"].all == ()
        said = {"lines-0-line": count.lines.get().pk, "lines-0-quantity": "1"}
        assert send(f"{COUNTS}{count.pk}/", cast.viewer, **said).status_code == 403


class TestTheStockExport:
    def test_it_has_the_pages_rows_and_filters(self, visit, stock, cast):
        stock(cast.table, 5), stock(cast.top, 3, site=cast.chi)

        def lines(address: str, user: Any = None) -> list[str]:
            return b"".join(visit(address, user).streaming_content).decode().splitlines()[1:]

        assert [line.split(",")[0] for line in lines("/s/all/stock/export/")] == ["TABLE", "TOP"]
        assert [line.split(",")[3] for line in lines("/s/CHI/stock/export/")] == ["CHI"]
        assert lines("/s/all/stock/export/?search=top")[0].startswith("TOP,Table top,pcs,CHI,NORDWOOD,3,0,0,3,")
        assert lines("/s/all/stock/export/", cast.outsider) == []
