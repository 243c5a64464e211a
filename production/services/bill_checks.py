"""What a bill of materials may say, checked before it is written; nothing here writes."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.dates import check_dates
from core.errors import InvalidInput
from core.quantities import fits, to_decimal
from inventory.models import Item, ItemCompany
from production.choices import OUTPUT_KINDS, BillKind, BillLineKind
from production.drafts import BillLineChange, BillLineDraft, BillLineEdit, SubstituteDraft
from production.errors import BillCycle
from production.models import BillOfMaterials, BillOfMaterialsLine, BillOfMaterialsSubstitute
from production.selectors.explosion import cycle_through
from sites.models import Site

_QUANTITY_DECIMALS = 6
_RATE_DECIMALS = 10
HEAD = ("kind", "code", "revision", "quantity", "yield_factor", "lead_time_days", "valid_from_on", "valid_until_on")
LINE = (
    *("kind", "quantity_per", "fixed_quantity", "scrap_factor", "cost_share", "operation_number", "supply_site_id"),
    *("valid_from_on", "valid_until_on", "note", "line_no"),
)
_DECIMALS = {
    "quantity_per": _QUANTITY_DECIMALS,
    "fixed_quantity": _QUANTITY_DECIMALS,
    "scrap_factor": _RATE_DECIMALS,
    "cost_share": _RATE_DECIMALS,
}


def checked_head(values: dict[str, Any]) -> dict[str, Any]:
    """The head's fields with their numbers checked; only those that are given."""
    if unknown := values.keys() - set(HEAD):
        raise InvalidInput(errors=dict.fromkeys(sorted(unknown), "There is no such field to change."))
    values = dict(values)
    check_dates(values)
    if values.get("kind", BillKind.MAKE) not in BillKind.values:
        raise InvalidInput(errors={"kind": f"“{values['kind']}” is none of {', '.join(BillKind.values)}."})
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


def new_lines(bill: BillOfMaterials, drafts: Sequence[BillLineDraft], field: str) -> list[BillOfMaterialsLine]:
    lines = []
    for place, draft in enumerate(drafts):
        values = {name: getattr(draft, name) for name in (*LINE, "substitutes")}
        values["line_no"] = values["line_no"] or place + 1
        lines.append(_line(BillOfMaterialsLine(bill=bill, component_id=draft.component_id), values, f"{field}.{place}"))
    return lines


def _line(line: BillOfMaterialsLine, values: Mapping[str, Any], field: str) -> BillOfMaterialsLine:
    """Put checked values on a line; its new substitutes wait on it as `put_substitutes`."""
    if unknown := values.keys() - {*LINE, "component_id", "substitutes"}:
        raise InvalidInput(errors={f"{field}.{name}": "There is no such field to change." for name in sorted(unknown)})
    check_dates(values, prefix=f"{field}.")
    for name, value in values.items():
        if name != "substitutes":
            decimals = _DECIMALS.get(name)
            setattr(line, name, value if decimals is None else _number(value, f"{field}.{name}", decimals=decimals))
    if errors := _line_errors(line, field):
        raise InvalidInput(errors=errors)
    if "substitutes" in values:
        line.put_substitutes = _substitutes(line, values["substitutes"], f"{field}.substitutes")  # type: ignore[attr-defined]
    return line


def _line_errors(line: BillOfMaterialsLine, field: str) -> dict[str, str]:
    errors = {}
    for name in ("quantity_per", "fixed_quantity"):
        if getattr(line, name) < 0:
            errors[f"{field}.{name}"] = f"{getattr(line, name)} is not allowed; it is 0 or more."
    if line.quantity_per == 0 and line.fixed_quantity == 0:
        errors[f"{field}.quantity_per"] = "0 is not allowed without a fixed quantity."
    if not 0 <= line.scrap_factor < 1:
        errors[f"{field}.scrap_factor"] = f"{line.scrap_factor} is not allowed; it is from 0 to less than 1."
    if not 0 <= line.cost_share <= 1:
        errors[f"{field}.cost_share"] = f"{line.cost_share} is not allowed; it is from 0 to 1."
    if line.kind not in BillLineKind.values:
        errors[f"{field}.kind"] = f"“{line.kind}” is none of {', '.join(BillLineKind.values)}."
    if line.cost_share and line.kind != BillLineKind.CO_PRODUCT:
        errors[f"{field}.cost_share"] = "Only a co-product takes a share of the cost."
    if line.scrap_factor and line.kind in OUTPUT_KINDS:
        errors[f"{field}.scrap_factor"] = "What comes out has no scrap of its own."
    if line.operation_number is not None and not 0 < line.operation_number < 2**31:
        errors[f"{field}.operation_number"] = f"{line.operation_number} is no number of an operation, such as 10."
    return errors | _date_errors(line.valid_from_on, line.valid_until_on, f"{field}.")


def _substitutes(
    line: BillOfMaterialsLine, drafts: Sequence[SubstituteDraft], field: str
) -> list[BillOfMaterialsSubstitute]:
    found: list[BillOfMaterialsSubstitute] = []
    for place, draft in enumerate(drafts):
        factor = _number(draft.factor, f"{field}.{place}.factor", decimals=_RATE_DECIMALS)
        if factor <= 0:
            raise InvalidInput(errors={f"{field}.{place}.factor": f"{factor} is not allowed; it is above 0."})
        if draft.item_id == line.component_id or draft.item_id in {one.item_id for one in found}:
            raise InvalidInput(errors={f"{field}.{place}.item": "It is on this line already."})
        if not 0 < draft.preference < 2**15:
            raise InvalidInput(errors={f"{field}.{place}.preference": f"{draft.preference} is no preference, from 1."})
        found.append(
            BillOfMaterialsSubstitute(line=line, item_id=draft.item_id, factor=factor, preference=draft.preference)
        )
    if found and line.kind in OUTPUT_KINDS:
        raise InvalidInput(errors={field: "Only a component has substitutes."})
    return found


def _number(value: object, field: str, *, decimals: int) -> Decimal:
    number = to_decimal(value, field=field)
    if not fits(number, decimals):
        raise InvalidInput(errors={field: f"{number} has more than {decimals} decimals."})
    return number


def _date_errors(begins: date | None, ends: date | None, prefix: str) -> dict[str, str]:
    if begins and ends and ends <= begins:
        return {f"{prefix}valid_until_on": f"{ends} is not after {begins}, when it begins."}
    return {}


def edited_lines(
    bill: BillOfMaterials, edits: Sequence[BillLineEdit]
) -> tuple[list[BillOfMaterialsLine], list[BillOfMaterialsLine], list[int]]:
    """The lines that stay (changed or not), the new ones, and the ids of those taken out."""
    lines = {line.pk: line for line in bill.lines.order_by("line_no", "pk")}
    next_no = max((line.line_no for line in lines.values()), default=0) + 1
    new, removed = [], []
    for place, edit in enumerate(edits):
        field = f"lines.{place}"
        if isinstance(edit, BillLineDraft):
            values = {name: getattr(edit, name) for name in (*LINE, "substitutes")}
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


def check(bill: BillOfMaterials, lines: Sequence[BillOfMaterialsLine]) -> None:
    """What only the recipe as a whole can tell; the caller holds `locks.structure`."""
    errors = _date_errors(bill.valid_from_on, bill.valid_until_on, "")
    if not lines:
        errors["lines"] = "A bill of materials needs at least one line."
    numbers = [line.line_no for line in lines]
    for place, line in enumerate(lines):
        if numbers.index(line.line_no) < place:
            errors[f"lines.{place}.line_no"] = f"There are two lines {line.line_no}."
    errors |= _own_errors(bill, lines) | _item_errors(bill, lines) | _output_errors(bill, lines) | _site_errors(lines)
    if not errors and _is_taken(bill):
        errors["revision"] = "There is one already for this item, site, company, kind, revision and first day."
    if errors:
        raise InvalidInput(errors=errors)
    _check_cycle(bill, lines)


def _own_errors(bill: BillOfMaterials, lines: Sequence[BillOfMaterialsLine]) -> dict[str, str]:
    """The pieces repaired or taken apart are no line of it: the order adds them."""
    if bill.kind not in {BillKind.DISASSEMBLY, BillKind.REWORK}:
        return {}
    text = "It is what the bill is of; its orders take it by themselves."
    return {f"lines.{place}.component": text for place, line in enumerate(lines) if line.component_id == bill.item_id}


def _output_errors(bill: BillOfMaterials, lines: Sequence[BillOfMaterialsLine]) -> dict[str, str]:
    """What comes out: shares of cost leave some for the item itself; of one taken apart they are the whole."""
    errors: dict[str, str] = {}
    outputs = [(place, line) for place, line in enumerate(lines) if line.kind in OUTPUT_KINDS]
    is_apart = bill.kind == BillKind.DISASSEMBLY
    shares = sum((line.cost_share for _place, line in outputs), Decimal(0))
    for place, line in outputs:
        if bill.kind == BillKind.PHANTOM:
            errors[f"lines.{place}.kind"] = "A phantom gives nothing beside itself."
        elif bill.kind == BillKind.REWORK:
            errors[f"lines.{place}.kind"] = "A repair gives nothing beside the item itself."
        elif line.component_id == bill.item_id:
            errors[f"lines.{place}.component"] = "It is what the bill is of."
        elif line.cost_share and shares >= 1 and not is_apart:
            errors[f"lines.{place}.cost_share"] = f"The shares add up to {shares}; they stay below 1."
    if is_apart and lines and shares != 1:
        errors["lines"] = f"What comes out bears the cost: the shares of its co-products add up to {shares}, not 1."
    if is_apart and bill.yield_factor != 1:
        errors["yield_factor"] = "What is taken apart has no yield; say less of what comes out."
    if not is_apart and lines and len(outputs) == len(lines):
        errors["lines"] = "A bill of materials needs a component: something has to go in."
    return errors


def _site_errors(lines: Sequence[BillOfMaterialsLine]) -> dict[str, str]:
    wanted = {line.supply_site_id for line in lines if line.supply_site_id is not None}
    known = set(Site.objects.filter(pk__in=wanted, archived_at=None).values_list("pk", flat=True)) if wanted else set()
    return {
        f"lines.{place}.supply_site": "Not found."
        for place, line in enumerate(lines)
        if line.supply_site_id is not None and line.supply_site_id not in known
    }


def _item_errors(bill: BillOfMaterials, lines: Sequence[BillOfMaterialsLine]) -> dict[str, str]:
    named = [(f"lines.{place}.component", line.component_id, not line.pk) for place, line in enumerate(lines)]
    named += [
        (f"lines.{place}.substitutes.{number}.item", one.item_id, True)
        for place, line in enumerate(lines)
        for number, one in enumerate(getattr(line, "put_substitutes", ()))
    ]
    any_sight = ItemCompany.objects.filter(item_id=OuterRef("pk"))
    items = Item.objects.filter(pk__in={bill.item_id, *(item_id for _field, item_id, _new in named)})
    if bill.company_id is not None:
        items = items.filter(~Exists(any_sight) | Exists(any_sight.filter(company_id=bill.company_id)))
    known = {item.pk: item for item in items}
    errors: dict[str, str] = {} if bill.item_id in known else {"item": "Not found."}
    for field, item_id, is_new in named:
        item = known.get(item_id)
        if item is None:
            errors[field] = "Not found."
        elif item.archived_at is not None and is_new:
            errors[field] = f"{item.sku} is archived."
    return errors


def _is_taken(bill: BillOfMaterials) -> bool:
    same = Q(revision=bill.revision, item_id=bill.item_id, company_id=bill.company_id, site_id=bill.site_id)
    # Both are followed to make the item, so one of them is enough.
    making = (BillKind.MAKE, BillKind.PHANTOM)
    kinds = making if bill.kind in making else (bill.kind,)
    others = BillOfMaterials.objects.filter(same, valid_from_on=bill.valid_from_on, kind__in=kinds)
    return others.exclude(pk=bill.pk).exists()


def _check_cycle(bill: BillOfMaterials, lines: Sequence[BillOfMaterialsLine]) -> None:
    """What comes out of a recipe is no component of it, so only components can lead back to the item."""
    if bill.kind in {BillKind.DISASSEMBLY, BillKind.REWORK}:
        return
    places = {line.component_id: place for place, line in enumerate(lines) if line.kind == BillLineKind.COMPONENT}
    path = cycle_through(
        item_id=bill.item_id,
        component_ids=sorted(places),
        company_id=bill.company_id,
        site_id=bill.site_id,
        bill_id=bill.pk,
    )
    if path is None:
        return
    first = Item.objects.only("pk").get(sku=path[1]).pk
    raise BillCycle(path=path, field=f"lines.{places[first]}.component")
