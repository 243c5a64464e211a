"""What suppliers sell, with price breaks: several rows of a supplier's item are its breaks."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, checked, day, decimal, text, whole
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import outcome_of, picked
from integrations.imports.resolving import Problems, one
from purchasing.models import Supplier
from purchasing.services.supplier_items_many import PriceKey, SupplierItemRow, put_many
from sites import rules

_PLAIN = (
    *("supplier_sku", "unit_label", "unit_factor", "lead_time_days", "order_minimum", "order_multiple"),
    *("order_maximum", "last_cost", "last_received_on", "preference"),
)
_PRICE = ("unit_price", "currency", "valid_until_on")


def suppliers(rows: Sequence[Row], context: Context, problems: Problems) -> dict[str, Supplier]:
    """The company's suppliers that rows name by code."""
    queryset = Supplier.objects.filter(company=context.need_company())
    found = resolving.by_key(queryset, "code", (row.get("supplier") for row in rows))
    for row in rows:
        if "supplier" in row and row["supplier"].lower() not in found:
            problems.add(row, "supplier", f"{context.need_company().code} has no supplier with this code.")
    return found


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    company = context.need_company()
    problems = Problems()
    found = suppliers(rows, context, problems)
    items = resolving.items(rows, context, problems)
    groups: dict[tuple[int, int], tuple[Supplier, dict[str, Any], dict[PriceKey, dict[str, Any]]]] = {}
    for row in rows:
        supplier, item = one(found, row, "supplier"), one(items, row, "item")
        if supplier is None or item is None:
            continue
        _check(row, problems)
        _, fields, prices = groups.setdefault((supplier.pk, item.pk), (supplier, {}, {}))
        fields |= picked(row, _PLAIN)
        if "unit_price" in row:
            prices[row.get("minimum_quantity", Decimal(0)), row.get("valid_from_on")] = picked(row, _PRICE)
    problems.stop()
    wanted = [
        SupplierItemRow(supplier, item_id, fields, prices)
        for (_, item_id), (supplier, fields, prices) in groups.items()
    ]
    return outcome_of(put_many(wanted, company_id=company.pk, actor=context.actor))


def _check(row: Row, problems: Problems) -> None:
    if row.get("unit_factor") == 0:
        problems.add(row, "unit_factor", "It must be greater than 0.")
    if "order_maximum" in row and row["order_maximum"] < row.get("order_minimum", 0):
        problems.add(row, "order_maximum", f"It is below the minimum, {row['order_minimum']}.")
    if "valid_from_on" in row and "valid_until_on" in row and row["valid_until_on"] < row["valid_from_on"]:
        problems.add(row, "valid_until_on", f"It lies before {row['valid_from_on']}, when the price starts.")


IMPORTER = Importer(
    noun="supplier-items",
    help="What the suppliers of a company (--company) sell it, for how much, how fast. A row for each price break.",
    key=("supplier", "item", "minimum_quantity", "valid_from_on"),
    write=_write,
    counted="supplier items",
    part_rows=None,
    fields=(
        Field("supplier", checked(rules.check_code), is_required=True, aliases=("supplier code", "vendor")),
        Field("item", text(64), is_required=True, aliases=("sku", "item number", "part number", "product number")),
        Field("supplier_sku", text(64), aliases=("supplier item", "vendor part number", "supplier part number")),
        Field("unit_label", text(16), aliases=("supplier unit", "unit", "uom"), help="What the supplier calls it."),
        Field("unit_factor", decimal(decimals=10), help="Stocking units in one of the supplier's; 1 if not given."),
        Field("lead_time_days", whole(largest=10_000), aliases=("lead time",)),
        Field("order_minimum", decimal(), aliases=("minimum order", "minimum order quantity", "moq")),
        Field("order_multiple", decimal(), aliases=("multiple", "lot size")),
        Field("order_maximum", decimal(), aliases=("maximum order quantity",)),
        Field("preference", whole(smallest=1, largest=32_767), aliases=("rank",), help="1 is bought first."),
        Field("last_cost", decimal(decimals=8), aliases=("last receipt cost",)),
        Field("last_received_on", day, aliases=("last receipt date",)),
        Field("unit_price", decimal(decimals=8), aliases=("price",), help="Per the supplier's unit."),
        Field("minimum_quantity", decimal(), aliases=("price break", "from quantity"), help="0 if not given."),
        Field("currency", checked(rules.check_currency, 3), help="The supplier's if not given."),
        Field("valid_from_on", day, aliases=("valid from",)),
        Field("valid_until_on", day, aliases=("valid until", "valid to")),
    ),
)
