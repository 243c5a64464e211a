"""Many bills of materials at once, for imports: the set-based sibling of `production.services.bills`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from django.db.models import Q

from core.upserts import Put, Wanted, put
from inventory.events import record_change
from inventory.models import Item
from production import locks
from production.errors import BillCycle
from production.models import BillOfMaterials, BillOfMaterialsLine
from production.services import lead_times
from sites import access


class BillKey(NamedTuple):
    """What tells one bill from another; company and site None: shared by all."""

    item_id: int
    company_id: int | None
    site_id: int | None
    revision: str = ""
    valid_from_on: date | None = None


@dataclass(frozen=True)
class BillRow:
    """A bill to be written; `lines` have `component_id` and `quantity_per`, and perhaps `line_no`."""

    key: BillKey
    fields: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[Mapping[str, Any]] = ()


def put_many(rows: Sequence[BillRow], *, now: datetime, actor: Any) -> Put[BillOfMaterials]:
    """Write bills by key with checked fields, and their lines; fields and lines that are not given stay.

    A line is known by its `line_no`, or without one by its component and first day. A bill counts as changed when one
    of its lines is. Keeps other changes of recipes out until the commit. Emits `bill_of_materials.created` and
    `bill_of_materials.changed`.

    :raises BillCycle: naming the way from an item back to itself.
    """
    for company_id, site_id in {(row.key.company_id, row.key.site_id) for row in rows}:
        access.require(actor, company_id=company_id, site_id=site_id, roles=access.PLANNERS)
    locks.structure()
    known = _known(rows)
    wanted = [
        Wanted(bill, dict(row.fields)) if (bill := known.get(row.key)) else Wanted(None, {**row.fields, **_new(row)})
        for row in rows
    ]
    result = put(BillOfMaterials, wanted)
    _count_changed(result, _put_lines(rows, result))
    if result.created or result.changed:
        _check_cycles({bill.company_id for bill in (*result.created, *result.changed)})
        _record(result, now=now, actor=actor)
    return result


def _new(row: BillRow) -> dict[str, Any]:
    return row.key._asdict()


def _known(rows: Sequence[BillRow]) -> dict[BillKey, BillOfMaterials]:
    bills = BillOfMaterials.objects.filter(item__in={row.key.item_id for row in rows}, archived_at=None)
    return {
        BillKey(bill.item_id, bill.company_id, bill.site_id, bill.revision, bill.valid_from_on): bill for bill in bills
    }


def _put_lines(rows: Sequence[BillRow], result: Put[BillOfMaterials]) -> set[int]:
    """Write the lines; returns the bills with one that is new or differs."""
    stored: dict[int, list[BillOfMaterialsLine]] = {}
    lines = BillOfMaterialsLine.objects.filter(bill__in=[bill.pk for bill in result.rows]).order_by("line_no")
    for line in lines:
        stored.setdefault(line.bill_id, []).append(line)
    wanted: list[Wanted] = []
    for row, bill in zip(rows, result.rows, strict=True):
        wanted += _wanted_lines(bill, row.lines, stored.get(bill.pk, []))
    put_lines = put(BillOfMaterialsLine, wanted)
    return {line.bill_id for line in (*put_lines.created, *put_lines.changed)}


def _wanted_lines(
    bill: BillOfMaterials, lines: Sequence[Mapping[str, Any]], stored: Sequence[BillOfMaterialsLine]
) -> Iterable[Wanted]:
    by_number = {line.line_no: line for line in stored}
    by_component = {(line.component_id, line.valid_from_on): line for line in stored}
    numbers = {*by_number, *(line["line_no"] for line in lines if line.get("line_no"))}
    next_no = max(numbers, default=0) + 1
    for fields in lines:
        if number := fields.get("line_no"):
            line = by_number.get(number)
        else:
            line = by_component.get((fields["component_id"], fields.get("valid_from_on")))
            number = line.line_no if line else next_no
            next_no += line is None
        values = {**fields, "line_no": number}
        yield Wanted(line, values if line else {**values, "bill_id": bill.pk})


def _check_cycles(company_ids: set[int | None]) -> None:
    """Look for a way back over all recipes that these companies' could be combined with: one query, a walk in memory.

    A shared recipe combines with everybody's.
    """
    lines = BillOfMaterialsLine.objects.filter(bill__archived_at=None)
    if None not in company_ids:
        lines = lines.filter(Q(bill__company__in=company_ids) | Q(bill__company=None))
    below: dict[int, list[int]] = {}
    for item_id, component_id in lines.values_list("bill__item_id", "component_id").order_by("pk"):
        below.setdefault(item_id, []).append(component_id)
    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        way = error.args[1][::-1]
        skus = dict(Item.objects.filter(pk__in=way).values_list("pk", "sku"))
        raise BillCycle(path=[skus[step] for step in way], field="component") from None


def _count_changed(result: Put[BillOfMaterials], ids: set[int]) -> None:
    moved = [bill for bill in result.unchanged if bill.pk in ids]
    result.changed += moved
    result.unchanged = [bill for bill in result.unchanged if bill.pk not in ids]


def _record(result: Put[BillOfMaterials], *, now: datetime, actor: Any) -> None:
    touched = [*result.created, *result.changed]
    changed = [bill.pk for bill in result.changed]
    keys = lead_times.follow_bills({bill.item_id for bill in touched}, on=now.date(), changed_bill_ids=changed)
    for verb, bills in (("created", result.created), ("changed", result.changed)):
        for company_id in {bill.company_id for bill in bills}:
            own = [bill for bill in bills if bill.company_id == company_id]
            record_change(
                f"bill_of_materials.{verb}",
                documents=[("bill_of_materials", bill.pk) for bill in own],
                keys=[key for key in keys if key.used_by_id == (company_id or key.used_by_id)],
                company_ids=[company_id] if company_id else [],
                site_ids={bill.site_id for bill in own if bill.site_id},
                actor=actor,
            )
