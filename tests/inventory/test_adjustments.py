"""Stock set right by hand: quantities, average cost, and what is refused."""

from datetime import date
from decimal import Decimal as D

import pytest

from core.errors import Forbidden, InvalidInput, NotFound
from core.models import Event, OutboxEvent
from inventory.choices import Tracking
from inventory.errors import InsufficientStock, InsufficientStocks, PeriodClosed
from inventory.models import CostPool, Lot, Posting, StockBalance, StockMove, ValueEntry
from inventory.services.adjustments import AdjustmentLine, adjust


def put(cast, item, quantity, unit_cost=None, **options):
    return adjust(
        site_id=cast.tll.pk,
        reason="Opening stock",
        lines=[AdjustmentLine(item.pk, D(quantity), None if unit_cost is None else D(unit_cost), **options)],
        now=cast.now,
        actor=None,
    )


def test_an_increase_adds_quantity_and_value(cast):
    posted = put(cast, cast.table, 10, "2.5")

    balance = StockBalance.objects.get()
    assert (balance.quantity, balance.location, balance.owner, balance.used_by, balance.site) == (
        D(10),
        cast.tll_stock,
        cast.maker,
        cast.maker,
        cast.tll,
    )
    assert CostPool.objects.values_list("quantity", "value", "currency").get() == (D(10), D(25), "EUR")
    assert Posting.objects.get().number == posted.number == f"ADJ-{posted.posting_id}"
    assert StockMove.objects.get().from_location.kind == "count"


def test_a_decrease_leaves_at_the_average_of_all_that_came(cast):
    put(cast, cast.table, 10, 2)
    put(cast, cast.table, 5, 5)

    posted = put(cast, cast.table, -4)

    assert posted.moves[0].amount == D(12)  # 45 ÷ 15 × 4
    assert CostPool.objects.values_list("quantity", "value").get() == (D(11), D(33))


def test_the_last_piece_takes_the_cents_that_rounding_left(cast):
    put(cast, cast.table, 3, D("3.33333333"))

    amounts = [put(cast, cast.table, -1).moves[0].amount for _ in range(3)]

    assert amounts == [D("3.33"), D("3.34"), D("3.33")]
    assert CostPool.objects.values_list("quantity", "value").get() == (0, 0)


def test_an_increase_without_a_cost_comes_at_the_average(cast):
    put(cast, cast.table, 4, "2.5")
    put(cast, cast.table, 2)

    assert CostPool.objects.values_list("quantity", "value").get() == (D(6), D(15))


def test_an_increase_of_something_without_any_cost_warns(cast):
    posted = put(cast, cast.table, 4)

    assert posted.warnings == ["lines.0.quantity: no cost is known, so it is valued at 0."]


def test_it_is_dated_in_the_zone_of_the_site(cast):
    late = cast.now.replace(hour=23)

    adjust(site_id=cast.tll.pk, reason="x", lines=[AdjustmentLine(cast.table.pk, D(1))], now=late, actor=None)

    assert Posting.objects.get().effective_on == date(2026, 11, 24)


def test_it_records_one_event_with_the_levels_to_recompute(cast):
    put(cast, cast.table, 1)

    assert OutboxEvent.objects.get(handler="levels").keys == [[cast.table.pk, cast.tll.pk, cast.maker.pk]]
    event = Event.objects.get(kind="adjustment.posted")
    assert cast.maker.pk in event.company_ids


@pytest.mark.django_db
class TestRefusals:
    """Each refusal names the field and the numbers, and leaves nothing behind."""

    @pytest.fixture(autouse=True)
    def nothing_changes(self, cast):
        put(cast, cast.table, 7, 2)
        before = self.state()
        yield
        assert self.state() == before

    @staticmethod
    def state():
        return (
            list(StockBalance.objects.order_by("id").values_list("id", "quantity")),
            list(CostPool.objects.order_by("id").values_list("id", "quantity", "value")),
            Posting.objects.count(),
            StockMove.objects.count(),
            ValueEntry.objects.count(),
            OutboxEvent.objects.count(),
        )

    def test_more_than_there_is(self, cast):
        with pytest.raises(InsufficientStock) as refused:
            put(cast, cast.table, -8)

        assert refused.value.details == {
            "item": "TABLE",
            "site": "TLL",
            "requested": "8",
            "available": "7",
            "reserved": "0",
            "field": "lines.0.quantity",
        }

    def test_two_lines_that_lack_stock_are_both_named(self, cast):
        with pytest.raises(InsufficientStocks) as refused:
            adjust(
                site_id=cast.tll.pk,
                reason="x",
                lines=[AdjustmentLine(cast.table.pk, D(-8)), AdjustmentLine(cast.top.pk, D(-1))],
                now=cast.now,
                actor=None,
            )

        assert [error.details["field"] for error in refused.value.shortages] == ["lines.0.quantity", "lines.1.quantity"]

    @pytest.mark.parametrize(
        ("quantity", "text"),
        [
            ("0", "lines.0.quantity: 0 is not allowed; the quantity must be other than 0."),
            ("1.5", "lines.0.quantity: 1.5 does not fit pcs, which has 0 decimals."),
            ("1e20", "lines.0.quantity: 1E+20 is out of range; the largest quantity is 999999999999."),
        ],
    )
    def test_a_quantity_that_cannot_be(self, cast, quantity, text):
        with pytest.raises(InvalidInput) as refused:
            put(cast, cast.table, quantity)

        assert str(refused.value) == text

    def test_a_cost_with_a_decrease(self, cast):
        with pytest.raises(InvalidInput, match=r"lines\.0\.unit_cost"):
            put(cast, cast.table, -1, 3)

    def test_no_reason(self, cast):
        with pytest.raises(InvalidInput, match="reason"):
            adjust(
                site_id=cast.tll.pk, reason=" ", lines=[AdjustmentLine(cast.table.pk, D(1))], now=cast.now, actor=None
            )

    def test_a_tracked_item_without_its_lot(self, cast):
        type(cast.plank).objects.filter(pk=cast.plank.pk).update(tracking=Tracking.LOT)

        with pytest.raises(InvalidInput, match=r"lines\.0\.lot"):
            put(cast, cast.plank, 1)

    def test_a_lot_of_another_item(self, cast):
        lot = Lot.objects.create(item=cast.plank, number="L1")

        with pytest.raises(InvalidInput, match="is not one of this item"):
            put(cast, cast.table, 1, lot_id=lot.pk)

    def test_a_location_of_another_site(self, cast):
        with pytest.raises(InvalidInput, match=r"lines\.0\.location: TLL has no location"):
            put(cast, cast.table, 1, location_id=cast.chi_stock.pk)

    def test_a_closed_period(self, cast):
        type(cast.maker).objects.filter(pk=cast.maker.pk).update(closed_through_on=date(2026, 11, 23))

        with pytest.raises(PeriodClosed):
            put(cast, cast.table, 1)

    @pytest.mark.parametrize(("user", "error"), [("outsider", NotFound), ("viewer", Forbidden)])
    def test_somebody_who_may_not(self, cast, user, error):
        with pytest.raises(error):
            adjust(
                site_id=cast.tll.pk,
                reason="x",
                lines=[AdjustmentLine(cast.table.pk, D(1))],
                now=cast.now,
                actor=getattr(cast, user),
            )
