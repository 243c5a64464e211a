"""What the stock is worth, by currency."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from analytics.selectors.flows import coming
from analytics.selectors.scope import View
from inventory.choices import PoolKind
from inventory.models import CostPool, ValueEntry

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Value:
    """An amount in a currency; `change` is its growth over the last week as a share, None where it was 0."""

    currency: str
    amount: Decimal
    change: Decimal | None = None


def stock_values(view: View) -> list[Value]:
    """Stock value at the view's sites by currency, the largest first, against a week ago."""
    pools = CostPool.objects.filter(view.owned(), kind=PoolKind.STOCK)
    now = dict(pools.values_list("currency").annotate(total=Sum("value")).order_by("currency"))
    entries = ValueEntry.objects.filter(
        view.access.valued("company"), site__in=view.site_ids, pool__kind=PoolKind.STOCK, posted_at__gte=view.now - WEEK
    )
    gained = dict(entries.values_list("currency").annotate(total=Sum("amount")).order_by("currency"))
    values = [Value(currency, amount, _growth(amount, gained.get(currency))) for currency, amount in now.items()]
    return sorted(values, key=lambda value: -value.amount)


def transit_values(view: View) -> list[Value]:
    """Value on its way to the view's sites, by currency."""
    pools = CostPool.objects.filter(
        view.access.valued("owner"), kind=PoolKind.TRANSFER, source_id__in=coming(view).values("id"), quantity__gt=0
    )
    rows = pools.values_list("currency").annotate(total=Sum("value")).order_by("-total")
    return [Value(currency, amount) for currency, amount in rows]


def values_by_site(view: View) -> dict[int, list[Value]]:
    """Stock value by site and currency."""
    rows = (
        CostPool.objects.filter(view.owned(), kind=PoolKind.STOCK)
        .values_list("site_id", "currency")
        .annotate(total=Sum("value"))
        .order_by("site_id", "-total")
    )
    found: dict[int, list[Value]] = defaultdict(list)
    for site_id, currency, amount in rows:
        found[site_id or 0].append(Value(currency, amount))
    return found


def values_by_item(view: View, *, most: int) -> list[tuple[int, str, Value]]:
    """The dearest items at the view's sites: id, SKU and stock value."""
    rows = (
        CostPool.objects.filter(view.owned(), kind=PoolKind.STOCK)
        .values_list("item_id", "item__sku", "currency")
        .annotate(total=Sum("value"))
        .exclude(total=0)
        .order_by("-total", "item_id", "currency")[:most]
    )
    return [(item_id, sku, Value(currency, amount)) for item_id, sku, currency, amount in rows]


def count_of_items(view: View) -> int:
    """How many items and currencies make the stock value."""
    pools = CostPool.objects.filter(view.owned(), kind=PoolKind.STOCK)
    return pools.values("item_id", "currency").annotate(total=Sum("value")).exclude(total=0).count()


def transfer_values(transfer_ids: list[int], view: View) -> dict[int, Value]:
    """What transfers carry, by transfer, where it is his to see."""
    rows = (
        CostPool.objects.filter(view.access.valued("owner"), kind=PoolKind.TRANSFER, source_id__in=transfer_ids)
        .values_list("source_id", "currency")
        .annotate(total=Sum("value"))
        .order_by("source_id", "currency")
    )
    return {source_id: Value(currency, amount) for source_id, currency, amount in rows}


def _growth(amount: Decimal, gained: Decimal | None) -> Decimal | None:
    before = amount - (gained or 0)
    return None if before <= 0 else (amount - before) / before
