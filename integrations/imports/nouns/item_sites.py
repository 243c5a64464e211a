"""How items are kept at sites."""

from collections.abc import Sequence

from core.quantities import fits
from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, decimal, text, whole
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import outcome_of, picked
from integrations.imports.resolving import Problems, one
from inventory.drafts import LevelKey
from inventory.models import Item
from inventory.services.item_sites_many import put_many

_QUANTITIES = ("safety_stock", "reorder_point", "order_minimum", "order_multiple")


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    problems = Problems()
    items = resolving.items(rows, context, problems)
    site_of = resolving.site_or_default(rows, resolving.sites(rows, context, problems), context, problems)
    companies = resolving.companies(rows, context, problems)
    locations = resolving.locations(rows, site_of, problems, "default_location")
    wanted = []
    for row in rows:
        item, site = one(items, row, "item"), site_of(row)
        if item is None or site is None:
            continue
        company = one(companies, row, "company", context.company or site.default_owner)
        _check_quantities(row, item, problems)
        fields = picked(row, _QUANTITIES)
        if "lead_time_days" in row:
            fields["source_lead_time_days"] = row["lead_time_days"]
        if location := locations.get((site.pk, str(row.get("default_location")).lower())):
            fields["default_location_id"] = location.pk
        if company is not None:
            wanted.append((LevelKey(item.pk, site.pk, company.pk), fields))
    problems.stop()
    return outcome_of(put_many(wanted, actor=context.actor))


def _check_quantities(row: Row, item: Item, problems: Problems) -> None:
    for name in _QUANTITIES:
        if name in row and not fits(row[name], item.unit.decimals):
            problems.add(row, name, f"It does not fit {item.unit.code}, which has {item.unit.decimals} decimals.")


IMPORTER = Importer(
    noun="item-sites",
    help="Where an item goes at a site, how much is safe, when and how much to reorder.",
    key=("item", "site", "company"),
    write=_write,
    counted="item-sites",
    fields=(
        Field("item", text(64), is_required=True, aliases=("sku", "item number", "part number", "product number")),
        Field("site", text(32), aliases=("site code",), help="--site if not given."),
        Field("company", text(32), help="--company, else the site's default owner, if not given."),
        Field("default_location", text(64), aliases=("location", "bin")),
        Field("safety_stock", decimal(), aliases=("safety stock level", "minimum stock")),
        Field("reorder_point", decimal(), aliases=("reorder level",)),
        Field("order_minimum", decimal(), aliases=("minimum order", "minimum order quantity", "moq")),
        Field("order_multiple", decimal(), aliases=("multiple", "lot size")),
        Field("lead_time_days", whole(largest=10_000), aliases=("lead time", "source lead time days")),
    ),
)
