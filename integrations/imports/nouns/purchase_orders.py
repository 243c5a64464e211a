"""Purchase orders: a row for each line; a reference imports an order once."""

from collections.abc import Callable, Mapping, Sequence

from core.errors import InvalidInput
from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, choice, day, decimal, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.nouns import orders
from integrations.imports.nouns.orders import Group
from integrations.imports.nouns.supplier_items import suppliers
from integrations.imports.resolving import Problems
from inventory.models import Item
from purchasing.drafts import LineDraft, OrderDraft
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Supplier
from purchasing.services import purchase_orders
from sites.models import Site

_HEAD = ("supplier", "ordered_on", "currency", "note", "number", "state")


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    company = context.need_company()
    problems = Problems()
    found = suppliers(rows, context, problems)
    site_of = resolving.site_or_default(rows, resolving.sites(rows, context, problems), context, problems)
    items = resolving.items(rows, context, problems)
    orders.refuse_none(rows, problems)
    groups = orders.grouped(rows, _HEAD, problems)
    problems.stop()

    known = orders.known(PurchaseOrder, company.pk, [group.reference for group in groups])
    new, old = orders.split(groups, known)
    lines = orders.quantities(PurchaseOrderLine, [order.pk for _, order in old])
    outcome = orders.left_alone(old, lines, lambda group: orders.sums(group, items, "quantity"))
    for is_ordered in (True, False):
        part = [group for group in new if (group.head("state", "ordered") == "ordered") is is_ordered]
        drafts = [_draft(group, context, found, site_of, items) for group in part]
        try:
            purchase_orders.create_many(drafts, is_ordered=is_ordered, now=context.now, actor=context.actor)
        except InvalidInput as error:
            orders.refuse_by_row(error, part, {"unit_label": "unit"}, problems)
        outcome.created += len(part)
    return outcome


def _draft(
    group: Group,
    context: Context,
    found: Mapping[str, Supplier],
    site_of: Callable[[Row], Site | None],
    items: Mapping[str, Item],
) -> OrderDraft:
    return OrderDraft(
        supplier_id=found[group.first["supplier"].lower()].pk,
        site_id=orders.site_id(group.first, site_of),
        company_id=context.need_company().pk,
        number=group.head("number", ""),
        currency=group.head("currency", ""),
        ordered_on=group.head("ordered_on"),
        expected_on=group.head("expected_on"),
        note=group.head("note", ""),
        external_reference=group.reference,
        lines=[
            LineDraft(
                item_id=items[row["item"].lower()].pk,
                quantity=row["quantity"],
                unit_label=row.get("unit", ""),
                unit_price=row.get("unit_price"),
                site_id=orders.site_id(row, site_of),
                expected_on=row.get("expected_on"),
                need_by_on=row.get("need_by_on"),
                description=row.get("description", ""),
            )
            for row in group.rows
        ],
    )


IMPORTER = Importer(
    noun="purchase-orders",
    help="Orders of a company (--company) to its suppliers, a row for each line. A reference that is there already "
    "is left as it is.",
    write=_write,
    counted="orders",
    part_rows=None,
    fields=(
        Field("reference", text(100), is_required=True, aliases=("order", "order number", "external reference")),
        Field("supplier", text(32), is_required=True, aliases=("supplier code", "vendor")),
        Field("item", text(64), is_required=True, aliases=("sku", "item number", "part number", "product number")),
        Field("quantity", decimal(), is_required=True, aliases=("qty", "order quantity")),
        Field("site", text(32), aliases=("site code", "ship to"), help="--site if not given."),
        Field("unit", text(16), aliases=("uom", "unit label"), help="The supplier's; the stocking unit if not given."),
        Field("unit_price", decimal(decimals=8), aliases=("price",), help="The supplier's price if not given."),
        Field("expected_on", day, aliases=("expected", "due", "due date", "delivery date")),
        Field("need_by_on", day, aliases=("need by", "needed on")),
        Field("ordered_on", day, aliases=("order date", "ordered")),
        Field("currency", text(3)),
        Field("number", text(32), help="Our own number, where the order has one; PO-1001 and so on if not given."),
        Field("state", choice(("ordered", "draft")), aliases=("status",), help="ordered if not given."),
        Field("note", text(10_000), aliases=("remark", "comment")),
        Field("description", text(200)),
    ),
)
