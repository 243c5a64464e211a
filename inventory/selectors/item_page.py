"""What the page of one item shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from inventory.choices import PHYSICAL_KINDS
from inventory.drafts import LevelKey
from inventory.models import Posting, StockBalance, StockLevel, StockMove
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


def key_at(
    item_id: int, site: Site, levels: Sequence[StockLevel], access: Access, company: str = ""
) -> LevelKey | None:
    """The level that the item's page at a site is about: the named company's, else the reader's own, else the first.

    Where he sees no level yet, that of the site's default owner, which reads as zeros; at another's site that of his
    own company. None when he has none.
    """
    here = [level for level in levels if level.site_id == site.pk]
    named = [level for level in here if level.used_by.code.lower() == company.lower()]
    own = [level for level in here if level.used_by_id in access.company_ids]
    if chosen := next(iter(named or own or here), None):
        return LevelKey(item_id, site.pk, chosen.used_by_id)
    key = LevelKey(item_id, site.pk, site.default_owner_id)
    if _sees(access, key):
        return key
    return key._replace(used_by_id=min(access.company_ids)) if access.company_ids else None


def ledger_rows(key: LevelKey, access: Access, on_hand: Decimal, *, most: int) -> list[LedgerRow]:
    """The latest postings that changed what is on hand for this level, newest first, with the balance after each.

    The balance is worked back from what is on hand now: over every posting, also those of an owner who consigns
    at another's site, which are not the reader's to open and so are not among the rows.
    """
    if not _sees(access, key):
        return []
    moves = _moves(key, most * 2)
    changes = _changes(key, moves)
    visible = set(ledger.moves(access).filter(pk__in=[move.pk for move in moves]).values_list("posting_id", flat=True))
    postings = Posting.objects.in_bulk(visible & changes.keys())
    rows, balance = [], on_hand
    for posting_id, change in changes.items():
        if change and posting_id in postings:
            rows.append(LedgerRow(postings[posting_id], change, balance))
        balance -= change
    return rows[:most]


def _sees(access: Access, key: LevelKey) -> bool:
    return access.is_superuser or key.used_by_id in access.company_ids or key.site_id in access.site_ids


def _moves(key: LevelKey, most: int) -> list[StockMove]:
    """The latest moves of the item at the site of every owner whose stock serves the level."""
    balances = StockBalance.objects.filter(item=key.item_id, site=key.site_id, used_by=key.used_by_id)
    owners = {*balances.order_by().values_list("owner_id", flat=True).distinct(), key.used_by_id}
    here = Q(from_site=key.site_id) | Q(to_site=key.site_id)
    theirs = Q(from_owner__in=owners) | Q(to_owner__in=owners)
    rows = StockMove.objects.filter(here, theirs, item=key.item_id).select_related("from_location", "to_location")
    return list(rows.order_by("-id")[:most])


def _changes(key: LevelKey, moves: Sequence[StockMove]) -> dict[int, Decimal]:
    """Net change on hand by posting id, in the order of the moves; of both sides what serves the level counts.

    So use of consigned stock changes nothing before it leaves: title passes between two that serve the same.
    """
    sides = [(_source(move), -move.quantity, move) for move in moves] + [
        (_target(move), move.quantity, move) for move in moves
    ]
    users = _users(key, [place for place, _, _ in sides])
    changes = {move.posting_id: Decimal(0) for move in moves}
    for place, quantity, move in sides:
        if place.kind in _ON_HAND and place.site_id == key.site_id:
            used_by_id = users.get((place.location_id, place.lot_id, place.owner_id), place.owner_id)
            changes[move.posting_id] += quantity if used_by_id == key.used_by_id else Decimal(0)
    return changes


class _Place(NamedTuple):
    location_id: int
    lot_id: int | None
    owner_id: int
    site_id: int
    kind: str


def _source(move: StockMove) -> _Place:
    location = move.from_location
    return _Place(location.pk, move.from_lot_id, move.from_owner_id, move.from_site_id, location.kind)


def _target(move: StockMove) -> _Place:
    location = move.to_location
    return _Place(location.pk, move.to_lot_id, move.to_owner_id, move.to_site_id, location.kind)


def _users(key: LevelKey, places: Sequence[_Place]) -> dict[tuple[int, int | None, int], int]:
    """Whose demand the balance of each place serves, by location, lot and owner."""
    lots = {place.lot_id for place in places}
    rows = StockBalance.objects.filter(
        Q(lot__in=lots - {None}) | Q(lot=None),
        item=key.item_id,
        site=key.site_id,
        location__in={place.location_id for place in places},
        owner__in={place.owner_id for place in places},
    ).values_list("location_id", "lot_id", "owner_id", "used_by_id")
    return {(location_id, lot_id, owner_id): used_by_id for location_id, lot_id, owner_id, used_by_id in rows}
