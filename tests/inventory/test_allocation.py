"""Ranked soft allocation: worked examples, and the SQL against plain loops."""

from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.choices import AllocationKind, Firmness, SupplyKind, Tier
from inventory.models import Allocation, AllocationPin, Demand, ItemSite, Priority, StockLevel, Supply
from inventory.services import ranks
from inventory.services.recompute import preview, recompute
from tests.inventory import naive_levels as naive
from tests.inventory.levels_world import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def ranked(world, *quantities, due=0):
    """A sales line for each quantity, ranked in this order."""
    places = ranks.append_many(world.company.id, len(quantities))
    return [world.demand(quantity, due, priority=place) for quantity, place in zip(quantities, places, strict=True)]


def served(demand):
    row = Allocation.objects.get(demand_id=demand.id)
    return row.availability, [*zip(row.supply_ids, map(int, row.quantities), row.kinds, strict=True)]


class TestWorkedExamples:
    def test_stock_5_expected_4_and_three_demands_of_4(self, world):
        """The first takes 4 of 5 on hand; the second 1 on hand and 3 expected; the third gets 1 and stays short."""
        world.stock(5)
        supply = world.supply(4, 3)
        first, second, third = ranked(world, 4, 4, 4)

        recompute([world.key], now=NOW)

        assert served(first) == ("in_stock", [(0, 4, "soft")])
        assert served(second) == ("expected", [(0, 1, "soft"), (supply.id, 3, "soft")])
        assert served(third) == ("not_available", [(supply.id, 1, "soft")])
        assert Allocation.objects.get(demand_id=second.id).expected_on == day(3)

    def test_a_drag_recolors_all_that_follow(self, world):
        world.stock(5)
        world.supply(4, 3)
        first, second, third = ranked(world, 4, 4, 4)
        recompute([world.key], now=NOW)

        ranks.move(third.priority_id, before=first.priority_id, now=NOW, actor=None)
        recompute([world.key], now=NOW)

        colors = [served(demand)[0] for demand in (third, first, second)]
        assert colors == ["in_stock", "expected", "not_available"]

    def test_a_transfer_confirmed_by_hand_goes_before_every_rank(self, world):
        world.stock(4)
        (order,) = ranked(world, 4)
        transfer = world.demand(4, 9, tier=Tier.TRANSFER)

        recompute([world.key], now=NOW)

        assert served(transfer)[0] == "in_stock"
        assert served(order)[0] == "not_available"

    def test_a_demand_keeps_what_it_took_even_if_it_stays_short(self, world):
        world.stock(5)
        greedy, modest = ranked(world, 9, 1)

        recompute([world.key], now=NOW)

        assert served(greedy) == ("not_available", [(0, 5, "soft")])
        assert served(modest) == ("not_available", [])

    def test_a_pinned_quantity_is_served_first_and_the_rest_keeps_its_place(self, world):
        world.stock(5)
        first, second = ranked(world, 4, 4)
        AllocationPin.objects.create(demand=second, quantity=3)

        recompute([world.key], now=NOW)

        assert served(first) == ("not_available", [(0, 2, "soft")])
        assert served(second) == ("not_available", [(0, 3, "pinned")])

    def test_a_pegged_supply_is_invisible_to_all_others(self, world):
        first, second = ranked(world, 4, 4)
        made = world.supply(6, 2, kind=SupplyKind.MO_OUTPUT, pegged_demand_id=second.id)

        recompute([world.key], now=NOW)

        assert served(first) == ("not_available", [])
        assert served(second) == ("expected", [(made.id, 4, "pegged")])

    def test_overdue_supply_counts_as_today_and_comes_first(self, world):
        late, soon = world.supply(4, -5), world.supply(4, 1)
        (demand,) = ranked(world, 5, due=-2)

        recompute([world.key], now=NOW)

        row = Allocation.objects.get(demand_id=demand.id)
        assert row.supply_ids == [late.id, soon.id]
        assert (row.expected_on, row.late_days) == (day(1), 3)

    def test_nothing_of_drafts_and_forecasts_counts(self, world):
        world.supply(9, firmness=Firmness.DRAFT)
        draft = world.demand(4, firmness=Firmness.DRAFT)

        recompute([world.key], now=NOW)

        assert not Allocation.objects.filter(demand_id=draft.id).exists()
        assert StockLevel.objects.get().expected == 0


QUANTITY = st.integers(1, 12).map(Decimal)
DAY = st.integers(-4, 6)


@st.composite
def scenes(draw):
    """Plans of rows; indexes stand for the rows that a pin or peg names."""
    demands = draw(
        st.lists(
            st.tuples(
                QUANTITY,
                DAY,
                st.sampled_from([1, 2, 2]),
                st.integers(-1, 3),
                st.sampled_from(["firm", "planned", "firm", "draft"]),
            ),
            max_size=6,
        )
    )
    supplies = draw(
        st.lists(
            st.tuples(
                QUANTITY,
                DAY,
                st.sampled_from(["purchase_line", "transfer_in"]),
                st.integers(0, 12),
                st.integers(-3, 5),
                st.sampled_from(["firm", "planned", "firm", "draft"]),
            ),
            max_size=5,
        )
    )
    stocks = draw(
        st.lists(
            st.tuples(
                QUANTITY,
                st.sampled_from(["storage", "lineside", "staging", "quarantine", "wip", "transit"]),
                st.sampled_from([None, ("ok", None), ("held", None), ("ok", -1), ("ok", 0)]),
            ),
            max_size=4,
            unique_by=lambda row: (row[1], row[2]),
        )
    )
    pins = draw(
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(-1, 4), QUANTITY, st.sampled_from(AllocationKind.values[1:])),
            max_size=4,
            unique_by=lambda row: row[:2],
        )
    )
    return demands, supplies, stocks, pins, draw(st.integers(0, 9)), draw(st.none() | st.integers(0, 5))


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def put(world, scene):
    """Put a scene's rows in place; returns the same as a case for the plain loops."""
    demands, supplies, stocks, pins, safety, lead = scene
    ItemSite.objects.create(
        item=world.item, site=world.site, company=world.company, safety_stock=safety, source_lead_time_days=lead
    )
    lots = {
        lot: world.lot(state=lot[0], expires_on=None if lot[1] is None else day(lot[1])) for _, _, lot in stocks if lot
    }
    for quantity, kind, lot in stocks:
        world.stock(quantity, kind, lot=lots.get(lot))
    places = ranks.append_many(world.company.id, 4)[::-1]
    demand_rows = [
        world.demand(quantity, due, tier=tier, firmness=firmness, priority=places[rank] if rank >= 0 else None)
        for quantity, due, tier, rank, firmness in demands
    ]
    supply_rows = [
        world.supply(
            quantity,
            due,
            kind=kind,
            firmness=firmness,
            in_transit_quantity=min(quantity, Decimal(moving)),
            origin_id=world.other_site.id if kind == "transfer_in" else None,
            pegged_demand_id=demand_rows[peg].id if 0 <= peg < len(demand_rows) else None,
        )
        for quantity, due, kind, moving, peg, firmness in supplies
    ]
    pin_rows = [
        AllocationPin.objects.create(
            demand=demand_rows[demand],
            supply=supply_rows[supply] if supply >= 0 else None,
            quantity=quantity,
            kind=kind,
        )
        for demand, supply, quantity, kind in pins
        if demand < len(demand_rows) and supply < len(supply_rows)
    ]
    return case_of(world, pin_rows, [(lots.get(lot), kind, quantity) for quantity, kind, lot in stocks], safety, lead)


def case_of(world, pin_rows, stocks, safety, lead):
    rank_of = dict(Priority.objects.values_list("id", "rank"))
    return naive.Case(
        today=TODAY,
        stocks=[
            naive.Stock(quantity, kind, lot.state if lot else "ok", lot and lot.expires_on)
            for lot, kind, quantity in stocks
        ],
        needs=[
            naive.Need(
                row.id,
                row.open_quantity,
                row.tier,
                rank_of.get(row.priority_id),
                row.due_at,
                row.due_on,
                row.firmness != "draft",
            )
            for row in Demand.objects.all()
        ],
        comings=[
            naive.Coming(
                row.id,
                row.open_quantity,
                row.due_at,
                row.due_on,
                row.pegged_demand_id,
                row.in_transit_quantity,
                row.kind == "transfer_in",
                row.firmness != "draft",
            )
            for row in Supply.objects.all()
        ],
        pins=[naive.Pin(row.demand_id, row.supply_id or 0, row.quantity, row.kind) for row in pin_rows],
        safety_stock=Decimal(safety),
        lead_time_days=lead,
    )


class TestAgainstPlainLoops:
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(scene=scenes())
    def test_figures_and_allocations_are_the_same(self, world, scene):
        with undone():
            case = put(world, scene)

            recompute([world.key], now=NOW)

            shown = preview([world.key], now=NOW)
            level, wanted = naive.level(case), naive.allocation(case)
            assert asdict(shown.levels[world.key]) == level
            stored = StockLevel.objects.get()
            assert {name: getattr(stored, name) for name in level} == level
            assert {row.demand_id: as_dict(row) for row in shown.allocations[world.key]} == wanted
            assert {row.demand_id: as_dict(row) for row in Allocation.objects.all()} == wanted
            order = sorted((need for need in case.needs if need.id in wanted), key=lambda need: need.order)
            assert [row.demand_id for row in shown.allocations[world.key]] == [need.id for need in order]

    @settings(
        max_examples=50,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(scene=scenes())
    def test_nothing_is_given_out_twice(self, world, scene):
        with undone():
            case = put(world, scene)
            recompute([world.key], now=NOW)

            given_out = {}
            for row in Allocation.objects.all():
                assert row.served_quantity <= row.quantity
                for source, quantity in zip(row.supply_ids, row.quantities, strict=True):
                    given_out[source] = given_out.get(source, 0) + quantity
            holds = {0: naive.level(case)["on_hand"]} | {one.id: one.quantity for one in case.comings}
            assert all(quantity <= holds[source] for source, quantity in given_out.items())

    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(before=scenes(), after=scenes())
    def test_a_recompute_of_old_rows_ends_where_one_from_nothing_does(self, world, before, after):
        with undone():
            put(world, before)
            recompute([world.key], now=NOW)
            wipe()
            case = put(world, after)

            recompute([world.key], now=NOW)

            assert {row.demand_id: as_dict(row) for row in Allocation.objects.all()} == naive.allocation(case)


def wipe():
    from inventory.models import AllocationPin, Lot, StockBalance

    for model in (AllocationPin, StockBalance, Lot, Demand, Supply, ItemSite):
        model.objects.all().delete()


def as_dict(row):
    return {
        "quantity": row.quantity,
        "served_quantity": row.served_quantity,
        "availability": row.availability,
        "expected_on": row.expected_on,
        "late_days": row.late_days,
        "parts": [*zip(row.supply_ids, row.quantities, row.kinds, strict=True)],
    }
