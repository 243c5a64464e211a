"""Bills of materials: making, changing, putting away. An item is never a component of itself, at any level."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core import versions
from core.dates import check_dates
from core.errors import InvalidInput
from core.quantities import fits, to_decimal
from core.transactions import service
from inventory.drafts import LevelKey
from inventory.models import Item, ItemCompany
from production import events, locks
from production.drafts import BillDraft, BillLineChange, BillLineDraft, BillLineEdit
from production.errors import BillCycle
from production.models import BillOfMaterials, BillOfMaterialsLine
from production.selectors.explosion import cycle_through
from production.services import lead_times
from sites.access import PLANNERS, require
from sites.models import Site

_QUANTITY_DECIMALS = 6
_RATE_DECIMALS = 10
_HEAD = ("code", "revision", "quantity", "yield_factor", "lead_time_days", "valid_from_on", "valid_until_on")
_LINE = ("quantity_per", "fixed_quantity", "scrap_factor", "valid_from_on", "valid_until_on", "note", "line_no")


@service
def create(draft: BillDraft, *, now: datetime, actor: Any) -> BillOfMaterials:
    """A new bill of materials with its lines. Emits `bill_of_materials.created`.

    Keeps other changes of recipes out until the commit.

    :raises InvalidInput: naming each field that is wrong, such as `lines.0.component`.
    :raises BillCycle: naming the way from the item back to itself.
    """
    site = _site(draft.site_id)
    company_id = draft.company_id or (site.default_owner_id if site else None)
    require(actor, company_id=company_id, site_id=draft.site_id, roles=PLANNERS)
    head = {name: getattr(draft, name) for name in _HEAD}
    bill = BillOfMaterials(item_id=draft.item_id, company_id=company_id, site=site, **_checked_head(head))
    lines = _new_lines(bill, draft.lines, "lines")

    locks.structure()

    _check(bill, lines)

    bill.save(force_insert=True)
    for line in lines:
        line.bill_id = bill.pk
    BillOfMaterialsLine.objects.bulk_create(lines)
    if company_id is not None:
        ItemCompany.objects.filter(item_id=bill.item_id, company_id=company_id, is_made=False).update(is_made=True)
    _record("created", bill, now=now, actor=actor)
    return bill


@service
def change(
    bill_id: int,
    *,
    changes: dict[str, Any] | None = None,
    line_edits: Sequence[BillLineEdit] = (),
    expected: int | None = None,
    now: datetime,
    actor: Any,
) -> BillOfMaterials:
    """Change fields of a bill and some of its lines; what is not named stays. Emits `bill_of_materials.changed`.

    Orders that are released keep what they froze; planned ones take it when they are released.

    :raises StaleVersion: when the bill's version is no longer the one `expected`.
    :raises InvalidInput, BillCycle: as `create`.
    """
    changes = _checked_head(changes or {})

    locks.structure()
    bill = locks.bill(bill_id)
    require(actor, company_id=bill.company_id, site_id=bill.site_id, roles=PLANNERS)
    versions.check(bill, expected)
    if bill.archived_at is not None:
        raise InvalidInput(errors={"bill": f"{bill} is archived."})

    for name, value in changes.items():
        setattr(bill, name, value)
    kept, new, removed = _edited_lines(bill, line_edits)
    _check(bill, [*kept, *new])

    _write(bill, changes, kept, new, removed)
    _record("changed", bill, now=now, actor=actor)
    return bill


@service
def archive(bill_id: int, *, now: datetime, actor: Any) -> BillOfMaterials:
    """Put a bill away: no new order follows it. Emits `bill_of_materials.archived`."""
    locks.structure()
    bill = locks.bill(bill_id)
    require(actor, company_id=bill.company_id, site_id=bill.site_id, roles=PLANNERS)
    if bill.archived_at is None:
        bill.archived_at = now
        bill.version += 1
        bill.save(update_fields=["archived_at", "version"])
        _record("archived", bill, now=now, actor=actor)
    return bill


def _site(site_id: int | None) -> Site | None:
    if site_id is None:
        return None
    site = Site.objects.filter(pk=site_id, archived_at=None).first()
    if site is None:
        raise InvalidInput(errors={"site": "Not found."})
    return site


def _checked_head(values: dict[str, Any]) -> dict[str, Any]:
    """The head's fields with their numbers checked; only those that are given."""
    if unknown := values.keys() - set(_HEAD):
        raise InvalidInput(errors=dict.fromkeys(sorted(unknown), "There is no such field to change."))
    values = dict(values)
    check_dates(values)
    if "quantity" in values:
        values["quantity"] = _number(values["quantity"], "quantity", decimals=_QUANTITY_DECIMALS)
        if values["quantity"] <= 0:
            raise InvalidInput(errors={"quantity": f"{values['quantity']} is not allowed; it must be greater than 0."})
    if "yield_factor" in values:
        values["yield_factor"] = _number(values["yield_factor"], "yield_factor", decimals=_RATE_DECIMALS)
        if not 0 < values["yield_factor"] <= 1:
            text = f"{values['yield_factor']} is not allowed; the good part is above 0 and at most 1."
            raise InvalidInput(errors={"yield_factor": text})
    if values.get("lead_time_days") is not None and values["lead_time_days"] < 0:
        raise InvalidInput(errors={"lead_time_days": f"{values['lead_time_days']} is not allowed; it is 0 or more."})
    return values


def _new_lines(bill: BillOfMaterials, drafts: Sequence[BillLineDraft], field: str) -> list[BillOfMaterialsLine]:
    lines = []
    for place, draft in enumerate(drafts):
        values = {name: getattr(draft, name) for name in _LINE}
        values["line_no"] = values["line_no"] or place + 1
        lines.append(_line(BillOfMaterialsLine(bill=bill, component_id=draft.component_id), values, f"{field}.{place}"))
    return lines


def _line(line: BillOfMaterialsLine, values: Mapping[str, Any], field: str) -> BillOfMaterialsLine:
    """Put checked values on a line."""
    if unknown := values.keys() - {*_LINE, "component_id"}:
        raise InvalidInput(errors={f"{field}.{name}": "There is no such field to change." for name in sorted(unknown)})
    check_dates(values, prefix=f"{field}.")
    for name, value in values.items():
        decimals = {"quantity_per": _QUANTITY_DECIMALS, "fixed_quantity": _QUANTITY_DECIMALS}.get(name)
        decimals = _RATE_DECIMALS if name == "scrap_factor" else decimals
        setattr(line, name, value if decimals is None else _number(value, f"{field}.{name}", decimals=decimals))
    errors = {}
    for name in ("quantity_per", "fixed_quantity"):
        if getattr(line, name) < 0:
            errors[f"{field}.{name}"] = f"{getattr(line, name)} is not allowed; it is 0 or more."
    if line.quantity_per == 0 and line.fixed_quantity == 0:
        errors[f"{field}.quantity_per"] = "0 is not allowed without a fixed quantity."
    if not 0 <= line.scrap_factor < 1:
        errors[f"{field}.scrap_factor"] = f"{line.scrap_factor} is not allowed; it is from 0 to less than 1."
    errors |= _date_errors(line.valid_from_on, line.valid_until_on, f"{field}.")
    if errors:
        raise InvalidInput(errors=errors)
    return line


def _number(value: object, field: str, *, decimals: int) -> Decimal:
    number = to_decimal(value, field=field)
    if not fits(number, decimals):
        raise InvalidInput(errors={field: f"{number} has more than {decimals} decimals."})
    return number


def _date_errors(begins: date | None, ends: date | None, prefix: str) -> dict[str, str]:
    if begins and ends and ends <= begins:
        return {f"{prefix}valid_until_on": f"{ends} is not after {begins}, when it begins."}
    return {}


def _edited_lines(
    bill: BillOfMaterials, edits: Sequence[BillLineEdit]
) -> tuple[list[BillOfMaterialsLine], list[BillOfMaterialsLine], list[int]]:
    """The lines that stay (changed or not), the new ones, and the ids of those taken out."""
    lines = {line.pk: line for line in bill.lines.order_by("line_no", "pk")}
    next_no = max((line.line_no for line in lines.values()), default=0) + 1
    new, removed = [], []
    for place, edit in enumerate(edits):
        field = f"lines.{place}"
        if isinstance(edit, BillLineDraft):
            values = {name: getattr(edit, name) for name in _LINE}
            values["line_no"] = values["line_no"] or next_no
            next_no = max(next_no, values["line_no"]) + 1
            new.append(_line(BillOfMaterialsLine(bill=bill, component_id=edit.component_id), values, field))
            continue
        line = lines.get(edit.line_id)
        if line is None:
            raise InvalidInput(errors={f"{field}.id": f"{bill} has no line {edit.line_id}."})
        if isinstance(edit, BillLineChange):
            _line(line, edit.values, field)
        else:
            removed.append(edit.line_id)
            del lines[edit.line_id]
    return list(lines.values()), new, removed


def _check(bill: BillOfMaterials, lines: Sequence[BillOfMaterialsLine]) -> None:
    """What only the recipe as a whole can tell; the caller holds `locks.structure`."""
    errors = _date_errors(bill.valid_from_on, bill.valid_until_on, "")
    if not lines:
        errors["lines"] = "A bill of materials needs at least one line."
    numbers = [line.line_no for line in lines]
    for place, line in enumerate(lines):
        if numbers.index(line.line_no) < place:
            errors[f"lines.{place}.line_no"] = f"There are two lines {line.line_no}."
    errors |= _item_errors(bill, lines)
    if not errors and _is_taken(bill):
        errors["revision"] = "There is one already for this item, site, company, revision and first day."
    if errors:
        raise InvalidInput(errors=errors)
    _check_cycle(bill, lines)


def _item_errors(bill: BillOfMaterials, lines: Sequence[BillOfMaterialsLine]) -> dict[str, str]:
    wanted = {bill.item_id, *(line.component_id for line in lines)}
    any_sight = ItemCompany.objects.filter(item_id=OuterRef("pk"))
    items = Item.objects.filter(pk__in=wanted)
    if bill.company_id is not None:
        items = items.filter(~Exists(any_sight) | Exists(any_sight.filter(company_id=bill.company_id)))
    known = {item.pk: item for item in items}
    errors: dict[str, str] = {} if bill.item_id in known else {"item": "Not found."}
    for place, line in enumerate(lines):
        component = known.get(line.component_id)
        if component is None:
            errors[f"lines.{place}.component"] = "Not found."
        elif component.archived_at is not None and not line.pk:
            errors[f"lines.{place}.component"] = f"{component.sku} is archived."
    return errors


def _is_taken(bill: BillOfMaterials) -> bool:
    same = Q(revision=bill.revision, item_id=bill.item_id, company_id=bill.company_id, site_id=bill.site_id)
    others = BillOfMaterials.objects.filter(same, valid_from_on=bill.valid_from_on)
    return others.exclude(pk=bill.pk).exists()


def _check_cycle(bill: BillOfMaterials, lines: Iterable[BillOfMaterialsLine]) -> None:
    lines = list(lines)
    path = cycle_through(
        item_id=bill.item_id,
        component_ids=sorted({line.component_id for line in lines}),
        company_id=bill.company_id,
        site_id=bill.site_id,
        bill_id=bill.pk,
    )
    if path is None:
        return
    first = Item.objects.only("pk").get(sku=path[1]).pk
    place = next(place for place, line in enumerate(lines) if line.component_id == first)
    raise BillCycle(path=path, field=f"lines.{place}.component")


def _write(
    bill: BillOfMaterials,
    changes: dict[str, Any],
    kept: Sequence[BillOfMaterialsLine],
    new: Sequence[BillOfMaterialsLine],
    removed: Sequence[int],
) -> None:
    bill.version += 1
    bill.save(update_fields=[*changes, "version"])
    BillOfMaterialsLine.objects.filter(pk__in=list(removed)).delete()
    BillOfMaterialsLine.objects.bulk_update(kept, [*_LINE, "component"])
    BillOfMaterialsLine.objects.bulk_create(new)


def _record(verb: str, bill: BillOfMaterials, *, now: datetime, actor: Any) -> None:
    changed = [] if verb == "created" else [bill.pk]
    keys = lead_times.follow_bills([bill.item_id], on=now.date(), changed_bill_ids=changed)
    if verb != "archived" and bill.site is not None and bill.lead_time_days is not None:
        key = LevelKey(bill.item_id, bill.site.pk, bill.company_id or bill.site.default_owner_id)
        keys |= lead_times.put({key: bill.lead_time_days})
    events.record_bill(verb, bill, keys=keys, actor=actor)
