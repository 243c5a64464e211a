"""Bills of materials: a row for each line, in one table with the bill's own fields."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, boolean, day, decimal, text, whole
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import outcome_of, picked
from integrations.imports.resolving import Problems, one
from production.errors import BillCycle
from production.services.bills_many import BillKey, BillRow, put_many

_LINE = (
    *("line_no", "quantity_per", "fixed_quantity", "scrap_factor"),
    *("valid_from_on", "valid_until_on", "note"),
)
# Field of the row → field of the bill.
_HEAD = {
    "code": "code",
    "bill_quantity": "quantity",
    "yield_factor": "yield_factor",
    "lead_time_days": "lead_time_days",
}


@dataclass
class _Bill:
    fields: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    problems = Problems()
    items = resolving.items(rows, context, problems)
    components = resolving.items(rows, context, problems, "component")
    sites = resolving.sites(rows, context, problems)
    bills: dict[BillKey, _Bill] = {}
    for row in rows:
        item, component, site = one(items, row, "item"), one(components, row, "component"), one(sites, row, "site")
        if item is None or component is None:
            continue
        _check(row, problems)
        company = None if row.get("is_shared") else (context.company or (site.default_owner if site else None))
        key = BillKey(item.pk, company.pk if company else None, site.pk if site else None, row.get("revision", ""))
        bill = bills.setdefault(key, _Bill())
        _add_head(row, bill, problems)
        bill.lines.append({**picked(row, _LINE), "component_id": component.pk})
    problems.stop()
    wanted = [BillRow(key, bill.fields, bill.lines) for key, bill in bills.items()]
    try:
        return outcome_of(put_many(wanted, now=context.now, actor=context.actor))
    except BillCycle as error:
        _blame(error, rows, problems)
        raise


def _check(row: Row, problems: Problems) -> None:
    if row["quantity_per"] == 0 and not row.get("fixed_quantity"):
        problems.add(row, "quantity_per", "0 is not allowed without a fixed quantity.")
    if row.get("scrap_factor", 0) >= 1:
        problems.add(row, "scrap_factor", "It is a part of 1: 0.05 is one in twenty.")
    if row.get("yield_factor") == 0:
        problems.add(row, "yield_factor", "It must be above 0.")
    if row.get("bill_quantity") == 0:
        problems.add(row, "bill_quantity", "It must be above 0.")
    if "valid_from_on" in row and "valid_until_on" in row and row["valid_until_on"] <= row["valid_from_on"]:
        problems.add(row, "valid_until_on", f"It is not after {row['valid_from_on']}, when the line begins.")
    if row["item"].lower() == row["component"].lower():
        problems.add(row, "component", "An item is no component of itself.")


def _add_head(row: Row, bill: _Bill, problems: Problems) -> None:
    for name, column in _HEAD.items():
        if name in row and bill.fields.setdefault(column, row[name]) != row[name]:
            problems.add(row, name, f"Another row of this bill says {bill.fields[column]}.")


def _blame(error: BillCycle, rows: Sequence[Row], problems: Problems) -> None:
    """Name a row of the file that is a step on the way from an item back to itself, if one is."""
    path = [sku.lower() for sku in error.details["path"]]
    steps = set(pairwise(path))
    for row in rows:
        if (row["item"].lower(), row["component"].lower()) in steps:
            problems.add(row, "component", error.errors["component"])
            break
    problems.stop()


IMPORTER = Importer(
    noun="bills-of-materials",
    help="Recipes, a row for each line. They are the company's (--company), of one site, or with is_shared of all. "
    "Lines that a file does not have stay.",
    key=("item", "site", "revision", "is_shared", "component", "valid_from_on", "line_no"),
    write=_write,
    part_rows=None,
    fields=(
        Field("item", text(64), is_required=True, aliases=("parent", "parent item", "assembly", "product", "sku")),
        Field("component", text(64), is_required=True, aliases=("component item", "child", "part", "material")),
        Field("quantity_per", decimal(), is_required=True, aliases=("quantity", "qty", "qty per")),
        Field("site", text(32), aliases=("site code",)),
        Field("revision", text(32), aliases=("rev", "version")),
        Field("is_shared", boolean, aliases=("shared",)),
        Field("code", text(64), aliases=("bill", "bom code")),
        Field("bill_quantity", decimal(), aliases=("batch quantity", "for quantity"), help="1 if not given."),
        Field("yield_factor", decimal(decimals=10, largest=1), aliases=("yield",), help="0.98: two in 100 fail."),
        Field("lead_time_days", whole(largest=10_000), aliases=("lead time",)),
        Field("line_no", whole(smallest=1), aliases=("line", "position", "pos")),
        Field("fixed_quantity", decimal(), aliases=("fixed",), help="Per order, whatever its quantity."),
        Field("scrap_factor", decimal(decimals=10, largest=1), aliases=("scrap",), help="0.05: one in twenty."),
        Field("valid_from_on", day, aliases=("valid from", "start date", "effective from")),
        Field("valid_until_on", day, aliases=("valid until", "end date"), help="The first day it holds no more."),
        Field("note", text(200), aliases=("remark",)),
    ),
)
