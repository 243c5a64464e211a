"""A tablet at the saw in Tallinn, its operators, and an order for ten tables with two operations."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from floor.drafts import Answer, CommandDraft
from floor.models import Device
from floor.services import devices, operators, receiving
from inventory.services.adjustments import AdjustmentLine, adjust
from production.drafts import BillDraft, BillLineDraft, OrderDraft
from production.models import ManufacturingOrder, Operation, Operator, Routing, Task, WorkCenter
from production.services import bills, manufacturing_orders
from tests.cast import Cast


@pytest.fixture
def saw(cast: Cast) -> WorkCenter:
    return WorkCenter.objects.create(site=cast.tll, code="SAW-1", name="Saw 1")


@pytest.fixture
def tablet(cast: Cast, saw: WorkCenter) -> Device:
    """An enrolled tablet."""
    return enrolled(cast, saw)


@pytest.fixture
def mart(cast: Cast, saw: WorkCenter) -> Operator:
    return Operator.objects.create(site=cast.tll, code="7", name="Mart Kask", work_center=saw)


@pytest.fixture
def badge(cast: Cast, mart: Operator) -> str:
    """The text in Mart's badge."""
    return operators.give_badge(mart.pk, actor=cast.planner)[1]


@pytest.fixture
def order(cast: Cast, saw: WorkCenter) -> ManufacturingOrder:
    """Ten tables of one top and four legs, all of them here; sawn, then assembled."""
    lines = [
        BillLineDraft(component_id=cast.top.pk, quantity_per=1),
        BillLineDraft(component_id=cast.leg.pk, quantity_per=4),
    ]
    draft = BillDraft(item_id=cast.table.pk, lines=lines, company_id=cast.maker.pk)
    bills.create(draft, now=cast.now, actor=cast.planner)
    routing = Routing.objects.create(item=cast.table, company=cast.maker)
    for number, name in ((10, "Saw"), (20, "Assemble")):
        Operation.objects.create(
            routing=routing, number=number, name=name, work_center=saw, run_time_minutes_per_unit=Decimal(6)
        )
    stock = [
        AdjustmentLine(item_id=item.pk, quantity=Decimal(100), unit_cost=Decimal(2)) for item in (cast.top, cast.leg)
    ]
    adjust(site_id=cast.tll.pk, reason="Opening", lines=stock, now=cast.now, actor=None)
    draft_order = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=10)
    created = manufacturing_orders.create(draft_order, now=cast.now, actor=cast.planner)
    return manufacturing_orders.release(created.pk, now=cast.now, actor=cast.planner)


@pytest.fixture
def task(order: ManufacturingOrder) -> Task:
    """The first operation."""
    return order.tasks.get(number=10)


def enrolled(cast: Cast, work_center: WorkCenter, name: str = "Tablet 1") -> Device:
    _, code = devices.create(site=cast.tll, name=name, work_center=work_center, now=cast.now, actor=cast.planner)
    return devices.enroll(code, address="10.0.0.1", now=cast.now)[0]


class Hand:
    """An operator's hand on a tablet: numbers what is done a minute after the other, and keeps it until it is sent."""

    def __init__(self, device: Device, badge: str, began_at: datetime) -> None:
        self.device, self.badge, self.at, self.sequence = device, badge, began_at, 0
        self.queue: list[CommandDraft] = []

    def does(self, kind: str, task: Task | None, **payload: Any) -> CommandDraft:
        self.sequence += 1
        self.at += timedelta(minutes=1)
        command = CommandDraft(
            uuid=uuid4(),
            sequence=self.sequence,
            kind=kind,
            device_at=self.at,
            task_id=task.pk if task else None,
            badge=self.badge,
            payload=payload,
        )
        self.queue.append(command)
        return command

    def sends(self, *commands: CommandDraft) -> list[Answer]:
        """All of the queue, or these commands, an hour after the last was done."""
        now = self.at + timedelta(hours=1)
        return receiving.receive(self.device.pk, commands or self.queue, sent_at=now, now=now)


@pytest.fixture
def hand(cast: Cast, tablet: Device, badge: str) -> Hand:
    return Hand(tablet, badge, cast.now)


@pytest.fixture
def second_hand(cast: Cast, saw: WorkCenter, badge: str) -> Hand:
    """The same operator at another tablet."""
    return Hand(enrolled(cast, saw, "Tablet 2"), badge, cast.now)


@pytest.fixture
def figures(task: Task) -> Callable[[], tuple[str, int, int]]:
    """State, good and scrapped ones of the task as they stand."""

    def read() -> tuple[str, int, int]:
        task.refresh_from_db()
        return str(task.state), int(task.good_quantity), int(task.scrapped_quantity)

    return read
