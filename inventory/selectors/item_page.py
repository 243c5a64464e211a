"""What the page of one item shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from inventory.choices import PHYSICAL_KINDS
from inventory.drafts import LevelKey
from inventory.models import Posting, StockLevel, StockMove
from inventory.selectors import ledger
from sites.access import Access
from sites.models import Site

_ON_HAND = frozenset(kind.value for kind in PHYSICAL_KINDS[:3])


@dataclass(frozen=True)
class LedgerRow:
    """A posting's change of what is on hand, and what was on hand after it."""

    posting: Posting
    change: Decimal
    balance: Decimal


def levels_of(item_id: int, access: Access, site_ids: Sequence[int]) -> list[StockLevel]:
    """The item's levels that the reader may see at these sites, with site and company."""
    rows = StockLevel.objects.filter(
        access.q(companies=["used_by"], sites=["site"]), item=item_id, site__in=list(site_ids)
    )
    return list(rows.select_related("site", "used_by").order_by("site__code", "used_by__code", "id"))


def key_at(item_id: int, site: Site, levels: Sequence[StockLevel], access: Access, company: str = "") -> LevelKey:
    """The level that the item's page at a site is about: the named company's, else the reader's own, else the first.

    Where there is no level yet, that of the site's default owner, which reads as zeros.
    """
    here = [level for level in levels if level.site_id == site.pk]
    named = [level for level in here if level.used_by.code.lower() == company.lower()]
    own = [level for level in here if level.used_by_id in access.company_ids]
    chosen = next(iter(named or own or here), None)
    return LevelKey(item_id, site.pk, chosen.used_by_id if chosen else site.default_owner_id)


def ledger_rows(key: LevelKey, access: Access, on_hand: Decimal, *, most: int) -> list[LedgerRow]:
    """The latest postings that changed what is on hand for this level, newest first, with the balance after each.

    The balance is worked back from what is on hand now.
    """
    changes = _changes(key, access, most)
    postings = Posting.objects.in_bulk(list(changes))
    rows, balance = [], on_hand
    for posting_id, change in changes.items():
        if change:
            rows.append(LedgerRow(postings[posting_id], change, balance))
        balance -= change
    return rows


def _changes(key: LevelKey, access: Access, most: int) -> dict[int, Decimal]:
    """Net change on hand by posting id, newest first."""
    here = Q(from_site=key.site_id) | Q(to_site=key.site_id)
    owners = Q(from_owner=key.used_by_id) | Q(to_owner=key.used_by_id)
    rows = (
        ledger.moves(access)
        .filter(here, owners, item=key.item_id)
        .select_related("from_location", "to_location")
        .order_by("-id")[: most * 2]
    )
    changes: dict[int, Decimal] = {}
    for move in rows:
        changes[move.posting_id] = changes.get(move.posting_id, Decimal(0)) + _change(move, key)
    return dict(list(changes.items())[:most])


def _change(move: StockMove, key: LevelKey) -> Decimal:
    is_in = _counts(move.to_location.kind, move.to_site_id, move.to_owner_id, key)
    is_out = _counts(move.from_location.kind, move.from_site_id, move.from_owner_id, key)
    return move.quantity * (is_in - is_out)


def _counts(kind: str, site_id: int, owner_id: int, key: LevelKey) -> bool:
    return kind in _ON_HAND and site_id == key.site_id and owner_id == key.used_by_id
