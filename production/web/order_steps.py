"""The steps of a manufacturing order: which are offered to whom, and what each does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from core.ui.formats import number
from core.web.numbers import whole
from core.web.rows import typed
from inventory.models import Posting
from inventory.selectors import ranks
from inventory.services import undo
from inventory.web.steps import Step, Steps
from production.models import ManufacturingOrder
from production.rules import TRANSITIONS
from production.rules import Step as Rule
from production.selectors.orders import visible_orders
from production.services import manufacturing_orders
from sites.access import PLANNERS, WRITERS, Access, access_of


@dataclass(frozen=True)
class Done:
    """What was done, in words; `undo` is the step behind the order's address that takes it back."""

    text: str
    undo: str = ""
    warnings: tuple[str, ...] = field(default_factory=tuple)


class Run(Protocol):
    def __call__(self, order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done: ...


def may_plan(order: ManufacturingOrder, access: Access) -> bool:
    """Whether he may do what binds the order's company."""
    return access.has_role(PLANNERS, company_id=order.company_id, site_id=order.site_id)


def may_report(order: ManufacturingOrder, access: Access) -> bool:
    """Whether he may tell what happened at the site."""
    return access.has_role(WRITERS, company_id=order.company_id, site_id=order.site_id, by_operator=True)


def steps_of(order: ManufacturingOrder, access: Access, url: str) -> Steps:
    """The steps that the order's state and the reader's role allow, the likeliest first."""
    planner, reporter = may_plan(order, access), may_report(order, access)
    is_blocked = order.blocked_at is not None
    offered: list[tuple[str, Rule, bool]] = [
        ("unblock", Rule.BLOCK, reporter and is_blocked),
        ("complete", Rule.COMPLETE, reporter and not is_blocked),
        ("release", Rule.RELEASE, planner and not is_blocked),
        ("reviewed", Rule.EDIT, planner and bool(order.review_reason)),
        ("edit", Rule.EDIT, planner),
        ("rank", Rule.RANK, planner and order.source_id is None and order.priority_id is not None),
        ("split", Rule.SPLIT, planner and not is_blocked),
        ("merge", Rule.RESIZE, planner and not is_blocked),
        ("block", Rule.BLOCK, reporter and not is_blocked),
        ("reverse", Rule.REVERSE, reporter),
        ("close", Rule.CLOSE, planner and (order.state, Rule.CANCEL) not in TRANSITIONS),
        ("back-order", Rule.CLOSE, planner and order.open_quantity > 0 and order.posted_quantity > 0),
        ("cancel", Rule.CANCEL, planner),
    ]
    names = [name for name, rule, may in offered if may and (order.state, rule) in TRANSITIONS]
    main = bool(names) and names[0] in {"unblock", "complete", "release"}
    return Steps(tuple(plain_step(order, name, url) for name in names), has_main=main)


def plain_step(order: ManufacturingOrder, name: str, url: str) -> Step:
    """A step as its button and dialog show it."""
    of = {"number": order.number}
    left = number(order.quantity - order.posted_quantity - order.closed_quantity, order.item.unit.decimals)
    texts: dict[str, dict[str, Any]] = {
        "release": {"label": _("Release"), "is_at_once": True},
        "complete": {"label": _("Report…"), "is_page": True},
        "edit": {"label": _("Change…"), "is_page": True},
        "unblock": {"label": _("Unblock"), "is_at_once": True},
        "rank": {"label": _("Move to rank…"), "title": _("Move %(number)s to rank…") % of, "number": _("New rank")},
        "reviewed": {"label": _("Reviewed"), "is_at_once": True},
        "split": {
            "label": _("Split…"),
            "title": _("Split %(number)s?") % of,
            "text": _("So many go into a new order directly behind it; what is left stays in this one."),
            "number": _("How many, of %(amount)s") % {"amount": left},
            "has_decimals": order.item.unit.decimals > 0,
        },
        "merge": {
            "label": _("Merge…"),
            "title": _("Merge others into %(number)s?") % of,
            "text": _(
                "Planned orders alike in item, site and recipe; this one makes them all, the others are canceled."
            ),
            "words": _("Their numbers, with commas between"),
        },
        "back-order": {
            "label": _("Close with back-order"),
            "title": _("Close %(number)s with a back-order?") % of,
            "text": _("%(amount)s open go on in a new order for the same demand, directly behind it.")
            % {"amount": left},
            "reason": "optional",
        },
        "block": {
            "label": _("Block"),
            "title": _("Block %(number)s?") % of,
            "text": _("It is neither released nor reported on until somebody unblocks it."),
            "reason": "required",
        },
        "reverse": {
            "label": _("Reverse latest"),
            "title": _("Take back the latest posting of %(number)s?") % of,
            "text": _("What was made leaves stock, components and their cost return."),
            "is_danger": True,
        },
        "close": {
            "label": _("Close short") if order.open_quantity > 0 else _("Close"),
            "title": _("Close %(number)s?") % of,
            "text": _("%(amount)s open are given up; the cost left in it is written off.") % {"amount": left}
            if order.open_quantity > 0
            else _("Nothing more is reported on it; the cost left in it is written off."),
            "reason": "required" if order.open_quantity > 0 else "optional",
            "is_danger": True,
        },
        "cancel": {
            "label": _("Cancel order"),
            "title": _("Cancel %(number)s?") % of,
            "text": _("Nothing was reported on it; its components become free for others."),
            "reason": "optional",
            "is_danger": True,
        },
    }
    found = texts.get(name, {"label": name.capitalize()})
    return Step(name=name, url=f"{url}{name}/", **{"title": f"{found['label']} {order.number}", **found})


def _release(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    manufacturing_orders.release(order.pk, now=now, actor=actor)
    return Done(_("%(number)s is released.") % {"number": order.number})


def _block(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    manufacturing_orders.block(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is blocked.") % {"number": order.number}, undo="unblock/")


def _unblock(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    manufacturing_orders.unblock(order.pk, now=now, actor=actor)
    return Done(_("%(number)s is no longer blocked.") % {"number": order.number})


def _close(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    manufacturing_orders.close(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is closed.") % {"number": order.number})


def _cancel(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    manufacturing_orders.cancel(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is canceled.") % {"number": order.number})


def _reverse(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    """The posting named, be it the latest or not; else the latest."""
    posting_id = whole(said.get("posting"))
    if posting_id is not None:
        if order.pk not in _orders_of(posting_id):
            raise NotFound(_("There is no such posting of this order."))
        posted = undo.reverse_posting(posting_id, now=now, actor=actor)
    else:
        posted = manufacturing_orders.reverse(order.pk, now=now, actor=actor).posted
    return Done(_("Taken back by %(number)s.") % {"number": posted.number}, warnings=tuple(posted.warnings))


def _orders_of(posting_id: int) -> list[int | None]:
    rows = Posting.objects.filter(pk=posting_id, source_kind="manufacturing_order")
    return list(rows.values_list("source_id", flat=True))


def _rank(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    """To a rank number, or directly before or after another place; Undo moves it back to where it stood."""
    before = ranks.positions([order.priority_id]).get(order.priority_id or 0)
    place = _place(order, said, before)
    if place:
        manufacturing_orders.rank(order.pk, **place, now=now, actor=actor)
    after = ranks.positions([order.priority_id]).get(order.priority_id or 0)
    text = _("%(number)s is rank %(rank)s.") % {"number": order.number, "rank": after}
    return Done(text, undo=f"rank/?rank={before}" if before and before != after else "")


def _place(order: ManufacturingOrder, said: Mapping[str, Any], rank: int | None) -> dict[str, int]:
    for name in ("before", "after"):
        if (place := whole(said.get(name))) is not None:
            return {name: place}
    text = str(said.get("rank", "")).strip()
    wanted = whole(text)
    if not wanted or wanted >= 10**9:
        raise InvalidInput(errors={"rank": _("“%(rank)s” is not a rank; 1 is the first.") % {"rank": text[:20]}})
    if wanted == rank:
        return {}
    if last := ranks.priority_at(order.company_id, wanted):
        return {"before" if rank is None or wanted < rank else "after": last.pk}
    last = ranks.last(order.company_id)
    return {"after": last.pk} if last and last.pk != order.priority_id else {}


def _reviewed(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    manufacturing_orders.reviewed(order.pk, now=now, actor=actor)
    return Done(_("%(number)s is marked as reviewed.") % {"number": order.number})


def _split(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    quantity = typed(str(said.get("split", "")))
    new = manufacturing_orders.split(order.pk, [quantity], now=now, actor=actor)
    return Done(_("%(number)s is split: %(new)s makes the rest.") % {"number": order.number, "new": new[0].number})


def _merge(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    """With the orders named, as far as he sees them."""
    numbers = [one.strip().upper() for one in str(said.get("merge", "")).split(",") if one.strip()]
    rows = visible_orders(access_of(actor)).filter(company_id=order.company_id, number__in=numbers)
    found = dict(rows.values_list("number", "pk"))
    if missing := [one for one in numbers if one not in found]:
        raise InvalidInput(errors={"merge": _("There is no order %(number)s.") % {"number": ", ".join(missing)[:60]}})
    others = [found[one] for one in numbers]
    manufacturing_orders.merge([order.pk, *others], now=now, actor=actor)
    return Done(_("%(number)s now makes them all.") % {"number": order.number})


def _back_order(order: ManufacturingOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    new = manufacturing_orders.close_with_back_order(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is closed; %(new)s makes the rest.") % {"number": order.number, "new": new.number})


RUN: dict[str, Callable[..., Done]] = {
    "release": _release,
    "block": _block,
    "unblock": _unblock,
    "close": _close,
    "cancel": _cancel,
    "reverse": _reverse,
    "rank": _rank,
    "reviewed": _reviewed,
    "split": _split,
    "merge": _merge,
    "back-order": _back_order,
}
