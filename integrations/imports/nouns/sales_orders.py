"""Sales orders: a row for each line; a reference imports an order once."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from core.errors import InvalidInput
from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, choice, day, decimal, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.nouns import orders
from integrations.imports.nouns.orders import Group
from integrations.imports.resolving import Problems, one
from inventory.models import Item, UnitOfMeasure
from sales.drafts import LineDraft, OrderDraft
from sales.models import Customer, SalesOrder, SalesOrderLine
from sales.services import sales_orders
from sites.models import Site

_HEAD = ("customer", "ordered_on", "currency", "note", "number", "state")


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    company = context.need_company()
    problems = Problems()
    customers = _customers(rows, context, problems)
    sites = resolving.sites(rows, context, problems)
    site_of = resolving.site_or_default(rows, sites, context, problems)
    items = resolving.items(rows, context, problems)
    units = resolving.units(rows, problems)
    orders.refuse_none(rows, problems)
    groups = orders.grouped(rows, _HEAD, problems)
    problems.stop()

    known = orders.known(SalesOrder, company.pk, [group.reference for group in groups])
    new, old = orders.split(groups, known)
    lines = orders.quantities(SalesOrderLine, [order.pk for _, order in old])
    outcome = orders.left_alone(old, lines, lambda group: orders.sums(group, items, "quantity"))
    for is_open in (True, False):
        part = [group for group in new if (group.head("state", "open") == "open") is is_open]
        drafts = [_draft(group, context, customers, site_of, items, units) for group in part]
        try:
            sales_orders.create_many(drafts, is_open=is_open, now=context.now, actor=context.actor)
        except InvalidInput as error:
            orders.refuse_by_row(error, part, {}, problems)
        outcome.created += len(part)
    return outcome


def _customers(rows: Sequence[Row], context: Context, problems: Problems) -> dict[str, Customer]:
    queryset = Customer.objects.filter(company=context.need_company())
    found = resolving.by_key(queryset, "code", (row["customer"] for row in rows))
    for row in rows:
        if row["customer"].lower() not in found:
            problems.add(row, "customer", f"{context.need_company().code} has no customer with this code.")
    return found


def _draft(
    group: Group,
    context: Context,
    customers: Mapping[str, Customer],
    site_of: Callable[[Row], Site | None],
    items: Mapping[str, Item],
    units: dict[str, UnitOfMeasure],
) -> OrderDraft:
    return OrderDraft(
        customer_id=customers[group.first["customer"].lower()].pk,
        site_id=orders.site_id(group.first, site_of),
        company_id=context.need_company().pk,
        number=group.head("number", ""),
        currency=group.head("currency", ""),
        ordered_on=group.head("ordered_on"),
        need_by_on=group.head("need_by_on"),
        note=group.head("note", ""),
        external_reference=group.reference,
        lines=[_line(row, orders.site_id(row, site_of), items, units) for row in group.rows],
    )


def _line(row: Row, site_id: int, items: Mapping[str, Item], units: dict[str, UnitOfMeasure]) -> LineDraft:
    unit = one(units, row, "unit")
    return LineDraft(
        item_id=items[row["item"].lower()].pk,
        quantity=row["quantity"],
        unit_id=unit.pk if unit else None,
        unit_price=row.get("unit_price"),
        discount=row.get("discount", Decimal(0)),
        site_id=site_id,
        need_by_on=row.get("need_by_on"),
        promised_on=row.get("promised_on"),
        description=row.get("description", ""),
    )


IMPORTER = Importer(
    noun="sales-orders",
    help="Orders of the customers of a company (--company), a row for each line. A reference that is there already "
    "is left as it is.",
    write=_write,
    counted="orders",
    part_rows=None,
    fields=(
        Field("reference", text(100), is_required=True, aliases=("order", "order number", "external reference")),
        Field("customer", text(32), is_required=True, aliases=("customer code", "account")),
        Field("item", text(64), is_required=True, aliases=("sku", "item number", "part number", "product number")),
        Field("quantity", decimal(), is_required=True, aliases=("qty", "order quantity")),
        Field("site", text(32), aliases=("site code", "ship from"), help="--site if not given."),
        Field("unit", text(16), aliases=("uom",), help="The stocking unit if not given."),
        Field("unit_price", decimal(decimals=8), aliases=("price",), help="The list price if not given."),
        Field("discount", decimal(decimals=10, largest=1), help="A part of 1: 0.1 is 10 %."),
        Field("need_by_on", day, aliases=("need by", "due", "due date", "requested date", "delivery date")),
        Field("promised_on", day, aliases=("promised", "promise date")),
        Field("ordered_on", day, aliases=("order date", "ordered")),
        Field("currency", text(3)),
        Field("number", text(32), help="Our own number, where the order has one; SO-1001 and so on if not given."),
        Field("state", choice({"open": "open", "quote": "quote"}), aliases=("status",), help="open if not given."),
        Field("note", text(10_000), aliases=("remark", "comment")),
        Field("description", text(200)),
    ),
)
