"""Levels that no worker has written yet, answered as zeros."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from inventory.drafts import LevelKey
from inventory.models import Item, StockLevel
from inventory.selectors import items as item_selectors
from inventory.selectors import level_keys
from sites import selectors as site_selectors
from sites.access import Access
from sites.models import Company, Site

MOST = 100


@dataclass(frozen=True)
class _Named:
    """What a query names; None where it names nothing."""

    items: list[Item] | None
    sites: list[Site] | None
    companies: list[Company] | None


def missing_levels(
    query: Mapping[str, str], rows: Sequence[StockLevel], *, access: Access, is_fresh: bool
) -> list[StockLevel]:
    """Unsaved levels of zeros beside those found, as far as the reader may see.

    Fresh: of every key of a balance or an open register without a level, at most a hundred. Where item and site are
    both named and nothing is found at all: one for the company named, else for the site's default owner.
    """
    named = _Named(
        _rows(item_selectors.items(access), query, "item", "sku"),
        _rows(site_selectors.sites(access), query, "site", "code"),
        _rows(Company.objects.all(), query, "company", "code")
        or _rows(Company.objects.all(), query, "used_by", "code"),
    )
    keys = _keys_without_level(named) if is_fresh else []
    if named.items and named.sites and not rows and not keys:
        keys = [_default_key(named.items[0], named.sites[0], named.companies)]
    return _unsaved([key for key in keys if _sees(access, key)])


def _keys_without_level(named: _Named) -> list[LevelKey]:
    return level_keys.keys_without_level(_ids(named.items), _ids(named.sites), _ids(named.companies), most=MOST)


def _default_key(item: Item, site: Site, companies: list[Company] | None) -> LevelKey:
    return LevelKey(item.pk, site.pk, companies[0].pk if companies else site.default_owner_id)


def _unsaved(keys: Sequence[LevelKey]) -> list[StockLevel]:
    items = Item.objects.in_bulk([key.item_id for key in keys])
    sites = Site.objects.in_bulk([key.site_id for key in keys])
    companies = Company.objects.in_bulk([key.used_by_id for key in keys])
    levels = [
        StockLevel(item=items[key.item_id], site=sites[key.site_id], used_by=companies[key.used_by_id]) for key in keys
    ]
    for level in levels:
        vars(level)["updated_at"] = None  # the database's default is no moment yet
    return levels


def _sees(access: Access, key: LevelKey) -> bool:
    return access.is_superuser or key.used_by_id in access.company_ids or key.site_id in access.site_ids


def _rows(rows: QuerySet[Any], query: Mapping[str, str], name: str, field: str) -> list[Any] | None:
    if text := query.get(f"{name}_id"):
        return list(rows.filter(pk=int(text)))
    if text := query.get(name):
        return list(rows.filter(**{f"{field}__iexact": text}))
    return None


def _ids(rows: list[Any] | None) -> list[int] | None:
    return None if rows is None else [row.pk for row in rows if isinstance(row, Model)]
