"""Finding by number, SKU, name, lot, party or site, within what the reader may see.

Items, customers and suppliers are found first, at most `MOST_NAMED` of each; orders are then found by their own number
or by the ids of those, so that each query has one table and its indexes. Their number depends on nothing found.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from inventory.models import Item, TransferLine
from inventory.selectors import items as item_selectors
from inventory.selectors import transfers
from inventory.selectors.masters import stock_lots
from production.selectors import orders as making
from purchasing import selectors as purchasing
from purchasing.models import PurchaseOrderLine
from sales import selectors as sales
from sales.models import SalesOrderLine
from sites.access import Access
from sites.models import Site

MOST_OF_A_KIND = 12
MOST_NAMED = 40
MOST_WORDS = 6


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, what is said beside it, its state, and its page: behind `/s/<site>/`, or
    from the root if it begins with a slash."""

    name: str
    text: str
    state: str
    path: str


@dataclass(frozen=True)
class Group:
    """The hits of one kind; `icon` is a name of the sprite."""

    title: str
    hits: Sequence[Hit]
    icon: str = "search"


@dataclass(frozen=True)
class _Found:
    """What orders may be found by beside their numbers."""

    items: Sequence[Item]
    customers: Sequence[Any]
    suppliers: Sequence[Any]
    sites: Sequence[Site]


def search(text: str, access: Access, sites: Sequence[Site] = (), *, most: int = MOST_OF_A_KIND) -> list[Group]:
    """What matches every word of `text`, at most `most` of each kind; eleven queries, whatever is found.

    `sites` are those that the reader deals with.
    """
    words = text.strip()[:100].split()[:MOST_WORDS]
    if not words:
        return []
    found = _named(words, access, sites)
    groups = [
        Group(_("Items"), [_item(row) for row in found.items[:most]], "stock"),
        Group(_("Sales orders"), _sales(words, found, access, most), "sell"),
        Group(_("Manufacturing orders"), _making(words, found, access, most), "make"),
        Group(_("Purchase orders"), _purchases(words, found, access, most), "buy"),
        Group(_("Transfers"), _transfers(words, found, access, most), "move"),
        Group(_("Lots and serial numbers"), _lots(words, access, most), "stock"),
        Group(_("Customers"), [_party(row, "customers") for row in found.customers[:most]], "sell"),
        Group(_("Suppliers"), [_party(row, "suppliers") for row in found.suppliers[:most]], "buy"),
        Group(_("Sites"), [_site(row) for row in found.sites[:most]], "site"),
    ]
    return [group for group in groups if group.hits]


def _named(words: Sequence[str], access: Access, sites: Iterable[Site]) -> _Found:
    text = " ".join(words)
    exact = Case(When(sku__iexact=text, then=Value(0)), When(sku__istartswith=text, then=Value(1)), default=Value(2))
    items = item_selectors.matching(item_selectors.items(access), text, access).order_by(exact, "sku", "id")
    return _Found(
        items=list(items[:MOST_NAMED]),
        customers=list(_named_so(sales.customers(access), words)),
        suppliers=list(_named_so(purchasing.suppliers(access), words)),
        sites=[site for site in sites if all(word.lower() in f"{site.code} {site.name}".lower() for word in words)],
    )


def _named_so(rows: QuerySet[Any], words: Sequence[str]) -> QuerySet[Any]:
    for word in words:
        rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return rows.order_by("name", "id")[:MOST_NAMED]


def _ids(rows: Iterable[Model]) -> list[int]:
    return [row.pk for row in rows]


def _sales(words: Sequence[str], found: _Found, access: Access, most: int) -> list[Hit]:
    rows = sales.sales_orders(access).select_related("customer")
    # A word may be of the number and another of the customer: then only the slower way tells.
    by_name = sales.matching(rows, " ".join(words)) if len(words) > 1 else rows.filter(
        _numbered(words) | Q(customer__in=_ids(found.customers))
    )  # fmt: skip
    return _orders(
        by_name, _with_items(rows, SalesOrderLine.objects.all(), "order", found), "sales-orders", "customer", most
    )


def _purchases(words: Sequence[str], found: _Found, access: Access, most: int) -> list[Hit]:
    rows = purchasing.purchase_orders(access).select_related("supplier")
    by_name = purchasing.matching(rows, " ".join(words)) if len(words) > 1 else rows.filter(
        _numbered(words) | Q(supplier__in=_ids(found.suppliers))
    )  # fmt: skip
    return _orders(
        by_name, _with_items(rows, PurchaseOrderLine.objects.all(), "order", found), "purchase-orders", "supplier", most
    )


def _transfers(words: Sequence[str], found: _Found, access: Access, most: int) -> list[Hit]:
    rows = transfers.visible_transfers(access).select_related("destination")
    at = _ids(found.sites)
    by_name = transfers.matching(rows, " ".join(words)) if len(words) > 1 else rows.filter(
        _numbered(words) | Q(origin__in=at) | Q(destination__in=at)
    )  # fmt: skip
    return _orders(
        by_name, _with_items(rows, TransferLine.objects.all(), "transfer", found), "transfers", "destination", most
    )


def _making(words: Sequence[str], found: _Found, access: Access, most: int) -> list[Hit]:
    rows = making.visible_orders(access).select_related("item")
    by_name = making.matching(rows, " ".join(words)) if len(words) > 1 else rows.filter(
        _numbered(words) | Q(item__in=_ids(found.items))
    )  # fmt: skip
    return _orders(by_name, rows.none(), "manufacturing-orders", "item", most)


def _numbered(words: Sequence[str]) -> Q:
    """Number or the other party's reference; the trigram indexes hold capitals, as `icontains` compares them."""
    return Q(number__icontains=words[0]) | Q(external_reference__icontains=words[0])


def _with_items(rows: QuerySet[Any], lines: QuerySet[Any], order: str, found: _Found) -> QuerySet[Any]:
    """The orders whose lines have one of the items found; `order` names the line's reference to its order."""
    return rows.filter(pk__in=lines.filter(item__in=_ids(found.items)).values(order))


def _orders(by_name: QuerySet[Any], by_item: QuerySet[Any], path: str, about: str, most: int) -> list[Hit]:
    """The newest of both, once each."""
    rows = {row.pk: row for part in (by_name, by_item) for row in part.order_by("-id")[:most]}
    newest = sorted(rows.values(), key=lambda row: -row.pk)[:most]
    return [Hit(row.number, getattr(row, about).name, row.state, f"{path}/{row.pk}/") for row in newest]


def _lots(words: Collection[str], access: Access, most: int) -> list[Hit]:
    mine = stock_lots(access).filter(item__in=item_selectors.items(access))
    for word in words:
        mine = mine.filter(number__icontains=word)
    rows = mine.select_related("item").order_by("-id")[:most]
    return [
        Hit(row.number, row.item.sku, row.state if row.state == "held" else "", f"stock/{row.item_id}/") for row in rows
    ]


def _item(row: Item) -> Hit:
    return Hit(row.sku, row.name, "archived" if row.archived_at else "", f"stock/{row.pk}/")


def _party(row: Any, path: str) -> Hit:
    return Hit(row.name, row.code, "archived" if row.archived_at else "", f"{path}/{row.pk}/")


def _site(row: Site) -> Hit:
    return Hit(row.code, row.name, "", f"/s/{row.code}/")
