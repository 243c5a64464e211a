"""Lots: batches and serial numbers."""

from datetime import date
from typing import Any, TypedDict, Unpack

from core.errors import Forbidden, InvalidInput
from core.transactions import service
from inventory.choices import LotKind, LotState, Tracking
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.models import Item, Lot, StockBalance
from sites import access, checking
from sites.models import Company


class LotFields(TypedDict, total=False):
    """`began_on` is the age that picking goes by; after `expires_on` the lot is blocked."""

    began_on: date | None
    expires_on: date | None


@service
def create(*, item: Item, number: str, issuer: Company | None, actor: Any, **fields: Unpack[LotFields]) -> Lot:
    """A new lot of an item, issued by its maker or supplier. Emits `lot.created`.

    Whoever writes for some company may: receipts and completions make lots as they come.

    :raises InvalidInput: naming the field; an item without tracking has no lots.
    """
    _require_writer(actor)
    if item.tracking == Tracking.NONE:
        raise InvalidInput(errors={"item": f"{item.sku} is not tracked by lot or serial number."})
    if not number.strip():
        raise InvalidInput(errors={"number": "A lot needs a number."})
    lot = checking.insert(Lot(item=item, number=number.strip(), issuer=issuer, **_checked(fields)))
    _record("created", lot, actor)
    return lot


@service
def edit(lot: Lot, *, expected: int | None = None, actor: Any, **changes: Unpack[LotFields]) -> Lot:
    """Change a lot's dates. Marks the levels with stock of it for recompute. Emits `lot.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field; the lots of work in progress are the system's own.
    """
    _require_keeper(lot, actor)
    lot = checking.update(lot, expected=expected, changes=dict(_checked(changes, lot)))
    _record("changed", lot, actor)
    return lot


@service
def hold(lot: Lot, *, reason: str, expected: int | None = None, actor: Any) -> Lot:
    """Block a lot wherever it stands: it counts no more as on hand and can't be shipped or used.

    Marks the levels with stock of it for recompute. Emits `lot.held`.

    :raises InvalidInput: without a reason.
    :raises StaleVersion: when somebody changed it meanwhile.
    """
    _require_keeper(lot, actor)
    if not reason.strip():
        raise InvalidInput(errors={"reason": "Say why the lot is held."})
    changes = {"state": LotState.HELD, "state_reason": reason.strip()}
    lot = checking.update(lot, expected=expected, changes=changes)
    _record("held", lot, actor)
    return lot


@service
def release(lot: Lot, *, reason: str = "", expected: int | None = None, actor: Any) -> Lot:
    """Let a held lot be used again. Marks the levels with stock of it for recompute. Emits `lot.released`.

    :raises StaleVersion: when somebody changed it meanwhile.
    """
    _require_keeper(lot, actor)
    changes = {"state": LotState.OK, "state_reason": reason.strip()}
    lot = checking.update(lot, expected=expected, changes=changes)
    _record("released", lot, actor)
    return lot


def _checked(fields: LotFields, lot: Lot | None = None) -> LotFields:
    began_on = fields.get("began_on", lot.began_on if lot else None)
    expires_on = fields.get("expires_on", lot.expires_on if lot else None)
    if began_on and expires_on and expires_on < began_on:
        raise InvalidInput(errors={"expires_on": f"{expires_on} lies before {began_on}, when the lot began."})
    return fields


def _require_writer(actor: Any) -> None:
    if actor is None:
        return
    known = access.access_of(actor)
    roles = {*known.company_roles.values(), *known.member_roles.values()}
    if not known.is_superuser and roles.isdisjoint(access.WRITERS):
        raise Forbidden("You may see this, but not change it.")


def _require_keeper(lot: Lot, actor: Any) -> None:
    """His who issued the lot, owns or uses stock of it, or keeps it at his site."""
    if lot.kind != LotKind.STOCK:
        raise InvalidInput(errors={"lot": f"{lot.number} is work in progress and follows its order."})
    if actor is None:
        return
    known = access.access_of(actor)
    companies = {lot.issuer_id}
    sites = set()
    for owner_id, used_by_id, site_id in _places(lot).values_list("owner_id", "used_by_id", "site_id"):
        companies |= {owner_id, used_by_id}
        sites.add(site_id)
    by_company = any(known.has_role(access.WRITERS, company_id=company) for company in companies)
    if not by_company and not any(
        known.has_role(access.WRITERS, company_id=None, site_id=site, by_operator=True) for site in sites
    ):
        raise Forbidden(f"You may see lot {lot.number}, but not change it.")


def _places(lot: Lot) -> Any:
    return StockBalance.objects.filter(item=lot.item_id, lot=lot.pk, quantity__gt=0)


def _record(verb: str, lot: Lot, actor: Any) -> None:
    keys = {LevelKey(*row) for row in _places(lot).values_list("item_id", "site_id", "used_by_id")}
    owners = set(_places(lot).values_list("owner_id", flat=True))
    record_change(
        f"lot.{verb}",
        documents=[("lot", lot.pk)],
        keys=keys,
        company_ids={*owners, *([lot.issuer_id] if lot.issuer_id else [])},
        actor=actor,
    )
