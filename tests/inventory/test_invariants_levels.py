"""Each invariant of stock and levels finds the one thing that is made wrong, and nothing in what is right."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core import clock, events, invariants
from core.models import OutboxEvent
from inventory.choices import SupplyKind
from inventory.invariants import levels
from inventory.models import Allocation, CostPool, DocumentStatus, StockBalance, StockLevel
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute
from tests.cast import build

pytestmark = pytest.mark.django_db


def failing():
    return [outcome.name for outcome in invariants.check() if not outcome.is_ok]


@pytest.fixture
def stocked(db):
    """Nordwood's tables in Tallinn, 5 at 80, and the keys that this touched."""
    cast = build()
    posted = adjust(
        site_id=cast.tll.id,
        reason="count",
        lines=[AdjustmentLine(item_id=cast.table.id, quantity=Decimal(5), unit_cost=Decimal(80))],
        now=clock.now(),
        actor=None,
    )
    recompute(posted.keys, now=clock.now())
    OutboxEvent.objects.all().delete()
    return posted.keys


def test_all_hold_after_a_posting_and_its_recompute(stocked):
    assert failing() == []


def test_a_balance_that_the_ledger_does_not_know_is_found(stocked):
    StockBalance.objects.update(quantity=6)

    assert {"ledger = balances", "cost pools hold what the balances hold", "levels = recomputation"} <= set(failing())


def test_a_pool_that_its_entries_do_not_make_is_found(stocked):
    CostPool.objects.filter(quantity=5).update(value=1)

    assert failing() == ["cost pools = value entries"]


def test_a_level_that_a_recompute_would_write_otherwise_is_found(stocked):
    StockLevel.objects.update(on_hand=6)

    assert failing() == ["levels = recomputation"]


def test_what_waits_for_the_drainer_is_no_error(stocked):
    StockLevel.objects.update(on_hand=6)
    events.record("test.happened", companies=[1], keys_by_handler={"levels": [list(key) for key in stocked]})

    assert failing() == []


class TestAllocations:
    @pytest.fixture
    def served(self, world):
        world.stock(3)
        world.supply(4, 2)
        world.demand(5)
        recompute([world.key], now=clock.now())
        return world

    def broken(self, served):
        return {name for name in failing() if "allocation" in name or "status" in name or "levels" in name}

    def test_nothing_is_wrong_with_what_was_recomputed(self, served):
        assert self.broken(served) == set()

    def test_more_than_is_on_hand_is_found(self, served):
        Allocation.objects.update(quantities=[4, 1])

        assert self.broken(served) == {"no allocation over stock on hand", "levels = recomputation"}

    def test_more_than_a_supply_brings_is_found(self, served):
        Allocation.objects.update(quantities=[3, 5])

        assert self.broken(served) == {"no allocation over supply", "levels = recomputation"}

    def test_a_supply_that_is_not_there_is_found(self, served):
        Allocation.objects.update(supply_ids=[0, 999])

        assert self.broken(served) == {"no allocation over supply", "levels = recomputation"}

    def test_a_lateness_that_is_not_so_is_found(self, served):
        Allocation.objects.update(late_days=77)

        assert "levels = recomputation" in self.broken(served)

    def test_a_status_that_its_lines_do_not_have_is_found(self, served):
        DocumentStatus.objects.update(availability="in_stock")

        assert self.broken(served) == {"document statuses = their worst lines"}

    def test_an_allocation_of_a_demand_that_is_gone_is_found(self, served):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inventory_demand SET open_quantity = 0, closed_at = now()")

        assert "levels = recomputation" in self.broken(served)

    def test_the_command_sets_all_right_again(self, served):
        StockLevel.objects.update(on_hand=99)
        Allocation.objects.all().delete()
        out = StringIO()

        call_command("recompute_levels", all=True, stdout=out)

        assert self.broken(served) == set()
        assert out.getvalue() == "1 levels, 1 of them and 0 documents changed\n"

    def test_the_command_takes_one_item_or_one_site(self, served):
        StockLevel.objects.update(on_hand=99)
        call_command("recompute_levels", item="table", site="HERE", stdout=StringIO())
        assert StockLevel.objects.get().on_hand == 3

        with pytest.raises(CommandError, match="no item"):
            call_command("recompute_levels", item="nothing")
        with pytest.raises(CommandError, match="--all"):
            call_command("recompute_levels")


def test_a_key_without_a_level_and_without_anything_is_no_error(world):
    world.supply(4, kind=SupplyKind.PURCHASE_LINE, firmness="draft")

    assert list(levels()) == []
