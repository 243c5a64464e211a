"""The one rank sequence of a company over its sales orders and make-to-stock manufacturing orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import InvalidInput, NotFound
from core.prepared import Statement
from core.transactions import service
from inventory import events
from inventory.drafts import LevelKey
from inventory.locks.ranks import lock_sequence
from inventory.models import Demand, Priority
from inventory.rules import ranking

_FOLLOW = Statement(
    "rank_follow",
    """
    UPDATE inventory_priority SET closed_at = CASE WHEN NOT %(is_open)s::boolean THEN now() END
    WHERE id = %(id)s::bigint AND (closed_at IS NULL) <> %(is_open)s::boolean
    RETURNING id
    """,
)


@dataclass(frozen=True)
class Moved:
    """Where a priority stands now, and between which it stood before: moving it `after=was_after_id` undoes it."""

    priority_id: int
    rank: str
    was_after_id: int | None
    was_before_id: int | None


def append(company_id: int) -> Priority:
    """A new place at the end of the company's ranks. Locks the sequence until the transaction ends."""
    return append_many(company_id, 1)[0]


def append_many(company_id: int, count: int) -> list[Priority]:
    """So many new places at the end, in order."""
    lock_sequence(company_id)
    last = Priority.objects.filter(company_id=company_id).order_by("-rank").values_list("rank", flat=True).first()
    ranks = []
    for _ in range(count):
        last = ranking.at_end(last)
        ranks.append(last)
    return Priority.objects.bulk_create(Priority(company_id=company_id, rank=rank) for rank in ranks)


def follow(priority_id: int | None, *, is_open: bool) -> None:
    """Count a place while the order that took it is open; that order's services call it, holding the order's lock.

    An order that ends keeps its place, so that it stands where it stood when it is open again.
    """
    if priority_id is not None:
        _FOLLOW.all({"id": priority_id, "is_open": is_open})


@service
def move(
    priority_id: int, *, before: int | None = None, after: int | None = None, now: datetime, actor: object
) -> Moved:
    """Put a priority directly before or directly after another one of its company.

    Writes one row, whatever stands behind it, and asks for a recompute of the keys whose demands hold the
    priority, which recolors all that follow there. Emits `priority.moved`. The caller has checked that `actor` may
    change the order.

    :raises InvalidInput: unless exactly one other priority of the same company is named.
    """
    priority, anchor = _pair(priority_id, before, after)

    lock_sequence(priority.company_id)

    priority.refresh_from_db(fields=["rank"])
    anchor.refresh_from_db(fields=["rank"])
    was_after, was_before = _neighbors(priority.rank, priority)
    low, high = _gap(anchor, priority, is_before=before is not None)
    moved = Moved(priority.id, priority.rank, _id(was_after), _id(was_before))
    if (low is None or low < priority.rank) and (high is None or priority.rank < high):
        return moved

    rank = _put(priority, low, high)

    _record(priority, actor)
    return Moved(priority.id, rank, moved.was_after_id, moved.was_before_id)


def _pair(priority_id: int, before: int | None, after: int | None) -> tuple[Priority, Priority]:
    if (before is None) == (after is None):
        raise InvalidInput(errors={"before": "Name the order to stand before, or the one to stand after."})
    field, anchor_id = ("before", before) if before is not None else ("after", after)
    found = Priority.objects.in_bulk([priority_id, anchor_id])
    priority, anchor = found.get(priority_id), found.get(anchor_id)
    if priority is None:
        raise NotFound("There is no such rank.")
    if anchor is None or anchor.company_id != priority.company_id:
        raise InvalidInput(errors={field: "There is no such order in this ranking."})
    if anchor.id == priority.id:
        raise InvalidInput(errors={field: "An order can't stand before or after itself."})
    return priority, anchor


def _neighbors(rank: str, but: Priority) -> tuple[Priority | None, Priority | None]:
    others = Priority.objects.filter(company_id=but.company_id).exclude(id=but.id)
    low = others.filter(rank__lt=rank).order_by("-rank").first()
    return low, others.filter(rank__gt=rank).order_by("rank").first()


def _gap(anchor: Priority, priority: Priority, *, is_before: bool) -> tuple[str | None, str | None]:
    """The two ranks to go between, the moved one left out; the caller holds the sequence."""
    low, high = _neighbors(anchor.rank, priority)
    if is_before:
        return (low.rank if low else None), anchor.rank
    return anchor.rank, (high.rank if high else None)


def _id(priority: Priority | None) -> int | None:
    return priority.id if priority else None


def _put(priority: Priority, low: str | None, high: str | None) -> str:
    if low is None:
        rank = ranking.at_start(str(high))
    elif high is None:
        rank = ranking.at_end(low)
    else:
        rank = ranking.between(low, high)
    Priority.objects.filter(id=priority.id).update(rank=rank)
    if len(rank) > ranking.LONGEST:
        rank = _respace(priority)
    return rank


def _respace(priority: Priority) -> str:
    """Spread the ranks anew that share the whole number of a long one; the order of all stays."""
    rank = Priority.objects.values_list("rank", flat=True).get(id=priority.id)
    whole = rank[: ranking.WHOLE_LENGTH]
    crowded = Priority.objects.filter(company_id=priority.company_id, rank__startswith=whole).exclude(rank=whole)
    rows = list(crowded.order_by("rank", "id"))
    # Two steps, because a new rank may be one that a row not yet rewritten still has; "~" sorts behind all digits.
    for names in ([f"~{row.id}" for row in rows], ranking.spread(whole, len(rows))):
        _write(rows, names)
    return next(row.rank for row in rows if row.id == priority.id)


def _write(rows: Sequence[Priority], ranks: Sequence[str]) -> None:
    for row, rank in zip(rows, ranks, strict=True):
        row.rank = rank
    Priority.objects.bulk_update(rows, ["rank"])


def _record(priority: Priority, actor: object) -> None:
    demands = Demand.objects.filter(priority_id=priority.id, closed_at=None)
    keys = demands.values_list("item_id", "site_id", "used_by_id").distinct().order_by()
    documents = demands.values_list("document_kind", "document_id").distinct().order_by()
    events.record_change(
        "priority.moved",
        documents=sorted(documents),
        keys=[LevelKey(*key) for key in keys],
        company_ids=[priority.company_id],
        actor=actor,
    )
