"""What a tablet shows: the tasks of its site in rank order, with all that it needs to go on without a link.

Nothing here knows a price or a cost.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Collate

from core.errors import plain
from core.transactions import one_snapshot
from floor.choices import CommandKind, CommandState
from floor.models import Device, FloorCommand
from inventory.choices import LotKind, LotState, Tracking
from inventory.models import Lot, StockBalance
from production.choices import OPEN_TASK_STATES, BillLineKind, OrderKind
from production.models import BillOfMaterialsSubstitute, ManufacturingOrderComponent, Operator, Reason, Task
from sites.access import Access

MOST_TASKS = 200
MOST_LOTS = 500
_LAST_USES = 20
_IDS = {"item_id", "instead_ids"}


def devices(access: Access) -> QuerySet[Device]:
    """The tablets of the sites whose floor he may see."""
    return Device.objects.filter(access.q(sites=["site"]))


def commands(access: Access) -> QuerySet[FloorCommand]:
    """What the tablets of these sites sent."""
    return FloorCommand.objects.filter(access.q(sites=["site"]))


def conflicts(access: Access) -> QuerySet[FloorCommand]:
    """What waits for a supervisor there."""
    return commands(access).filter(state=CommandState.CONFLICT)


def everything(device: Device, *, now: datetime) -> dict[str, Any]:
    """All that the tablet needs, as JSON: one snapshot, so that what it counts up to is what its tasks show."""
    with one_snapshot():
        return _everything(device, now)


def _everything(device: Device, now: datetime) -> dict[str, Any]:
    device.refresh_from_db(fields=["last_sequence"])
    rows = open_tasks(device)
    parts = _parts(rows)
    uses = _uses(rows)
    return {
        "as_of": now.isoformat(),
        "device": _device(device),
        "operators": [_operator(row) for row in _operators(device)],
        "reasons": _reasons(device),
        "lots": _lots(device, _items(parts)),
        "tasks": [_task(row, parts[row.pk], uses[row.pk]) for row in rows],
    }


def open_tasks(device: Device) -> list[Task]:
    """The open tasks of the device's site, by their orders' rank, then by when they are due."""
    rows = Task.objects.filter(site_id=device.site_id, state__in=OPEN_TASK_STATES, is_service=False)
    rows = rows.annotate(is_last=~Exists(Task.objects.filter(order=OuterRef("order"), number__gt=OuterRef("number"))))
    ranked = rows.order_by(Collate("order__priority__rank", "C").asc(nulls_last=True), "due_at", "pk")
    return list(ranked.select_related("order__item__unit", "work_center")[:MOST_TASKS])


def _device(device: Device) -> dict[str, Any]:
    center = device.work_center
    return {
        "id": device.pk,
        "name": device.name,
        "site": device.site.name,
        "zone": device.site.time_zone,
        "work_center": {"id": center.pk, "name": center.name} if center else None,
        "last_sequence": device.last_sequence,
        "conflicts": FloorCommand.objects.filter(device=device, state=CommandState.CONFLICT).count(),
    }


def _operators(device: Device) -> Iterable[Operator]:
    return Operator.objects.filter(site_id=device.site_id, archived_at=None).order_by("name", "pk")


def _operator(row: Operator) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "team": row.team_id,
        "work_center": row.work_center_id,
        "badge": row.badge_hash,
    }


def _reasons(device: Device) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    rows = Reason.objects.filter(Q(site=None) | Q(site=device.site_id), archived_at=None)
    for kind, name in rows.order_by("name", "pk").values_list("kind", "name"):
        found[kind].append(name)
    return dict(found)


def _lots(device: Device, item_ids: set[int]) -> list[dict[str, Any]]:
    """Lots of these items that are at the site, so that a scan is recognized without a link; held ones say so."""
    here = StockBalance.objects.filter(
        location__site=device.site_id, item__in=item_ids, quantity__gt=0, lot__isnull=False
    )
    rows = Lot.objects.filter(pk__in=here.values("lot"), kind=LotKind.STOCK).select_related("item").order_by("-pk")
    return [
        {"number": row.number, "item": row.item.sku, "held": row.state != LotState.OK, "expires_on": row.expires_on}
        for row in rows[:MOST_LOTS]
    ]


def _parts(tasks: list[Task]) -> dict[int, list[dict[str, Any]]]:
    """What each task uses: planned and used so far, and which items may stand `instead`."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = ManufacturingOrderComponent.objects.filter(task__in=tasks, kind=BillLineKind.COMPONENT)
    substitutes = BillOfMaterialsSubstitute.objects.select_related("item").order_by("preference", "pk")
    rows = rows.select_related("item__unit", "bill_line")
    rows = rows.prefetch_related(Prefetch("bill_line__substitutes", queryset=substitutes))
    for row in rows.order_by("line_no", "pk"):
        found[row.task_id or 0].append(
            {
                "item_id": row.item_id,
                "instead_ids": [one.item_id for one in _instead(row)],
                "instead": [one.item.sku for one in _instead(row)],
                "item": row.item.sku,
                "name": row.item.name,
                "unit": row.item.unit.code,
                "decimals": row.item.unit.decimals,
                "tracking": str(row.item.tracking),
                "needed": plain(row.quantity),
                "used": plain(row.posted_quantity),
            }
        )
    return found


def _instead(row: ManufacturingOrderComponent) -> list[BillOfMaterialsSubstitute]:
    """What the recipe lets stand for a component, beside itself."""
    found = row.bill_line.substitutes.all() if row.bill_line else ()
    return [one for one in found if one.item_id != row.item_id]


def _items(parts: dict[int, list[dict[str, Any]]]) -> set[int]:
    return {item_id for each in parts.values() for part in each for item_id in (part["item_id"], *part["instead_ids"])}


def _uses(tasks: list[Task]) -> dict[int, list[dict[str, Any]]]:
    """What was scanned at each task last, newest first; what waits for a supervisor is marked."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = FloorCommand.objects.filter(task__in=tasks, kind=CommandKind.ISSUE).exclude(state=CommandState.DISMISSED)
    for row in rows.order_by("-happened_at", "-pk"):
        if len(found[row.task_id or 0]) < _LAST_USES:
            said = {**row.payload, **row.changed}
            names = {name: str(said.get(name) or "") for name in ("item", "lot", "quantity")}
            found[row.task_id or 0].append({**names, "at": row.happened_at.isoformat(), "state": str(row.state)})
    return found


def _task(row: Task, parts: list[dict[str, Any]], uses: list[dict[str, Any]]) -> dict[str, Any]:
    item = row.order.item
    is_made = row.order.kind != OrderKind.DISASSEMBLY
    return {
        "id": row.pk,
        "number": row.number,
        "name": row.name,
        "order": row.order.number,
        "item": item.sku,
        "item_name": item.name,
        "unit": item.unit.code,
        "decimals": item.unit.decimals,
        # What the last operation must name of its good ones: a lot, a serial number each, or nothing.
        "names": str(item.tracking) if _is_last(row) and is_made and item.tracking != Tracking.NONE else "",
        "lot": row.order.lot_number,
        "quantity": plain(row.quantity),
        "state": str(row.state),
        "good": plain(row.good_quantity),
        "scrap": plain(row.scrapped_quantity),
        "rework": plain(row.rework_quantity),
        "planned_minutes": plain(_planned_minutes(row)),
        "spent_minutes": plain(row.spent_minutes),
        "resumed_at": row.resumed_at and row.resumed_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "work_center": {"id": row.work_center_id, "name": row.work_center.name},
        "operator": row.operator_id,
        "team": row.team_id,
        "waits_for": row.waits_for,
        "blocked": row.blocked_reason if row.blocked_at else "",
        "pause_reason": row.pause_reason,
        "help": bool(row.help_called_at),
        "instructions": row.instructions,
        "parts": [{name: value for name, value in part.items() if name not in _IDS} for part in parts],
        "uses": uses,
    }


def _is_last(row: Task) -> bool:
    """Whether no operation of its order comes after it; told with the rows."""
    return bool(getattr(row, "is_last", False))


def _planned_minutes(row: Task) -> Decimal:
    run = row.run_time_minutes_per_unit * row.start_quantity / (row.work_center.efficiency_factor or Decimal(1))
    return round(row.setup_time_minutes + run, 2)


def shown_pictures(device: Device) -> set[int]:
    """Ids of the pictures in the instructions of the site's open tasks: these and no others are served to a tablet."""
    rows = Task.objects.filter(site_id=device.site_id, state__in=OPEN_TASK_STATES).exclude(instructions=[])
    steps = (step for instructions in rows.values_list("instructions", flat=True) for step in instructions)
    return {step["attachment_id"] for step in steps if step.get("attachment_id")}
