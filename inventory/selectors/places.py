"""Finding places: a site's virtual locations and where a receipt goes."""

from collections.abc import Iterable

from django.db import connection

from core.errors import InvalidInput
from inventory.choices import KEEPING_KINDS, VIRTUAL_KINDS, LocationKind
from inventory.models import ItemSite, Location


def virtual_location(site_id: int, kind: LocationKind) -> int:
    """The id of a site's virtual location of that kind, created with first use.

    :raises ValueError: for a physical kind.
    """
    return virtual_locations([site_id], kind)[site_id]


def virtual_locations(site_ids: list[int], kind: LocationKind) -> dict[int, int]:
    """The ids of the virtual locations of that kind, by site."""
    if kind not in VIRTUAL_KINDS:
        raise ValueError(f"{kind} is not a virtual kind.")
    return _own_locations(set(site_ids), kind)


def wip_locations(site_ids: Iterable[int]) -> dict[int, int]:
    """The ids of the places where sites keep work in progress, by site, created with first use."""
    return _own_locations(set(site_ids), LocationKind.WIP)


def _own_locations(wanted: set[int], kind: LocationKind) -> dict[int, int]:
    """The oldest location of that kind of each site, made where there is none."""
    code = kind.value.upper()
    found = _of_kind(wanted, kind)
    if missing := wanted - found.keys():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inventory_location (site_id, code, name, kind, pick_order, is_default_receipt, version) "
                "SELECT site, %s, %s, %s, 0, false, 1 FROM unnest(%s::bigint[]) site ORDER BY site "
                "ON CONFLICT DO NOTHING",
                [code, str(kind.label).capitalize(), kind.value, sorted(missing)],
            )
        found = _of_kind(wanted, kind)
    return found


def _of_kind(site_ids: set[int], kind: LocationKind) -> dict[int, int]:
    rows = Location.objects.filter(site_id__in=list(site_ids), kind=kind.value, archived_at=None).order_by("-id")
    return dict(rows.values_list("site_id", "id"))


def receipt_location(item_id: int, site_id: int, company_id: int) -> int:
    """Where a receipt of an item goes: its own default location, else the site's.

    :raises InvalidInput: when the site has neither.
    """
    return receipt_locations([item_id], site_id, company_id)[item_id]


def receipt_locations(item_ids: list[int], site_id: int, company_id: int) -> dict[int, int]:
    """Where receipts of items go, by item id, in two queries.

    :raises InvalidInput: when the site has no default and an item neither.
    """
    own = dict(
        ItemSite.objects.filter(
            item_id__in=item_ids,
            site_id=site_id,
            company_id=company_id,
            default_location__archived_at=None,
            default_location__kind__in=KEEPING_KINDS,
        ).values_list("item_id", "default_location_id")
    )
    if len(own) == len(set(item_ids)):
        return own
    general = (
        Location.objects.filter(site_id=site_id, is_default_receipt=True, archived_at=None, kind__in=KEEPING_KINDS)
        .values_list("id", flat=True)
        .first()
    )
    if general is None:
        raise InvalidInput(errors={"location": "The site has no default receiving location; name one."})
    return {item_id: own.get(item_id, general) for item_id in item_ids}
