"""Figures of levels, flows between sites, statuses of documents and chains, and what a recompute tells."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import pubsub
from inventory.choices import DemandKind, DocumentKind, Firmness, LocationKind, SupplyKind
from inventory.drafts import LevelKey
from inventory.models import (
    Allocation,
    Demand,
    DocumentStatus,
    StockBalance,
    StockLevel,
    TransferFlow,
)
from inventory.services import ranks, registers
from inventory.services.recompute import preview, recompute
from sites.models import Calendar, Site
from sites.services.calendars import OFFICE_WEEK, ExceptionDay
from sites.services.calendars import create as create_calendar
from tests.inventory.levels_world import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def run(world, *keys, now=NOW):
    return recompute(keys or [world.key], now=now)


def level(key):
    return StockLevel.objects.get(item_id=key.item_id, site_id=key.site_id, used_by_id=key.used_by_id)


class TestFigures:
    def test_on_hand_7_expected_100_safety_5_leaves_an_excess_of_102(self, world):
        world.stock(7)
        world.supply(100, 5)
        world.planned_item(safety_stock=5)

        run(world)

        row = level(world.key)
        assert (row.on_hand, row.expected, row.available) == (7, 100, 7)
        assert (row.projected, row.missing, row.excess) == (107, 0, 102)

    def test_counts_what_is_short_of_orders_and_of_safety_stock(self, world):
        world.stock(10)
        world.demand(12, 3)
        world.planned_item(safety_stock=5)

        run(world)

        row = level(world.key)
        assert (row.committed, row.available, row.projected, row.missing, row.excess) == (12, -2, -2, 7, 0)

    def test_tells_on_hand_from_blocked_and_work_in_progress(self, world):
        for kind in (LocationKind.STORAGE, LocationKind.LINESIDE, LocationKind.STAGING):
            world.stock(1, kind)
        world.stock(2, LocationKind.QUARANTINE)
        world.stock(4, lot=world.lot(state="held"))
        world.stock(8, lot=world.lot(expires_on=day(-1)))
        world.stock(16, lot=world.lot(expires_on=day(0)))
        world.stock(32, LocationKind.WIP)
        world.stock(64, LocationKind.TRANSIT)

        run(world)

        row = level(world.key)
        assert (row.on_hand, row.blocked, row.in_wip) == (19, 14, 32)

    def test_the_last_day_of_a_lot_is_the_site_s(self, world):
        """At 21:30 UTC it is the next day already in Tallinn."""
        Site.objects.filter(id=world.site.id).update(time_zone="Europe/Tallinn")
        world.stock(5, lot=world.lot(expires_on=date(2026, 11, 23)))

        run(world, now=datetime(2026, 11, 23, 21, 30, tzinfo=UTC))
        assert level(world.key).on_hand == 5
        run(world, now=datetime(2026, 11, 23, 22, 30, tzinfo=UTC))

        assert (level(world.key).on_hand, level(world.key).blocked) == (0, 5)
        assert level(world.key).computed_for == date(2026, 11, 24)

    def test_a_key_without_anything_stays_as_zeros(self, world):
        run(world)

        row = level(world.key)
        assert (row.on_hand, row.projected, row.stock_out_on, row.computed_for) == (0, 0, None, TODAY)

    def test_unknown_items_and_sites_are_left_out(self, world):
        missing = [LevelKey(0, world.site.id, world.company.id), LevelKey(world.item.id, 0, world.company.id)]

        assert run(world, *missing).levels == []
        assert not StockLevel.objects.exists()

    def test_stock_of_one_company_serves_no_other(self, world):
        other = world.key._replace(used_by_id=world.other_company.id)
        world.stock(5)
        world.stock(3, key=other)

        run(world, world.key, other)

        assert (level(world.key).on_hand, level(other).on_hand) == (5, 3)


class TestDates:
    def test_stock_out_is_the_first_day_below_zero(self, world):
        world.stock(10)
        world.demand(8, 2)
        world.demand(6, 4)
        world.supply(4, 4)
        world.demand(1, 6)

        run(world)

        assert level(world.key).stock_out_on == day(6)

    def test_supply_of_the_same_day_comes_in_time(self, world):
        world.demand(5, 3)
        world.supply(5, 3)

        run(world)

        assert level(world.key).stock_out_on is None

    def test_past_due_counts_as_today(self, world):
        world.demand(5, -9)
        world.supply(4, -3)

        run(world)

        assert level(world.key).stock_out_on == TODAY

    def test_order_by_goes_back_by_working_days(self, world):
        """Stock-out on Tuesday 8 December less 9 working days; Monday the 30th is closed: Tuesday the 24th."""
        calendar = create_calendar(
            code="WEEK", shifts=OFFICE_WEEK, exceptions=[ExceptionDay(date(2026, 11, 30))], now=NOW, actor=None
        )
        world.planned_item(source_lead_time_days=9, source_calendar=calendar)
        world.demand(5, 15)

        run(world)

        assert level(world.key).stock_out_on == date(2026, 12, 8)
        assert level(world.key).order_by_on == date(2026, 11, 24)

    def test_a_stock_out_on_a_day_off_counts_back_from_the_working_day_before(self, world):
        calendar = create_calendar(code="WEEK", shifts=OFFICE_WEEK, now=NOW, actor=None)
        world.planned_item(source_lead_time_days=1, source_calendar=calendar)
        world.demand(5, 6)  # Sunday

        run(world)

        assert level(world.key).order_by_on == date(2026, 11, 26)

    def test_without_a_calendar_it_goes_back_by_calendar_days_and_may_be_past(self, world):
        world.planned_item(source_lead_time_days=9)
        world.demand(5, 2)

        run(world)

        assert level(world.key).order_by_on == day(-7)

    def test_a_calendar_that_does_not_reach_so_far_counts_calendar_days(self, world):
        calendar = Calendar.objects.create(code="EMPTY", name="Empty")
        world.planned_item(source_lead_time_days=9, source_calendar=calendar)
        world.demand(5, 2)

        run(world)

        assert level(world.key).order_by_on == day(-7)

    def test_without_a_lead_time_nobody_knows_when_to_order(self, world):
        world.planned_item()
        world.demand(5, 2)

        run(world)

        assert (level(world.key).stock_out_on, level(world.key).order_by_on) == (day(2), None)


class TestTransfers:
    def put(self, world, open_quantity, in_transit):
        """A transfer of `open_quantity` not received, `in_transit` of it on its way."""
        there = world.key._replace(site_id=world.other_site.id)
        document = {"document_kind": DocumentKind.TRANSFER, "document_id": 7, "line_id": 70}
        world.demand(open_quantity - in_transit, kind=DemandKind.TRANSFER_OUT, **document)
        world.supply(
            open_quantity,
            4,
            key=there,
            kind=SupplyKind.TRANSFER_IN,
            origin_id=world.site.id,
            in_transit_quantity=Decimal(in_transit),
            **document,
        )
        return there

    def test_in_transit_shows_at_the_destination_as_part_of_its_expected(self, world):
        there = self.put(world, 10, 4)

        run(world, world.key, there)

        assert (level(world.key).committed, level(world.key).in_transit) == (6, 0)
        assert (level(there).expected, level(there).in_transit) == (10, 4)

    def test_keeps_the_flow_between_two_sites_and_drops_it_when_all_has_arrived(self, world):
        there = self.put(world, 10, 4)
        run(world, world.key, there)
        flow = TransferFlow.objects.get()
        assert (flow.origin_id, flow.destination_id) == (world.site.id, world.other_site.id)
        assert (flow.committed, flow.expected, flow.in_transit) == (6, 10, 4)

        registers.close_supplies(SupplyKind.TRANSFER_IN, [70])
        run(world, there)

        assert not TransferFlow.objects.exists()


class TestDocuments:
    def test_an_order_has_the_status_of_its_worst_line(self, world):
        other = world.key._replace(item_id=world.new_item().id)
        world.stock(5)
        world.supply(3, 6, key=other)
        world.demand(5, 2, document_id=1)
        world.demand(3, 2, document_id=1, key=other)

        changed = run(world, world.key, other)

        status = DocumentStatus.objects.get()
        assert (status.availability, status.complete_on, status.late_days) == ("expected", day(6), 4)
        assert changed.documents == [("sales_order", 1)]

    def test_what_is_not_available_has_no_date(self, world):
        world.supply(3, 6)
        world.demand(3, document_id=1)
        world.demand(3, document_id=1)

        run(world)

        status = DocumentStatus.objects.get()
        assert (status.availability, status.complete_on) == ("not_available", None)

    def test_an_overdue_order_is_late_though_all_is_in_stock(self, world):
        world.stock(5)
        world.demand(5, -2)

        run(world)

        assert DocumentStatus.objects.get().late_days == 2

    def test_a_date_that_moves_changes_the_lateness(self, world):
        world.supply(5, 4)
        demand = world.demand(5, 4)
        run(world)
        assert DocumentStatus.objects.get().late_days == 0

        world.demand(5, 1, line_id=demand.line_id)
        run(world)

        assert Allocation.objects.get().late_days == 3
        assert DocumentStatus.objects.get().late_days == 3

    def test_a_document_with_nothing_open_loses_its_status(self, world):
        demand = world.demand(5)
        run(world)
        assert DocumentStatus.objects.exists()

        registers.close_demands(DemandKind.SALES_LINE, [demand.line_id])
        changed = run(world)

        assert not Allocation.objects.exists()
        assert not DocumentStatus.objects.exists()
        assert changed.documents == [("sales_order", demand.document_id)]

    def test_a_demand_that_moves_to_another_site_takes_its_allocation_along(self, world):
        there = world.key._replace(site_id=world.other_site.id)
        world.stock(5, key=there)
        demand = world.demand(5)
        run(world)

        world.demand(5, key=there, line_id=demand.line_id, document_id=demand.document_id)
        run(world, there)
        run(world)

        row = Allocation.objects.get()
        assert (row.site_id, row.availability) == (world.other_site.id, "in_stock")


class TestChains:
    """A line's order is made for it: its component's trouble is the line's."""

    @pytest.fixture
    def chain(self, world):
        root = world.demand(4, 5, document_id=1)
        world.supply(4, 3, kind=SupplyKind.MO_OUTPUT, pegged_demand_id=root.id, chain_id=root.id)
        part = world.key._replace(item_id=world.new_item().id)
        world.demand(
            8, 2, key=part, chain_id=root.id, kind=DemandKind.MO_COMPONENT,
            document_kind=DocumentKind.MANUFACTURING_ORDER, document_id=2,
        )  # fmt: skip
        return root, part

    def status(self):
        return DocumentStatus.objects.get(document_kind="sales_order").availability

    def test_a_missing_component_makes_the_line_not_available(self, world, chain):
        root, part = chain

        run(world, world.key, part)

        row = Allocation.objects.get(demand_id=root.id)
        assert (row.availability, row.direct_availability) == ("not_available", "expected")
        assert self.status() == "not_available"

    def test_the_line_follows_when_the_component_comes(self, world, chain):
        root, part = chain
        run(world, world.key, part)

        world.supply(8, 9, key=part)
        run(world, part)

        row = Allocation.objects.get(demand_id=root.id)
        assert (row.availability, row.expected_on, row.late_days) == ("expected", day(9), 4)
        assert self.status() == "expected"

    def test_recomputing_the_root_alone_keeps_the_worst_of_the_chain(self, world, chain):
        root, part = chain
        run(world, world.key, part)
        xid = Allocation.objects.get(demand_id=root.id).updated_at

        run(world)

        row = Allocation.objects.get(demand_id=root.id)
        assert (row.availability, row.updated_at) == ("not_available", xid)


class TestWriting:
    def test_a_second_recompute_writes_nothing(self, world):
        world.stock(5)
        world.supply(4, 3, kind=SupplyKind.TRANSFER_IN, origin_id=world.other_site.id)
        world.demand(4, 1)
        world.demand(9, 1)
        run(world)
        before = images()

        changed = run(world)

        assert (changed.levels, changed.documents) == ([], [])
        assert images() == before

    def test_ten_times_the_rows_take_the_same_statements(self, world):
        def count_for(number):
            keys = []
            for _ in range(number):
                key = world.key._replace(item_id=world.new_item().id)
                world.stock(5, key=key)
                world.demand(3, key=key)
                world.supply(3, 2, key=key)
                keys.append(key)
            with CaptureQueriesContext(connection) as queries:
                run(world, *keys)
            return len(queries)

        run(world)
        assert count_for(3) == count_for(30)

    def test_publishes_what_changed_after_the_commit(self, world, monkeypatch, django_capture_on_commit_callbacks):
        messages = []
        monkeypatch.setattr(pubsub, "publish", messages.append)
        world.stock(5)
        demand = world.demand(3)

        with django_capture_on_commit_callbacks(execute=True):
            run(world)
            assert messages == []

        assert messages == [
            {
                "levels": [[*world.key, world.company.id]],
                "documents": [["sales_order", demand.document_id, [world.company.id], [world.site.id]]],
            }
        ]

    def test_a_new_color_is_published_though_no_figure_changed(self, world):
        first, second = ranks.append_many(world.company.id, 2)
        world.stock(4)
        world.demand(4, priority=first)
        world.demand(4, priority=second)
        run(world)

        ranks.move(second.id, before=first.id, now=NOW, actor=None)
        changed = run(world)

        assert changed.levels == [world.key]
        assert len(changed.documents) == 2

    def test_an_order_whose_line_looks_the_same_is_not_told(self, world):
        world.stock(9)
        world.demand(4)
        run(world)

        StockBalance.objects.update(quantity=8)
        changed = run(world)

        assert (changed.levels, changed.documents) == ([world.key], [])

    def test_a_preview_shows_what_a_recompute_would_write_and_writes_nothing(self, world):
        world.stock(5)
        demand = world.demand(4, firmness=Firmness.PLANNED)

        shown = preview([world.key], now=NOW)

        assert not StockLevel.objects.exists()
        assert shown.levels[world.key].available == 1
        assert [(row.demand_id, row.availability) for row in shown.allocations[world.key]] == [(demand.id, "in_stock")]


def images():
    rows = {}
    for model in (StockLevel, Allocation, DocumentStatus, TransferFlow, Demand):
        rows[model] = list(model.objects.order_by("id").values())
    assert all(rows.values())
    return rows
