"""Purchase history: orders of the past with what came of them. It moves no stock."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import InvalidInput
from core.quantities import fits
from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, checked, choice, day, decimal, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.nouns import orders
from integrations.imports.nouns.orders import Group
from integrations.imports.nouns.supplier_items import suppliers
from integrations.imports.resolving import Problems, one
from inventory.models import Item
from purchasing.drafts import HistoricalLine, HistoricalOrder
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Supplier
from purchasing.services.receipts import record_history
from sites import rules
from sites.models import Site

_HEAD = ("supplier", "site", "ordered_on", "received_on", "currency", "state", "number")
_NOON = time(12)


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    company = context.need_company()
    problems = Problems()
    found = suppliers(rows, context, problems)
    site_of = resolving.site_or_default(rows, resolving.sites(rows, context, problems), context, problems)
    items = resolving.items(rows, context, problems)
    for row in rows:
        _check(row, one(items, row, "item"), context, problems)
    groups = orders.grouped(rows, _HEAD, problems)
    problems.stop()

    known = orders.known(PurchaseOrder, company.pk, [group.reference for group in groups])
    new, old = orders.split(groups, known)
    lines = orders.quantities(PurchaseOrderLine, [order.pk for _, order in old])
    outcome = orders.left_alone(old, lines, lambda group: orders.sums(group, items, "ordered_quantity"))
    drafts = [_draft(group, context, found, site_of, items) for group in new]
    try:
        written = record_history(drafts, now=context.now, actor=context.actor)
    except InvalidInput as error:
        orders.refuse_by_row(error, new, {"quantity": "ordered_quantity"}, problems)
    else:
        outcome.created += written.orders
        outcome.notes.append(f"{written.lines} lines and {written.receipts} receipts of the past were written.")
    return outcome


def _check(row: Row, item: Item | None, context: Context, problems: Problems) -> None:
    ordered, received, rejected = _quantities(row)
    if ordered == 0:
        problems.add(row, "ordered_quantity", "It must be greater than 0.")
    if rejected > received:
        problems.add(row, "rejected_quantity", f"Only {received} were received.")
    if received - rejected > ordered:
        problems.add(row, "received_quantity", f"Only {ordered} were ordered.")
    if "received_on" in row and row["received_on"] > context.now.date():
        problems.add(row, "received_on", "It lies in the future.")
    if item is None:
        return
    for name in ("ordered_quantity", "received_quantity", "rejected_quantity"):
        quantity = row.get(name, Decimal(0)) * row.get("unit_factor", Decimal(1))
        if not fits(quantity, item.unit.decimals):
            message = f"It is {quantity.normalize():f} {item.unit.code}, which has {item.unit.decimals} decimals."
            problems.add(row, name, message)


def _quantities(row: Row) -> tuple[Decimal, Decimal, Decimal]:
    """Ordered, received in all, and rejected of these."""
    zero = Decimal(0)
    return row["ordered_quantity"], row.get("received_quantity", zero), row.get("rejected_quantity", zero)


def _draft(
    group: Group,
    context: Context,
    found: Mapping[str, Supplier],
    site_of: Callable[[Row], Site | None],
    items: Mapping[str, Item],
) -> HistoricalOrder:
    supplier, site = found[group.first["supplier"].lower()], site_of(group.first)
    assert site is not None  # refused before
    received_on = group.head("received_on", group.head("ordered_on"))
    return HistoricalOrder(
        company_id=context.need_company().pk,
        supplier_id=supplier.pk,
        site_id=site.pk,
        currency=group.head("currency", supplier.currency),
        ordered_on=group.head("ordered_on"),
        received_at=datetime.combine(received_on, _NOON, ZoneInfo(site.time_zone)),
        lines=[_line(row, items) for row in group.rows],
        is_closed=group.head("state", "finished") == "finished",
        number=group.head("number", ""),
        expected_on=group.head("expected_on"),
        external_reference=group.reference,
    )


def _line(row: Row, items: Mapping[str, Item]) -> HistoricalLine:
    ordered, received, rejected = _quantities(row)
    optional: dict[str, Any] = {name: row[name] for name in ("unit_label", "unit_factor", "expected_on") if name in row}
    return HistoricalLine(
        item_id=items[row["item"].lower()].pk,
        ordered_quantity=ordered,
        received_quantity=received - rejected,
        rejected_quantity=rejected,
        unit_price=row["unit_price"],
        **optional,
    )


IMPORTER = Importer(
    noun="purchase-history",
    help="Orders of the past of a company (--company) with what was received, a row for each line. Receipts are "
    "marked historical and move no stock; what a finished order never got is closed short, an open one stays open.",
    write=_write,
    counted="orders",
    part_rows=None,
    fields=(
        Field("reference", text(100), is_required=True, aliases=("order", "order number", "external reference")),
        Field("supplier", text(32), is_required=True, aliases=("supplier code", "vendor")),
        Field("item", text(64), is_required=True, aliases=("sku", "item number", "part number", "product number")),
        Field("ordered_quantity", decimal(), is_required=True, aliases=("quantity", "qty", "order quantity")),
        Field("unit_price", decimal(decimals=8), is_required=True, aliases=("price",)),
        Field("ordered_on", day, is_required=True, aliases=("order date", "ordered")),
        Field("received_on", day, aliases=("received", "receipt date"), help="The order's date if not given."),
        Field("received_quantity", decimal(), aliases=("received qty",), help="All that came, rejected or not."),
        Field("rejected_quantity", decimal(), aliases=("rejected qty",), help="What of it went back."),
        Field("expected_on", day, aliases=("expected", "due", "due date")),
        Field("site", text(32), aliases=("site code", "ship to"), help="--site if not given."),
        Field("state", choice(("finished", "open")), aliases=("status",), help="finished if not given."),
        Field("unit_label", text(16), aliases=("unit", "uom"), help="What the supplier calls his unit."),
        Field("unit_factor", decimal(decimals=10), help="Stocking units in one of the supplier's; 1 if not given."),
        Field("currency", checked(rules.check_currency, 3), help="The supplier's if not given."),
        Field("number", text(32), help="Our own number; PO-1001 and so on if not given."),
    ),
)
