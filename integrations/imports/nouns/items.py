"""Items, with a company's own terms of them."""

import re
from collections.abc import Sequence

from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, boolean, choice, decimal, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import picked
from integrations.imports.resolving import Problems, one
from inventory.choices import Tracking
from inventory.models import Item, UnitOfMeasure
from inventory.services.items_many import ItemRow, put_categories, put_many

_PLAIN = ("name", "description", "tracking", "weight_kg")
_TERMS = ("standard_cost", "list_price", "is_made", "is_bought", "is_sold")
_DEFAULT_UNIT = "pcs"


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    problems = Problems()
    units = resolving.units(rows, problems)
    known = resolving.by_key(Item.objects.all(), "sku", (row["sku"] for row in rows))
    default = UnitOfMeasure.objects.filter(code=_DEFAULT_UNIT).first()
    if context.company is None:
        for row in rows:
            if given := [name for name in _TERMS if name in row]:
                problems.add(row, given[0], "This is what a company says of an item: --company CODE.")
    problems.stop()
    categories = put_categories({_path(row["category"]) for row in rows if "category" in row})
    wanted = []
    for row in rows:
        fields = picked(row, _PLAIN)
        unit = one(units, row, "unit", None if row["sku"].lower() in known else default)
        if unit is not None:
            fields["unit_id"] = unit.pk
        if "category" in row:
            fields["category_id"] = categories[_path(row["category"])].pk
        wanted.append(ItemRow(row["sku"], fields, picked(row, _TERMS)))
    result = put_many(wanted, company=context.company, actor=context.actor)
    created, changed = len(result.items.created), len(result.changed_ids)
    return Outcome(created=created, changed=changed, unchanged=len(rows) - created - changed)


def _path(cell: str) -> tuple[str, ...]:
    return tuple(part.strip()[:100] for part in re.split(r"\s*[/>]\s*", cell) if part.strip()) or (cell[:100],)


IMPORTER = Importer(
    noun="items",
    help="What is stocked, made, bought and sold. Costs, prices and the last three flags are the company's own.",
    key=("sku",),
    write=_write,
    fields=(
        Field(
            "sku",
            text(64),
            is_required=True,
            aliases=("item", "item number", "item code", "part", "part number", "product number", "article", "code"),
        ),
        Field("name", text(200), aliases=("item name", "product name", "title")),
        Field("description", text(10_000), aliases=("long description",)),
        Field("category", text(400), aliases=("group", "item group", "family"), help="A path: Bikes / Road Bikes."),
        Field("unit", text(16), aliases=("uom", "stocking unit", "unit of measure"), help="pcs if not given."),
        Field("tracking", choice(Tracking.values), help="none, lot or serial."),
        Field("weight_kg", decimal(), aliases=("weight", "kg"), help="Per stocking unit."),
        Field("standard_cost", decimal(decimals=8), aliases=("cost", "unit cost")),
        Field("list_price", decimal(decimals=8), aliases=("price", "sales price")),
        Field("is_made", boolean, aliases=("made", "make")),
        Field("is_bought", boolean, aliases=("bought", "buy", "purchased")),
        Field("is_sold", boolean, aliases=("sold", "sell", "salable")),
    ),
)
