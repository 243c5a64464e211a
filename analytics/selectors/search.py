"""Finding by number, SKU, name or lot, within what the reader may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from inventory.models import Item
from inventory.selectors import items as item_selectors
from inventory.selectors import transfers
from inventory.selectors.masters import stock_lots
from production.selectors import orders as making
from purchasing import selectors as purchasing
from sales import selectors as sales
from sites.access import Access

MOST_OF_A_KIND = 12


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, what is said beside it, its state, and the page behind `/s/<site>/`."""

    name: str
    text: str
    state: str
    path: str


@dataclass(frozen=True)
class Group:
    """The hits of one kind."""

    title: str
    hits: Sequence[Hit]


def search(text: str, access: Access) -> list[Group]:
    """What matches every word of `text`, at most a dozen of each kind; a query a kind."""
    text = text.strip()[:100]
    if not text:
        return []
    groups = [
        Group(_("Items"), _items(text, access)),
        Group(_("Sales orders"), _orders(sales.matching(sales.sales_orders(access), text), "sales-orders", "customer")),
        Group(_("Manufacturing orders"), _orders(making.matching(making.visible_orders(access), text),
                                                 "manufacturing-orders", "item")),
        Group(_("Purchase orders"), _orders(purchasing.matching(purchasing.purchase_orders(access), text),
                                            "purchase-orders", "supplier")),
        Group(_("Transfers"), _orders(transfers.matching(transfers.visible_transfers(access), text),
                                      "transfers", "destination")),
        Group(_("Lots"), _lots(text, access)),
    ]  # fmt: skip
    return [group for group in groups if group.hits]


def _items(text: str, access: Access) -> list[Hit]:
    rows = item_selectors.matching(item_selectors.items(access), text, access).order_by("sku", "id")
    return [_item(row) for row in rows[:MOST_OF_A_KIND]]


def _item(row: Item) -> Hit:
    return Hit(row.sku, row.name, "archived" if row.archived_at else "", f"stock/{row.pk}/")


def _orders(rows: QuerySet, path: str, about: str) -> list[Hit]:
    found: Iterable = rows.select_related(about).order_by("-id")[:MOST_OF_A_KIND]
    return [Hit(row.number, getattr(row, about).name, row.state, f"{path}/{row.pk}/") for row in found]


def _lots(text: str, access: Access) -> list[Hit]:
    mine = stock_lots(access).filter(item__in=item_selectors.items(access), number__icontains=text)
    rows = mine.select_related("item").order_by("-id")[:MOST_OF_A_KIND]
    return [
        Hit(row.number, row.item.sku, row.state if row.state == "held" else "", f"stock/{row.item_id}/") for row in rows
    ]
