"""Reading items, each within a reader's access."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory.choices import PoolKind
from inventory.models import CostPool, Demand, Item, ItemCode, ItemCompany, ItemSite, StockLevel, Supply
from sites.access import Access


def items(access: Access) -> QuerySet[Item]:
    """Items that a reader sees: those of his companies, those at his sites, and those that no company has claimed."""
    if access.is_superuser:
        return Item.objects.all()
    companies = sorted({*access.company_ids, *access.member_sites.values()})
    sites = sorted(access.site_ids)
    rows = ItemCompany.objects.filter(item=OuterRef("pk"))
    return Item.objects.filter(
        Exists(rows.filter(company__in=companies))
        | ~Exists(rows)
        | Exists(StockLevel.objects.filter(item=OuterRef("pk"), site__in=sites))
        | Exists(ItemSite.objects.filter(item=OuterRef("pk"), site__in=sites))
    )


def item_sites(access: Access) -> QuerySet[ItemSite]:
    """How his companies keep items, and how items are kept at his sites."""
    return ItemSite.objects.filter(access.q(companies=["company"], sites=["site"]))


def matching(queryset: QuerySet[Item], text: str, access: Access) -> QuerySet[Item]:
    """Items with every word of `text` in SKU, name or a code of the reader's companies, whatever the case.

    `icontains` compares capitals, which is what the trigram indexes hold.
    """
    his = codes(access)
    for word in text.split():
        coded = his.filter(code__icontains=word).values("item_id")
        queryset = queryset.filter(Q(sku__icontains=word) | Q(name__icontains=word) | Q(pk__in=coded))
    return queryset


def terms(access: Access) -> QuerySet[ItemCompany]:
    """What the reader's companies say of items: cost, price and sourcing."""
    return ItemCompany.objects.filter(access.q(companies=["company"]))


def codes(access: Access) -> QuerySet[ItemCode]:
    """What the reader's companies call items."""
    return ItemCode.objects.filter(access.q(companies=["company"]))


def company_ids_with_sight(item_id: int) -> set[int]:
    """Companies that have an item as theirs; none: all see it."""
    return set(ItemCompany.objects.filter(item=item_id).values_list("company_id", flat=True))


def keepers(item_ids: Iterable[int]) -> dict[int, set[int]]:
    """The companies whose planners change an item, by item; one that is not named is seen and changed by all."""
    found: dict[int, set[int]] = {}
    rows = ItemCompany.objects.filter(item__in=list(item_ids))
    for item_id, company_id, is_keeper in rows.values_list("item_id", "company_id", "is_keeper"):
        found.setdefault(item_id, set()).update({company_id} if is_keeper else ())
    return found


def is_in_use(item_id: int) -> bool:
    """Whether an item was ever stocked, or asked for."""
    # A pool outlives the stock it was made for, and its unique index begins with the kind and the item.
    return (
        CostPool.objects.filter(kind__in=list(PoolKind.values), item=item_id).exists()
        or Demand.objects.filter(item=item_id).exists()
        or Supply.objects.filter(item=item_id).exists()
    )


def why_not_archived(item_id: int) -> str | None:
    """What still keeps an item: `is in stock`, `is on order`; None when nothing does."""
    if CostPool.objects.filter(kind__in=list(PoolKind.values), item=item_id, quantity__gt=0).exists():
        return "is in stock"
    for register in (Demand, Supply):
        if register.objects.filter(item=item_id, closed_at=None, open_quantity__gt=0).exists():
            return "has open orders"
    return None
