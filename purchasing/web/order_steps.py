"""The steps of a purchase order: which are offered to whom, and what each does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import NotFound
from core.web.numbers import whole
from inventory.services import undo
from inventory.web.steps import Step, Steps
from purchasing.models import PurchaseOrder, Receipt
from purchasing.rules import TRANSITIONS
from purchasing.rules import Step as Rule
from purchasing.services import purchase_orders
from sites.access import PLANNERS, WRITERS, Access


@dataclass(frozen=True)
class Done:
    """What was done, in words; `undo` is the step behind the order's address that takes it back."""

    text: str
    undo: str = ""
    warnings: tuple[str, ...] = ()


def may_plan(order: PurchaseOrder, access: Access) -> bool:
    """Whether he may do what binds the buyer."""
    return access.has_role(PLANNERS, company_id=order.company_id, site_id=order.site_id)


def may_receive(order: PurchaseOrder, access: Access) -> bool:
    """Whether he may tell what came, to one of its sites at least."""
    return bool(sites_to_receive(order, access))


def sites_to_receive(order: PurchaseOrder, access: Access) -> set[int]:
    """The sites of its lines at which he may receive; the lines stand with the order."""
    sites = {line.site_id for line in order.lines.all()}
    company = order.company_id
    return {at for at in sites if access.has_role(WRITERS, company_id=company, site_id=at, by_operator=True)}


def steps_of(order: PurchaseOrder, access: Access, url: str, *, has_receipts: bool) -> Steps:
    """The steps that the order's state and the reader's role allow, the likeliest first."""
    planner, writer = may_plan(order, access), may_receive(order, access)
    is_blocked = order.blocked_at is not None
    offered: list[tuple[str, Rule, bool]] = [
        ("unblock", Rule.BLOCK, planner and is_blocked),
        ("receive", Rule.RECEIVE, writer and not is_blocked),
        ("order", Rule.ORDER, planner and not is_blocked),
        ("edit", Rule.EDIT, planner),
        ("block", Rule.BLOCK, planner and not is_blocked),
        ("reverse", Rule.REVERSE, writer and has_receipts),
        ("close", Rule.CLOSE, planner and (order.state, Rule.CANCEL) not in TRANSITIONS),
        ("cancel", Rule.CANCEL, planner and not has_receipts),
    ]
    names = [name for name, rule, may in offered if may and (order.state, rule) in TRANSITIONS]
    main = bool(names) and names[0] in {"unblock", "receive", "order"}
    return Steps(tuple(plain_step(order, name, url) for name in names), has_main=main)


def plain_step(order: PurchaseOrder, name: str, url: str) -> Step:
    """A step as its button and dialog show it."""
    of = {"number": order.number}
    is_open = any(line.open_quantity > 0 for line in order.lines.all())
    texts: dict[str, dict[str, Any]] = {
        "order": {"label": _("Order"), "is_at_once": True},
        "receive": {"label": _("Receive…"), "is_page": True},
        "edit": {"label": _("Change…"), "is_page": True},
        "unblock": {"label": _("Unblock"), "is_at_once": True},
        "block": {
            "label": _("Block"),
            "title": _("Block %(number)s?") % of,
            "text": _("It is neither ordered nor received until somebody unblocks it."),
            "reason": "required",
        },
        "reverse": {
            "label": _("Reverse receipt"),
            "title": _("Take back the latest receipt of %(number)s?") % of,
            "text": _("Its goods leave stock again with their value, as they came; refused once they are used."),
            "is_danger": True,
        },
        "close": {
            "label": _("Close short") if is_open else _("Close"),
            "title": _("Close %(number)s?") % of,
            "text": _("What is still open will not come; whoever counted on it is served by something else.")
            if is_open
            else _("Everything is received; nothing more happens on it."),
            "reason": "required" if is_open else "optional",
            "is_danger": is_open,
        },
        "cancel": {
            "label": _("Cancel order"),
            "title": _("Cancel %(number)s?") % of,
            "text": _("Nothing was received; whoever counted on it is served by something else."),
            "reason": "optional",
            "is_danger": True,
        },
    }
    found = texts.get(name, {"label": name.capitalize()})
    return Step(name=name, url=f"{url}{name}/", **{"title": f"{found['label']} {order.number}", **found})


def _order(order: PurchaseOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    purchase_orders.order(order.pk, now=now, actor=actor)
    return Done(_("%(number)s is ordered.") % {"number": order.number})


def _block(order: PurchaseOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    purchase_orders.block(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is blocked.") % {"number": order.number}, undo="unblock/")


def _unblock(order: PurchaseOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    purchase_orders.unblock(order.pk, now=now, actor=actor)
    return Done(_("%(number)s is no longer blocked.") % {"number": order.number})


def _close(order: PurchaseOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    purchase_orders.close(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is closed.") % {"number": order.number})


def _cancel(order: PurchaseOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    purchase_orders.cancel(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is canceled.") % {"number": order.number})


def _reverse(order: PurchaseOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    """The receipt of the posting named, be it the latest or not; else the latest."""
    posting_id = whole(said.get("posting"))
    if posting_id is not None:
        if not Receipt.objects.filter(order=order, posting=posting_id).exists():
            raise NotFound(_("There is no such receipt of this order."))
        posted = undo.reverse_posting(posting_id, now=now, actor=actor)
        return Done(_("Taken back by %(number)s.") % {"number": posted.number}, warnings=tuple(posted.warnings))
    done = purchase_orders.reverse(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    text = _("%(receipt)s is taken back; it is open again.") % {"receipt": done.receipt.number}
    return Done(text, warnings=tuple(done.warnings))


RUN: dict[str, Callable[..., Done]] = {
    "order": _order,
    "block": _block,
    "unblock": _unblock,
    "close": _close,
    "cancel": _cancel,
    "reverse": _reverse,
}
