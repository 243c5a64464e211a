"""How a company keeps an item at a site."""

from decimal import Decimal
from typing import Any, TypedDict, Unpack

from core.errors import InvalidInput
from core.quantities import fits, to_decimal
from core.transactions import service
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.models import Item, ItemSite, Location
from inventory.services.items import give_sight
from sites import access, checking
from sites.models import Calendar, Company, Site


class ItemSiteFields(TypedDict, total=False):
    """Quantities in the stocking unit. Lead time and calendar of the first source are written by who knows it."""

    default_location: Location | None
    safety_stock: Decimal
    reorder_point: Decimal
    order_minimum: Decimal
    order_multiple: Decimal
    source_lead_time_days: int | None
    source_calendar: Calendar | None


@service
def create(*, item: Item, site: Site, company: Company, actor: Any, **fields: Unpack[ItemSiteFields]) -> ItemSite:
    """Say for the first time how a company keeps an item at a site.

    The company's planners may, and those of its people who work at the site as planners. Marks the level for
    recompute. Emits `item_site.changed`.

    :raises InvalidInput: naming the field; quantities must fit the item's unit.
    """
    access.require(actor, company_id=company.pk, site_id=site.pk, roles=access.PLANNERS)
    _check(item, site, fields)
    row = checking.insert(ItemSite(item=item, site=site, company=company, **fields))
    give_sight([item.pk], company.pk)
    _record(row, actor)
    return row


@service
def edit(row: ItemSite, *, expected: int | None = None, actor: Any, **changes: Unpack[ItemSiteFields]) -> ItemSite:
    """Change how a company keeps an item at a site; only the given fields. See `create`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field; quantities must fit the item's unit.
    """
    access.require(actor, company_id=row.company_id, site_id=row.site_id, roles=access.PLANNERS)
    _check(row.item, row.site, changes)
    row = checking.update(row, expected=expected, changes=dict(changes))
    _record(row, actor)
    return row


def put(*, item: Item, site: Site, company: Company, actor: Any, **fields: Unpack[ItemSiteFields]) -> ItemSite:
    """`create` or `edit`, whichever it takes; for imports, where the last one wins."""
    row = ItemSite.objects.filter(item=item, site=site, company=company).first()
    if row is None:
        return create(item=item, site=site, company=company, actor=actor, **fields)
    return edit(row, actor=actor, **fields)


def _check(item: Item, site: Site, fields: ItemSiteFields) -> None:
    location = fields.get("default_location")
    if location is not None and location.site_id != site.pk:
        raise InvalidInput(errors={"default_location": f"{location.code} is not a location of {site.code}."})
    if location is not None and not location.may_be_adjusted:
        kept = "archived" if location.archived_at else f"of kind “{location.kind}”"
        raise InvalidInput(errors={"default_location": f"{location.code} is {kept}; nothing is received there."})
    for name in ("safety_stock", "reorder_point", "order_minimum", "order_multiple"):
        check_not_negative(fields.get(name), item, name)


def check_not_negative(value: Any, item: Item, field: str) -> None:
    """Refuse a quantity below 0 or one that does not fit the item's unit; None passes.

    :raises InvalidInput: naming the field and the numbers.
    """
    if value is None:
        return
    number = to_decimal(value, field=field)
    if number < 0:
        raise InvalidInput(errors={field: f"{number} is not allowed; it can't be below 0."})
    if not fits(number, item.unit.decimals):
        raise InvalidInput(
            errors={field: f"{number} does not fit {item.unit}, which has {item.unit.decimals} decimals."}
        )


def _record(row: ItemSite, actor: Any) -> None:
    record_change(
        "item_site.changed",
        documents=[("item_site", row.pk)],
        keys=[LevelKey(row.item_id, row.site_id, row.company_id)],
        company_ids=[row.company_id],
        actor=actor,
    )
