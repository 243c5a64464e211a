"""What people type into forms, looked up: items by SKU, places and lots that are there to be named."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from inventory.choices import ON_HAND_KINDS, LocationKind
from inventory.models import Item, Location, Lot, StockBalance
from inventory.selectors import items as item_selectors
from inventory.selectors import masters
from sites.access import Access


def items_by_sku(skus: Iterable[str], access: Access) -> dict[str, Item]:
    """The items that a reader may name, by SKU in lower case, with their units; one query."""
    wanted = {sku.lower() for sku in skus if sku}
    if not wanted:
        return {}
    rows = item_selectors.items(access).filter(archived_at=None).annotate(key=Lower("sku")).filter(key__in=wanted)
    return {row.sku.lower(): row for row in rows.select_related("unit")}


def places_to_name(site_ids: Iterable[int], access: Access) -> list[Location]:
    """The places of sites where people put and take stock by hand."""
    kinds = [*ON_HAND_KINDS, LocationKind.QUARANTINE]
    rows = masters.locations(access).filter(
        site__in=list(site_ids), archived_at=None, transfer_id=None, kind__in=[kind.value for kind in kinds]
    )
    return list(rows.order_by("pick_order", "code", "pk")[:200])


def lots_on_hand(item_ids: Iterable[int], site_id: int, company_id: int) -> dict[int, list[Lot]]:
    """The lots with stock that a company may use at a site, by item, the oldest first; one query."""
    rows = StockBalance.objects.filter(
        item__in=list(item_ids), site=site_id, used_by=company_id, quantity__gt=0, lot__isnull=False
    ).select_related("lot")
    found: dict[int, dict[int, Lot]] = {}
    for row in rows.order_by("lot__began_on", "lot_id", "pk"):
        if row.lot is not None:
            found.setdefault(row.item_id, {})[row.lot.pk] = row.lot
    return {item_id: list(lots.values()) for item_id, lots in found.items()}
