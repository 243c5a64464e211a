"""A day of what tablets did without a link, brought in at once."""

import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from bench.figures import Figure
from bench.world import World, make_world
from core import drainer
from floor.drafts import CommandDraft
from floor.models import FloorCommand
from floor.services import devices, operators, receiving
from production.drafts import BillDraft, BillLineDraft, OrderDraft
from production.models import Operation, Operator, Routing, Task, WorkCenter
from production.services import bills, manufacturing_orders

EVENTS = 2_000
TASKS = 100
BATCH = 200


def figures() -> Iterator[Figure]:
    world = make_world("FLOOR", items=10, sites=1)
    tasks = _tasks(world)
    drainer.drain()
    device, code = devices.create(site=world.sites[0], name="Tablet", now=world.now, actor=None)
    devices.enroll(code, address="bench", now=world.now)
    person = Operator.objects.create(site=world.sites[0], code="1", name="Operator")
    _, badge = operators.give_badge(person.pk, actor=None)
    commands = _day(world, tasks, badge)

    began = time.perf_counter()
    for start in range(0, EVENTS, BATCH):
        sent_at = world.now + timedelta(days=1)
        receiving.receive(device.pk, commands[start : start + BATCH], sent_at=sent_at, now=sent_at)
    took = time.perf_counter() - began
    applied = FloorCommand.objects.filter(device=device, state="applied").count()
    yield Figure(
        f"replay of {EVENTS:,} events of a tablet",
        took,
        "s",
        None,
        "< 20 s, all applied",
        took < 20 and applied == EVENTS,
    )


def _tasks(world: World) -> list[Task]:
    site = world.sites[0]
    center = WorkCenter.objects.create(site=site, code="CENTER", name="Center", labor_rate_per_hour=30)
    made, part = world.item_ids[:2]
    lines = [BillLineDraft(component_id=part, quantity_per=Decimal(1))]
    bills.create(BillDraft(item_id=made, site_id=site.pk, lines=lines), now=world.now, actor=None)
    routing = Routing.objects.create(item_id=made, company=world.company, site=site)
    Operation.objects.create(routing=routing, number=10, name="Make", work_center=center, run_time_minutes_per_unit=1)
    drafts = [OrderDraft(item_id=made, site_id=site.pk, quantity=EVENTS) for _ in range(TASKS)]
    ids = [order.pk for order in manufacturing_orders.create_many(drafts, now=world.now, actor=None)]
    manufacturing_orders.release_many(ids, now=world.now, actor=None)
    return list(Task.objects.filter(order__in=ids).order_by("pk"))


def _day(world: World, tasks: list[Task], badge: str) -> list[CommandDraft]:
    """Each task started, reported one by one, paused and resumed between, and paused for the night."""
    each = EVENTS // TASKS
    kinds = ["start", *["report"] * 8, "pause", "resume", *["report"] * (each - 12), "pause"]
    commands = []
    for sequence in range(1, EVENTS + 1):
        task, place = tasks[(sequence - 1) // each], (sequence - 1) % each
        commands.append(
            CommandDraft(
                uuid=uuid4(),
                sequence=sequence,
                kind=kinds[place],
                device_at=world.now + timedelta(seconds=20 * sequence),
                task_id=task.pk,
                badge=badge,
                payload={"good": "1"} if kinds[place] == "report" else {},
            )
        )
    return commands
