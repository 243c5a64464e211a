"""What pages and the API read: why a level is what it is, how it goes on, sums over sites, who loses by overselling."""

from decimal import Decimal

import pytest

from core.errors import InvalidInput, NotFound
from inventory.choices import DemandKind, DocumentKind, LocationKind, SupplyKind
from inventory.models import Allocation, AllocationPin
from inventory.selectors import allocations, counted_on, levels
from inventory.services import pins, ranks
from inventory.services.recompute import recompute
from sites.access import Access
from tests.inventory.levels_world import NOW, day

pytestmark = pytest.mark.django_db


def put_three(world):
    """5 on hand, 4 to come, three demands of 4 in rank order."""
    world.stock(5)
    supply = world.supply(4, 3)
    places = ranks.append_many(world.company.id, 3)
    return supply, [world.demand(4, 2, priority=place) for place in places]


class TestServedInOrder:
    @pytest.mark.parametrize("is_fresh", [True, False])
    def test_names_the_sources_of_each_demand(self, world, is_fresh):
        supply, demands = put_three(world)
        recompute([world.key], now=NOW)

        lines = allocations.served_in_order([world.key], now=NOW, is_fresh=is_fresh)[world.key]

        assert [line.demand for line in lines] == demands
        assert [(part.supply, part.quantity) for part in lines[1].parts] == [(None, 1), (supply, 3)]
        assert [line.short_quantity for line in lines] == [0, 0, 3]
        assert [line.late_days for line in lines] == [0, 1, 0]

    def test_a_demand_that_was_never_worked_out_has_no_availability(self, world):
        put_three(world)

        lines = allocations.served_in_order([world.key], now=NOW, is_fresh=False)[world.key]

        assert {line.availability for line in lines} == {None}

    def test_says_who_took_it_before(self, world):
        _, demands = put_three(world)

        lines = allocations.served_in_order([world.key], now=NOW, is_fresh=True)[world.key]

        assert [line.demand for line in allocations.takers_before(lines, lines[2], most=9)] == demands[:2]
        assert [line.demand for line in allocations.takers_before(lines, lines[2], most=1)] == [demands[1]]


def losers(world, quantity, *takers):
    """Who loses how much when `quantity` leaves for these demands."""
    lines = [demand.line_id for demand in takers]
    lost = counted_on.losses({world.key: Decimal(quantity)}, kind=DemandKind.SALES_LINE, line_ids=lines)
    return [(loss.document_number, loss.quantity) for loss in lost]


class TestOverselling:
    def test_names_the_order_that_loses_what_it_counted_on(self, world):
        """2 of 5 on hand are free or its own; shipping 4 to the second takes 3 of the first's 4."""
        _, (first, second, _) = put_three(world)
        recompute([world.key], now=NOW)

        assert losers(world, 4, second) == [(first.document_number, 3)]

    def test_nobody_loses_when_an_order_takes_its_own(self, world):
        _, (first, _, _) = put_three(world)
        recompute([world.key], now=NOW)

        assert losers(world, 4, first) == []

    def test_nobody_loses_where_nothing_is_known(self, world):
        assert losers(world, 4) == []

    def test_the_last_in_rank_loses_first(self, world):
        world.stock(6)
        places = ranks.append_many(world.company.id, 3)
        first, second, third = (
            world.demand(quantity, priority=place) for quantity, place in zip((3, 2, 4), places, strict=True)
        )
        recompute([world.key], now=NOW)

        assert losers(world, 4, third) == [(second.document_number, 2), (first.document_number, 1)]


class TestExplained:
    def test_gives_the_rows_that_make_the_figures(self, world):
        supply, demands = put_three(world)
        world.stock(2, LocationKind.QUARANTINE)
        held = world.stock(3, lot=world.lot(state="held"))

        shown = levels.level_explained(world.key, now=NOW)

        assert (shown.figures.on_hand, shown.figures.blocked, shown.figures.committed) == (5, 5, 12)
        assert sum(row.balance.quantity for row in shown.balances if not row.blocked) == 5
        assert {row.balance.id: row.blocked for row in shown.balances}[held.id] == "Held"
        assert [line.demand for line in shown.lines] == demands
        assert [(row.supply, row.free_quantity, row.is_overdue) for row in shown.supplies] == [(supply, 0, False)]

    def test_says_what_of_a_supply_nobody_has_taken(self, world):
        world.supply(9, -1)
        world.supply(7, 3, pegged_demand_id=999)
        world.demand(4)

        rows = levels.level_explained(world.key, now=NOW).supplies

        assert [(row.free_quantity, row.is_overdue, row.arrives_on) for row in rows] == [
            (5, True, day(0)),
            (0, False, day(3)),
        ]

    def test_projects_the_balance_day_by_day(self, world):
        world.stock(5)
        world.demand(2, -3)
        world.demand(4, 1)
        world.supply(6, 2)
        world.demand(9, 30)

        series = levels.projected_balance(world.key, days=3, now=NOW)

        assert [(one.on_date, one.balance) for one in series] == [(day(0), 3), (day(1), -1), (day(2), 5), (day(3), 5)]
        assert [change.quantity for change in series[2].changes] == [6]


class TestOverSites:
    def put_transfer(self, world):
        """TR of 10 from here to there, 4 of it on its way; 20 here, 1 there, 3 needed there."""
        there = world.key._replace(site_id=world.other_site.id)
        document = {"document_kind": DocumentKind.TRANSFER, "document_id": 7, "line_id": 70}
        world.stock(20)
        world.stock(1, key=there)
        world.demand(3, 5, key=there)
        world.demand(6, 1, kind=DemandKind.TRANSFER_OUT, **document)
        world.supply(
            10, 4, key=there, kind=SupplyKind.TRANSFER_IN, origin_id=world.site.id,
            in_transit_quantity=Decimal(4), **document,
        )  # fmt: skip
        recompute([world.key, there], now=NOW)

    def test_what_moves_inside_the_set_counts_once_as_in_transit(self, world):
        self.put_transfer(world)

        figures = levels.figures_for_sites(
            [world.item.id], [world.site.id, world.other_site.id], access=Access(is_superuser=True)
        )[world.item.id]

        assert (figures.on_hand, figures.committed, figures.expected) == (21, 3, 0)
        assert (figures.in_transit, figures.in_transit_inside) == (4, 4)
        assert figures.projected == 22 == figures.on_hand - figures.committed + figures.expected + 4

    def test_a_set_of_one_site_has_its_own_figures(self, world):
        self.put_transfer(world)

        figures = levels.figures_for_sites([world.item.id], [world.other_site.id], access=Access(is_superuser=True))

        one = figures[world.item.id]
        assert (one.committed, one.expected, one.in_transit, one.in_transit_inside) == (3, 10, 4, 0)

    def test_shortage_at_one_site_is_not_netted_with_excess_at_another(self, world):
        there = world.key._replace(site_id=world.other_site.id)
        world.stock(9)
        world.demand(2, 4, key=there)
        world.demand(1, 2, key=there)
        recompute([world.key, there], now=NOW)

        sites = [world.site.id, world.other_site.id]
        one = levels.figures_for_sites([world.item.id], sites, access=Access(is_superuser=True))[world.item.id]

        assert (one.missing, one.excess, one.projected, one.stock_out_on) == (3, 9, 6, day(2))

    def test_a_stranger_sees_nothing(self, world):
        self.put_transfer(world)
        stranger = Access(company_ids=frozenset({world.other_company.id}))

        assert levels.figures_for_sites([world.item.id], [world.site.id], access=stranger) == {}


class TestPins:
    def test_a_pin_serves_before_the_ranks(self, world):
        _, (first, _, third) = put_three(world)

        pins.pin(third.id, quantity=Decimal(3), now=NOW, actor=None)
        recompute([world.key], now=NOW)

        assert Allocation.objects.get(demand_id=third.id).kinds[0] == "pinned"
        assert Allocation.objects.get(demand_id=first.id).availability == "expected"

    def test_pinning_again_replaces_and_unpinning_lets_the_ranks_decide(self, world):
        supply, (first, _, _) = put_three(world)
        pins.pin(first.id, quantity=Decimal(1), supply_id=supply.id, now=NOW, actor=None)
        pins.pin(first.id, quantity=Decimal(4), supply_id=supply.id, now=NOW, actor=None)
        assert AllocationPin.objects.get().quantity == 4

        pins.unpin(first.id, supply_id=supply.id, now=NOW, actor=None)

        assert not AllocationPin.objects.exists()
        with pytest.raises(NotFound):
            pins.unpin(first.id, supply_id=supply.id, now=NOW, actor=None)

    def test_refuses_more_than_is_needed_there_or_left_by_others(self, world):
        supply, (first, second, third) = put_three(world)
        pins.pin(first.id, quantity=Decimal(4), now=NOW, actor=None)

        for demand, quantity, supply_id, number in (
            (second, 5, supply.id, "4"),
            (second, 2, None, "1"),
            (third, 0, None, "4"),
        ):
            with pytest.raises(InvalidInput, match=number):
                pins.pin(demand.id, quantity=Decimal(quantity), supply_id=supply_id, now=NOW, actor=None)
        with pytest.raises(InvalidInput):
            pins.pin(second.id, quantity=Decimal(1), supply_id=0, now=NOW, actor=None)
        with pytest.raises(NotFound):
            pins.pin(0, quantity=Decimal(1), now=NOW, actor=None)
        assert AllocationPin.objects.count() == 1
