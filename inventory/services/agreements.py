"""Consignment agreements: whose demand may use stock that somebody else owns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from core.clock import local_date
from core.errors import Forbidden, InvalidInput
from core.transactions import service
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.locks import masters as locks
from inventory.locks.pins import surrender
from inventory.models import ConsignmentAgreement, Item
from inventory.selectors.consignment import TODAY, used_by_sql
from sites import access, checking, rules
from sites.models import Company, Site


def _used_by(on: str) -> str:
    return used_by_sql(item="b.item_id", owner="b.owner_id", site="b.site_id", on=on)


_REWRITE = f"""
WITH wanted AS (
    SELECT b.id, b.item_id, b.site_id, b.used_by_id AS before_id, b.reserved AS freed,
        {_used_by("%(on)s::date")} AS after_id
    FROM inventory_stockbalance b
    WHERE b.owner_id = %(owner)s AND b.site_id = %(site)s
), written AS (
    UPDATE inventory_stockbalance b SET used_by_id = w.after_id, reserved = 0
    FROM wanted w WHERE w.id = b.id AND w.before_id <> w.after_id
    RETURNING w.item_id, w.site_id, w.before_id, w.after_id, w.freed
)
SELECT item_id, site_id, side, sum(given_up)
FROM written CROSS JOIN LATERAL (VALUES (before_id, freed), (after_id, 0)) AS v(side, given_up)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

# Owners without any agreement at the site are not looked at: their balances are their own.
_OUT_OF_LINE = f"""
SELECT DISTINCT b.owner_id, b.site_id
FROM inventory_stockbalance b JOIN sites_site s ON s.id = b.site_id
WHERE (b.owner_id, b.site_id) IN (SELECT owner_id, site_id FROM inventory_consignmentagreement)
  AND b.used_by_id <> {_used_by(TODAY)}
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Term:
    """A price per stocking unit (None: the owner's own cost), from one day until before another."""

    valid_from_on: date
    valid_until_on: date | None = None
    unit_price: Decimal | None = None
    currency: str = ""


@service
def start(
    *, owner: Company, site: Site, item: Item | None = None, used_by: Company, term: Term, now: datetime, actor: Any
) -> ConsignmentAgreement:
    """Let `used_by` use the owner's stock of an item (of every item) at a site.

    An administrator of either party may. Rewrites `used_by` of the balances under their locks where it is in force
    today, and marks the levels of both parties for recompute. Emits `consignment_agreement.started`.

    :raises InvalidInput: naming the field, or the agreement that it overlaps.
    """
    _require_party(owner, used_by, actor)
    locks.lock_owner_at_site(owner.pk, site.pk)
    _check(owner, site, item, used_by, term)
    agreement = checking.insert(
        ConsignmentAgreement(
            owner=owner,
            site=site,
            item=item,
            used_by=used_by,
            unit_price=term.unit_price,
            currency=rules.check_currency(term.currency or owner.currency),
            valid_from_on=term.valid_from_on,
            valid_until_on=term.valid_until_on,
        )
    )
    keys = _rewrite(owner.pk, site, now)
    _record("started", agreement, keys, actor)
    return agreement


@service
def end(
    agreement: ConsignmentAgreement, *, on: date | None = None, expected: int | None = None, now: datetime, actor: Any
) -> ConsignmentAgreement:
    """Let an agreement end: it is not in force any more on `on` (today, if not given), sooner than it would.

    Gives the balances back to their owner's own demand under their locks, where that day has come.
    Emits `consignment_agreement.ended`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: for a day before its start, or after its present end: that would be `prolong`.
    """
    _require_party(agreement.owner, agreement.used_by, actor)
    last = on or local_date(now, agreement.site.time_zone)
    if last < agreement.valid_from_on:
        text = f"{last} lies before {agreement.valid_from_on}, when the agreement starts."
        raise InvalidInput(errors={"valid_until_on": text})
    locks.lock_owner_at_site(agreement.owner_id, agreement.site_id)
    present = _present_end(agreement)
    if present is not None and last > present:
        raise InvalidInput(errors={"valid_until_on": f"It ends on {present} already."})
    agreement = checking.update(agreement, expected=expected, changes={"valid_until_on": last})
    keys = _rewrite(agreement.owner_id, agreement.site, now)
    _record("ended", agreement, keys, actor)
    return agreement


@service
def prolong(
    agreement: ConsignmentAgreement, *, until: date | None, expected: int | None = None, now: datetime, actor: Any
) -> ConsignmentAgreement:
    """Let an agreement that has not ended be in force until a later day, or (None) without an end.

    Locks the owner's balances at the site. Emits `consignment_agreement.prolonged`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: for one that has ended, for a day that is no later, or naming the agreement it would overlap.
    """
    _require_party(agreement.owner, agreement.used_by, actor)
    locks.lock_owner_at_site(agreement.owner_id, agreement.site_id)
    present = _present_end(agreement)
    if present is not None and present <= local_date(now, agreement.site.time_zone):
        raise InvalidInput(errors={"valid_until_on": f"It ended on {present}; start another."})
    if until is not None and (present is None or until < present):
        raise InvalidInput(errors={"valid_until_on": f"{until} is no later than {present or 'without an end'}."})
    term = Term(agreement.valid_from_on, until)
    _check(agreement.owner, agreement.site, agreement.item, agreement.used_by, term, row=agreement)
    agreement = checking.update(agreement, expected=expected, changes={"valid_until_on": until})
    _record("prolonged", agreement, frozenset(), actor)
    return agreement


@service
def edit(
    agreement: ConsignmentAgreement,
    *,
    expected: int | None = None,
    unit_price: Decimal | None,
    actor: Any,
) -> ConsignmentAgreement:
    """Change the price of what is used from now on. Emits `consignment_agreement.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    """
    _require_party(agreement.owner, agreement.used_by, actor)
    agreement = checking.update(agreement, expected=expected, changes={"unit_price": unit_price})
    _record("changed", agreement, frozenset(), actor)
    return agreement


def refresh(*, now: datetime) -> int:
    """Bring `used_by` into line with the day at each site where an agreement starts or ends; for the new day.

    One query finds where something is out of line; then one transaction an owner and site. Safe to repeat; returns
    how many there were.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_LINE, {"now": now})
        pairs = cursor.fetchall()
    for owner_id, site_id in pairs:
        refresh_one(owner_id, site_id, now=now)
    return len(pairs)


@service
def refresh_one(owner_id: int, site_id: int, *, now: datetime) -> None:
    """The same for one owner at one site, under his balances' locks."""
    locks.lock_owner_at_site(owner_id, site_id)
    if keys := _rewrite(owner_id, Site.objects.get(pk=site_id), now):
        record_change("consignment_agreement.refreshed", keys=keys, company_ids=[owner_id], actor=None)


def _rewrite(owner_id: int, site: Site, now: datetime) -> frozenset[LevelKey]:
    """Rewrite `used_by` of an owner's balances at a site; the caller holds their locks. Returns the keys of both.

    What was reserved of them served the company that may no longer use them: its pins are let go, the latest first.
    """
    today = local_date(now, site.time_zone)
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE, {"owner": owner_id, "site": site.pk, "on": today})
        rows = cursor.fetchall()
    for *key, given_up in rows:
        if given_up:
            surrender(LevelKey(*key), given_up)
    return frozenset(LevelKey(*key) for *key, _ in rows)


def _present_end(agreement: ConsignmentAgreement) -> date | None:
    """When it ends as things stand now; the caller holds the owner's lock at the site."""
    ends = ConsignmentAgreement.objects.values_list("valid_until_on", flat=True)
    return ends.get(pk=agreement.pk)


def _check(
    owner: Company,
    site: Site,
    item: Item | None,
    used_by: Company,
    term: Term,
    *,
    row: ConsignmentAgreement | None = None,
) -> None:
    """Whether such an agreement may stand beside the others; `row` is the one that it will be."""
    if owner.pk == used_by.pk:
        raise InvalidInput(errors={"used_by": f"{owner.code} uses its own stock without an agreement."})
    if term.valid_until_on is not None and term.valid_until_on <= term.valid_from_on:
        text = f"{term.valid_until_on} must lie after {term.valid_from_on}."
        raise InvalidInput(errors={"valid_until_on": text})
    others = ConsignmentAgreement.objects.filter(
        Q(valid_until_on=None) | Q(valid_until_on__gt=term.valid_from_on), owner=owner, site=site, item=item
    )
    if row is not None:
        others = others.exclude(pk=row.pk)
    if term.valid_until_on is not None:
        others = others.filter(valid_from_on__lt=term.valid_until_on)
    if other := others.order_by("valid_from_on", "pk").first():
        until = f"until {other.valid_until_on}" if other.valid_until_on else "without an end"
        text = f"One with {other.used_by.code} is in force from {other.valid_from_on} {until}; end it first."
        raise InvalidInput(errors={"valid_from_on": text})


def _require_party(owner: Company, used_by: Company, actor: Any) -> None:
    if actor is None:
        return
    known = access.access_of(actor)
    if not any(known.has_role(access.ADMINISTRATORS, company_id=company.pk) for company in (owner, used_by)):
        raise Forbidden(f"Only an administrator of {owner.code} or {used_by.code} may agree on this.")


def _record(verb: str, agreement: ConsignmentAgreement, keys: Iterable[LevelKey], actor: Any) -> None:
    record_change(
        f"consignment_agreement.{verb}",
        documents=[("consignment_agreement", agreement.pk)],
        keys=keys,
        company_ids=[agreement.owner_id, agreement.used_by_id],
        site_ids=[agreement.site_id],
        actor=actor,
    )
