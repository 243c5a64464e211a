"""What a service must know before it posts lines at a site: one query, whatever the number of lines."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidInput
from core.prepared import Statement
from core.quantities import check_quantity
from inventory.choices import KEEPING_KINDS, LocationKind, Tracking
from inventory.selectors.places import virtual_location

KINDS = [kind.value for kind in KEEPING_KINDS]

_CONTEXT = Statement(
    "posting_context",
    """
SELECT s.id, s.code, s.company_id, o.id, o.currency,
       (SELECT l.id FROM inventory_location l WHERE l.site_id = s.id AND l.kind = 'count' ORDER BY l.id LIMIT 1),
       (SELECT l.id FROM inventory_location l WHERE l.site_id = s.id AND l.is_default_receipt
        AND l.archived_at IS NULL AND l.kind = ANY(%(kinds)s::text[])),
       i.id, i.sku, i.tracking, u.code, u.decimals, i.archived_at IS NOT NULL, place.id
FROM sites_site s
JOIN sites_company o ON o.id = coalesce(%(owner)s::bigint, s.default_owner_id)
LEFT JOIN inventory_item i ON i.id = ANY(%(items)s::bigint[])
LEFT JOIN inventory_unitofmeasure u ON u.id = i.unit_id
LEFT JOIN inventory_itemsite k ON k.item_id = i.id AND k.site_id = s.id AND k.company_id = o.id
LEFT JOIN inventory_location place ON place.id = k.default_location_id AND place.archived_at IS NULL
    AND place.kind = ANY(%(kinds)s::text[])
WHERE s.id = %(site)s::bigint
""",
)


@dataclass(frozen=True)
class ItemFacts:
    """An item at a site: its unit, tracking and own default location."""

    id: int
    sku: str
    tracking: str
    unit: str
    decimals: int
    is_archived: bool
    default_location_id: int | None

    def check(self, value: object, *, field: str, is_signed: bool = False) -> Decimal:
        """A quantity that this item can have.

        :raises InvalidInput: naming the field and the numbers.
        """
        return check_quantity(value, decimals=self.decimals, unit=self.unit, field=field, is_signed=is_signed)


@dataclass(frozen=True)
class PostingContext:
    """A site, the owner of the stock, and the items posted there."""

    site_id: int
    site: str
    operator_id: int
    owner_id: int
    currency: str
    count_location_id: int | None
    receipt_location_id: int | None
    items: dict[int, ItemFacts]

    def item(self, item_id: int, *, field: str) -> ItemFacts:
        """:raises InvalidInput: for an item that is unknown or archived."""
        facts = self.items.get(item_id)
        if facts is None:
            raise InvalidInput(errors={field: f"There is no item {item_id}."})
        if facts.is_archived:
            raise InvalidInput(errors={field: f"{facts.sku} is archived."})
        return facts

    def receipt_location(self, item: ItemFacts, *, field: str) -> int:
        """:raises InvalidInput: when neither the item nor the site says where it goes."""
        location_id = item.default_location_id or self.receipt_location_id
        if location_id is None:
            raise InvalidInput(errors={field: f"{self.site} has no default receiving location; name one."})
        return location_id

    def count_location(self) -> int:
        return self.count_location_id or virtual_location(self.site_id, LocationKind.COUNT)


def posting_context(site_id: int, owner_id: int | None, item_ids: Collection[int]) -> PostingContext:
    """The context at a site for an owner (absent: the site's default owner).

    :raises InvalidInput: when the site or the owner does not exist.
    """
    rows = _CONTEXT.all({"site": site_id, "owner": owner_id, "items": sorted(set(item_ids)), "kinds": KINDS})
    if not rows:
        raise InvalidInput(errors={"site": f"There is no site {site_id}, or no owner {owner_id}."})
    items = {row[7]: ItemFacts(*row[7:]) for row in rows if row[7]}
    site, code, operator, owner, currency, count, receipt = rows[0][:7]
    return PostingContext(site, code, operator, owner, currency, count, receipt, items)


def needs_lot(tracking: str) -> bool:
    """Whether stock of an item so tracked is never without a lot."""
    return tracking != Tracking.NONE
