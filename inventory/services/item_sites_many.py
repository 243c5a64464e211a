"""How a company keeps many items at sites, for imports: the set-based sibling of `inventory.services.item_sites`."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import InvalidInput
from core.upserts import Put, Wanted, put
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.models import ItemSite, Location
from sites import access


def put_many(rows: Sequence[tuple[LevelKey, Mapping[str, Any]]], *, actor: Any) -> Put[ItemSite]:
    """Write item-sites by (item, site, company) with checked quantities; what is not given stays.

    Marks the levels that change for recompute; emits one `item_site.changed` a company.

    :raises InvalidInput: naming default locations where nothing is received.
    """
    places = {(key.used_by_id, key.site_id) for key, _ in rows}
    for company_id, site_id in sorted(places):
        access.require(actor, company_id=company_id, site_id=site_id, roles=access.PLANNERS)
    _check_locations(rows)
    queryset = ItemSite.objects.filter(
        company__in={company for company, _ in places},
        site__in={site for _, site in places},
        item__in={key.item_id for key, _ in rows},
    )
    known = {LevelKey(row.item_id, row.site_id, row.company_id): row for row in queryset}
    wanted = []
    for key, fields in rows:
        row = known.get(key)
        new = {"item_id": key.item_id, "site_id": key.site_id, "company_id": key.used_by_id}
        wanted.append(Wanted(row, dict(fields) if row else {**fields, **new}))
    result = put(ItemSite, wanted)
    touched = [*result.created, *result.changed]
    for company_id in sorted({row.company_id for row in touched}):
        record_change(
            "item_site.changed",
            keys=[LevelKey(row.item_id, row.site_id, company_id) for row in touched if row.company_id == company_id],
            company_ids=[company_id],
            actor=actor,
        )
    return result


def _check_locations(rows: Sequence[tuple[LevelKey, Mapping[str, Any]]]) -> None:
    wanted = {fields["default_location_id"] for _, fields in rows if fields.get("default_location_id")}
    known = Location.objects.in_bulk(wanted)
    if wrong := sorted(known[place].code for place in wanted if place in known and not known[place].may_be_adjusted):
        raise InvalidInput(errors={"default_location": f"Nothing is received there: {', '.join(wrong)}."})
