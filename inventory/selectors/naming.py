"""Names and costs that messages and values need, by id."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.drafts import Deposit
from inventory.models import Item, ItemCompany
from sites.models import Site


@dataclass(frozen=True)
class Names:
    """SKUs and site codes by id."""

    items: dict[int, str]
    sites: dict[int, str]


def items_and_sites(item_ids: Collection[int], site_ids: Collection[int]) -> Names:
    """The SKUs of items and the codes of sites, in two queries."""
    return Names(
        dict(Item.objects.filter(id__in=list(item_ids)).values_list("id", "sku")),
        dict(Site.objects.filter(id__in=list(site_ids)).values_list("id", "code")),
    )


def standard_costs(deposits: Sequence[Deposit]) -> dict[tuple[int, int], Decimal]:
    """Standard costs per stocking unit by (item, owner), for those who have one, in one query."""
    rows = ItemCompany.objects.filter(
        item_id__in=[deposit.item_id for deposit in deposits],
        company_id__in=[deposit.owner_id for deposit in deposits],
    )
    found = rows.values_list("item_id", "company_id", "standard_cost")
    return {(item_id, company_id): cost for item_id, company_id, cost in found if cost is not None}
