"""Locations: the tree of places in a site."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db.models import F

from core import versions
from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import KEEPING_KINDS, PHYSICAL_KINDS, LocationKind
from inventory.locks import masters as locks
from inventory.models import Location, StockBalance
from sites import access, checking, events
from sites.models import Site

FIRST_CODE = "STOCK"


class LocationFields(TypedDict, total=False):
    """`pick_order` decides between places that are otherwise equal, the lowest first."""

    name: str
    kind: str
    parent: Location | None
    pick_order: int
    is_default_receipt: bool


class LocationChanges(LocationFields, total=False):
    """What may be changed of a location; its site stays."""

    code: str


@service
def create(*, site: Site, code: str, actor: Any, **fields: Unpack[LocationFields]) -> Location:
    """A new place in a site; its operator's planners may. Emits `location.created`.

    As the default for receipts it takes that mark from the place that had it.

    :raises InvalidInput: naming the field; the virtual kinds and the places of transfers make themselves.
    """
    access.require(actor, company_id=site.company_id, site_id=site.pk, roles=access.PLANNERS)
    values = {"code": code.strip(), **fields}
    _check(values, site_id=site.pk, kind=str(values.get("kind", LocationKind.STORAGE)))
    if values.get("is_default_receipt"):
        _take_default(site.pk)
    location = checking.insert(Location(site=site, **values))
    _record("created", location, site, actor)
    return location


@service
def create_first(site: Site, *, actor: Any) -> Location:
    """The one place that a new site begins with: storage, and where receipts go."""
    location = checking.insert(Location(site=site, code=FIRST_CODE, name="Stock", is_default_receipt=True))
    _record("created", location, site, actor)
    return location


@service
def edit(
    location: Location, *, expected: int | None = None, actor: Any, **changes: Unpack[LocationChanges]
) -> Location:
    """Change a place. Emits `location.changed`.

    Locks the location when its kind changes, so that nothing is put there meanwhile.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field; a kind stays once something stood there.
    """
    access.require(actor, company_id=location.site.company_id, site_id=location.site_id, roles=access.PLANNERS)
    _check(dict(changes), site_id=location.site_id, kind=str(changes.get("kind", location.kind)), row=location)
    if changes.get("kind", location.kind) != location.kind:
        _require_unused(location)
    if changes.get("is_default_receipt") and not location.is_default_receipt:
        _take_default(location.site_id)
    location = checking.update(location, expected=expected, changes=dict(changes))
    _record("changed", location, location.site, actor)
    return location


@service
def archive(location: Location, *, now: datetime, actor: Any) -> Location:
    """Put an empty place away. Emits `location.archived`.

    Locks the location and its balances, so that nothing is put there meanwhile.

    :raises InvalidInput: while something stands there or places lie under it.
    """
    access.require(actor, company_id=location.site.company_id, site_id=location.site_id, roles=access.PLANNERS)
    locks.lock_location(location.pk)
    if any(quantity > 0 for quantity in locks.lock_balances_at(location.pk)):
        raise InvalidInput(errors={"location": f"{location.code} still holds stock."})
    if location.children.filter(archived_at=None).exists():
        raise InvalidInput(errors={"location": f"Places lie under {location.code}; archive these first."})
    location = versions.edit(location, archived_at=now, is_default_receipt=False)
    _record("archived", location, location.site, actor)
    return location


def _check(values: dict[str, Any], *, site_id: int, kind: str, row: Location | None = None) -> None:
    if kind not in PHYSICAL_KINDS and (row is None or kind != row.kind):
        raise InvalidInput(errors={"kind": f"Places of kind “{kind}” make themselves."})
    if kind == LocationKind.TRANSIT and (row is None or row.kind != kind):
        raise InvalidInput(errors={"kind": "Goods in transit lie in their transfer's own place."})
    is_default = values.get("is_default_receipt", row is not None and row.is_default_receipt)
    if is_default and kind not in KEEPING_KINDS:
        raise InvalidInput(errors={"is_default_receipt": f"Nothing can be received into a place of kind “{kind}”."})
    if not values.get("code", "set"):
        raise InvalidInput(errors={"code": "A place needs a code."})
    _check_parent(values.get("parent"), site_id, row)


def _check_parent(parent: Location | None, site_id: int, row: Location | None) -> None:
    if parent is None:
        return
    if parent.site_id != site_id:
        raise InvalidInput(errors={"parent": f"{parent.code} is a place of another site."})
    above: Location | None = parent
    while above is not None:
        if row is not None and above.pk == row.pk:
            raise InvalidInput(errors={"parent": f"{row.code} can't lie under itself."})
        above = above.parent


def _require_unused(location: Location) -> None:
    locks.lock_location(location.pk)
    if location.kind not in PHYSICAL_KINDS or StockBalance.objects.filter(location=location.pk).exists():
        raise InvalidInput(errors={"kind": f"{location.code} stays “{location.kind}”: something stood there already."})


def _take_default(site_id: int) -> None:
    Location.objects.filter(site=site_id, is_default_receipt=True).update(
        is_default_receipt=False, version=F("version") + 1
    )


def _record(verb: str, location: Location, site: Site, actor: Any) -> None:
    parties = [site.company_id, site.default_owner_id]
    events.record(f"location.{verb}", location.pk, company_ids=parties, site_ids=[site.pk], actor=actor)
