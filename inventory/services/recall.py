"""A recall: all that a suspected lot went into is held in one step, and that step is taken back in one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from core import events
from core.errors import Forbidden, InvalidInput, NotFound
from core.models import Event
from core.transactions import service
from inventory.choices import LotKind, LotState
from inventory.drafts import LevelKey
from inventory.events import LEVELS
from inventory.locks.lots import lock_lots
from inventory.models import Lot, StockBalance
from inventory.selectors.masters import lots as visible_lots
from inventory.selectors.trace import Direction, trace
from sites import access

MOST_REASON = 200


@dataclass(frozen=True)
class Recalled:
    """The lots that were held or released, and the event that tells of it (None: there were none)."""

    lots: Sequence[Lot]
    event_id: int | None


@service
def hold_affected(lot_id: int, *, reason: str, actor: Any) -> Recalled:
    """Hold a lot and every lot that it went into, as far as the reader sees and keeps them, in one transaction.

    Lots that are held already keep their reason. Locks the lots by id; marks the levels with stock of them for
    recompute. Emits one `lot.held` that names them all.

    :raises NotFound: when he doesn't see the lot.
    :raises InvalidInput: without a reason.
    :raises Forbidden: when none of them is his to hold.
    """
    known = access.access_of(actor)
    lot = visible_lots(known).filter(pk=lot_id).first()
    if lot is None:
        raise NotFound("There is no such lot.")
    if not reason.strip():
        raise InvalidInput(errors={"reason": "Say why the lots are held."})
    reached = trace(lot, Direction.FORWARD, known).lot_ids
    kept = _kept(reached, known)
    if not kept:
        raise Forbidden(f"None of the lots that {lot.number} went into is yours to hold.")

    held = [row for row in lock_lots(kept) if row.kind == LotKind.STOCK and row.state == LotState.OK]
    text = f"Recall of {lot.number}: {reason.strip()}"[:MOST_REASON]
    return _put(held, LotState.HELD, text, "held", actor, recall_of=lot.pk)


@service
def release_again(lot_id: int, event_id: int, *, actor: Any) -> Recalled:
    """Take a recall back: the lots that this event held, as far as nobody changed them since. Emits `lot.released`.

    :raises NotFound: when the reader didn't hold them in the recall of this lot.
    """
    event = Event.objects.filter(pk=event_id, kind="lot.held", actor_id=getattr(actor, "pk", None)).first()
    if event is None or event.payload.get("recall_of") != lot_id:
        raise NotFound("There is no such recall of yours.")
    versions = dict(event.payload["versions"])
    held = [row for row in lock_lots(list(versions)) if row.state == LotState.HELD and row.version == versions[row.pk]]
    return _put(held, LotState.OK, "", "released", actor, recall_of=lot_id)


def _kept(lot_ids: Collection[int], known: access.Access) -> list[int]:
    """Those lots that are his to hold: he writes for who issued, owns or uses them, or at a site where they stand."""
    if known.is_superuser:
        return sorted(lot_ids)
    companies = known.company_ids_of(access.WRITERS)
    roles = {**known.operator_roles, **known.member_roles}
    sites = {site_id for site_id, role in roles.items() if role in access.WRITERS}
    asked = Lot.objects.filter(pk__in=list(lot_ids))
    items = asked.order_by().values("item_id")
    standing = StockBalance.objects.filter(item__in=items, lot__in=list(lot_ids), quantity__gt=0).order_by()
    found = set(asked.filter(issuer__in=companies).values_list("pk", flat=True))
    for condition in ({"owner__in": companies}, {"used_by__in": companies}, {"site__in": sites}):
        found |= set(standing.filter(**condition).values_list("lot_id", flat=True))
    return sorted(found)


def _put(
    rows: Sequence[Lot], state: LotState, reason: str, verb: str, actor: Any, *, recall_of: int | None = None
) -> Recalled:
    """Write the state of locked lots and tell of it."""
    if not rows:
        return Recalled([], None)
    ids = [row.pk for row in rows]
    Lot.objects.filter(pk__in=ids).update(state=state, state_reason=reason, version=F("version") + 1)
    standing = StockBalance.objects.filter(item__in={row.item_id for row in rows}, lot__in=ids, quantity__gt=0)
    places = list(standing.order_by("id").values_list("lot_id", "item_id", "site_id", "used_by_id", "owner_id"))
    hearers: dict[int, set[int]] = {row.pk: {row.issuer_id} if row.issuer_id else set() for row in rows}
    for lot_id, _item, _site, used_by_id, owner_id in places:
        hearers[lot_id] |= {used_by_id, owner_id}
    keys = sorted({LevelKey(*place[1:4]) for place in places})
    event_id = events.record(
        f"lot.{verb}",
        companies={company for companies in hearers.values() for company in companies},
        sites={key.site_id for key in keys},
        payload={
            "documents": [["lot", lot_id, sorted(companies), []] for lot_id, companies in hearers.items()],
            "levels": [list(key) for key in keys],
            "versions": [[row.pk, row.version + 1] for row in rows],
            "recall_of": recall_of,
        },
        keys_by_handler={LEVELS: [list(key) for key in keys]},
        actor=actor,
    )
    return Recalled(rows, event_id)
