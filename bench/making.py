"""Releasing and completing manufacturing orders of five components and four operations."""

import random
import statistics
import time
from collections.abc import Iterator
from decimal import Decimal

from bench.figures import Figure, below
from bench.world import World, make_world
from core import drainer
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import Operation, Routing, WorkCenter
from production.services import bills, manufacturing_orders

ORDERS = 1_000
COMPONENTS = 5
OPERATIONS = 4
MADE = 20
QUANTITY = 10


def figures() -> Iterator[Figure]:
    world = make_world("MAKING", items=MADE + 200, sites=1)
    _recipes(world)
    ids = _orders(world)
    drainer.drain()

    began = time.perf_counter()
    manufacturing_orders.release_many(ids, now=world.now, actor=None)
    took = time.perf_counter() - began
    yield below(f"release of {ORDERS:,} orders of 5 components and 4 operations", took, "s", 10)

    drainer.drain()
    yield below("completing such an order in the service, p95", _completions(world, ids), "ms", 60)


def _recipes(world: World) -> None:
    chance = random.Random(0)
    site = world.sites[0]
    center = WorkCenter.objects.create(
        site=site, code="CENTER", name="Center", labor_rate_per_hour=30, machine_rate_per_hour=20
    )
    for item_id in world.item_ids[:MADE]:
        lines = [
            BillLineDraft(component_id=component, quantity_per=Decimal(2), operation_number=10 * (place + 1))
            for place, component in enumerate(chance.sample(world.item_ids[MADE:], COMPONENTS))
        ]
        bills.create(BillDraft(item_id=item_id, site_id=site.pk, lines=lines), now=world.now, actor=None)
        routing = Routing.objects.create(item_id=item_id, company=world.company, site=site)
        Operation.objects.bulk_create(
            Operation(
                routing=routing, number=10 * (place + 1), name=f"Step {place + 1}", work_center=center,
                setup_time_minutes=5, run_time_minutes_per_unit=2,
            )
            for place in range(OPERATIONS)
        )  # fmt: skip


def _orders(world: World) -> list[int]:
    drafts = [
        OrderDraft(item_id=world.item_ids[number % MADE], site_id=world.sites[0].pk, quantity=QUANTITY)
        for number in range(ORDERS)
    ]
    return [order.pk for order in manufacturing_orders.create_many(drafts, now=world.now, actor=None)]


def _completions(world: World, ids: list[int]) -> float:
    """The 95th percentile of the time that a report of half an order takes, in milliseconds."""
    times = []
    for order_id in ids[:500]:
        began = time.perf_counter()
        manufacturing_orders.complete(order_id, CompletionDraft(quantity=QUANTITY // 2), now=world.now, actor=None)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.quantiles(times, n=20)[-1]
