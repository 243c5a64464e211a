"""The steps of a sales order: which are offered to whom, and what each does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import NotFound
from core.web.numbers import whole
from inventory.services import undo
from inventory.web.steps import Step, Steps
from sales.models import SalesOrder, Shipment
from sales.rules import TRANSITIONS
from sales.rules import Step as Rule
from sales.services import sales_orders
from sites.access import PLANNERS, WRITERS, Access


@dataclass(frozen=True)
class Done:
    """What was done, in words; `undo` is the step behind the order's address that takes it back."""

    text: str
    undo: str = ""
    warnings: tuple[str, ...] = ()


def may_plan(order: SalesOrder, access: Access) -> bool:
    """Whether he may do what binds the seller."""
    return access.has_role(PLANNERS, company_id=order.company_id, site_id=order.site_id)


def may_ship(order: SalesOrder, access: Access) -> bool:
    """Whether he may tell what left, from one of its sites at least."""
    return bool(sites_to_ship(order, access))


def sites_to_ship(order: SalesOrder, access: Access) -> set[int]:
    """The sites of its lines from which he may ship; the lines stand with the order."""
    sites = {line.site_id for line in order.lines.all()}
    company = order.company_id
    return {at for at in sites if access.has_role(WRITERS, company_id=company, site_id=at, by_operator=True)}


def steps_of(order: SalesOrder, access: Access, base: str, url: str) -> Steps:
    """The steps that the order's state and the reader's role allow, the likeliest first."""
    planner, writer = may_plan(order, access), may_ship(order, access)
    is_blocked = order.blocked_at is not None
    offered: list[tuple[str, Rule, bool]] = [
        ("unblock", Rule.BLOCK, planner and is_blocked),
        ("ship", Rule.SHIP, writer and not is_blocked),
        ("open", Rule.OPEN, planner),
        ("make", Rule.SHIP, planner and not is_blocked),
        ("edit", Rule.EDIT, planner),
        ("rank", Rule.RANK, planner and order.priority_id is not None),
        ("block", Rule.BLOCK, planner and not is_blocked),
        ("reverse", Rule.REVERSE, writer),
        ("close", Rule.CLOSE, planner and (order.state, Rule.CANCEL) not in TRANSITIONS),
        ("cancel", Rule.CANCEL, planner),
    ]
    names = [name for name, rule, may in offered if may and (order.state, rule) in TRANSITIONS]
    main = bool(names) and names[0] in {"unblock", "ship", "open"}
    return Steps(tuple(plain_step(order, name, base, url) for name in names), has_main=main)


def plain_step(order: SalesOrder, name: str, base: str, url: str) -> Step:
    """A step as its button and dialog show it."""
    of = {"number": order.number}
    is_open = any(line.open_quantity > 0 for line in order.lines.all())
    texts: dict[str, dict[str, Any]] = {
        "open": {"label": _("Open"), "is_at_once": True},
        "ship": {"label": _("Ship…"), "is_page": True},
        "edit": {"label": _("Change…"), "is_page": True},
        # Production stands above sales: its page makes what the order asks for.
        "make": {
            "label": _("Make to order…"),
            "is_page": True,
            "url": f"{base}manufacturing-orders/make-to-order/{order.pk}/",
        },
        "unblock": {"label": _("Unblock"), "is_at_once": True},
        "rank": {
            "label": _("Move to rank…"),
            "title": _("Move %(number)s to rank…") % of,
            "text": _("All orders between are served later or sooner; you see which, and can undo it."),
            "number": _("New rank"),
            # The one ranking stands above sales: its page moves the order, and shows what that changed.
            "url": f"{base}orders/{order.priority_id}/rank/",
        },
        "block": {
            "label": _("Block"),
            "title": _("Block %(number)s?") % of,
            "text": _("It keeps its rank and its stock, and is not shipped until somebody unblocks it."),
            "reason": "required",
        },
        "reverse": {
            "label": _("Reverse shipment"),
            "title": _("Take back the latest shipment of %(number)s?") % of,
            "text": _("Its goods return to where they were taken from, with their lots, owners and values."),
            "is_danger": True,
        },
        "close": {
            "label": _("Close short") if is_open else _("Close"),
            "title": _("Close %(number)s?") % of,
            "text": _("What is still open will not be shipped; its stock becomes free for others.")
            if is_open
            else _("Everything is shipped; nothing more happens on it."),
            "reason": "required" if is_open else "optional",
            "is_danger": is_open,
        },
        "cancel": {
            "label": _("Cancel order"),
            "title": _("Cancel %(number)s?") % of,
            "text": _("Nothing was shipped; its stock becomes free for others. It cannot be opened again."),
            "reason": "optional",
            "is_danger": True,
        },
    }
    found = texts.get(name, {"label": name.capitalize()})
    return Step(name=name, **{"title": f"{found['label']} {order.number}", "url": f"{url}{name}/", **found})


def _open(order: SalesOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    sales_orders.open(order.pk, now=now, actor=actor)
    return Done(_("%(number)s is open, at the end of the ranks.") % {"number": order.number})


def _block(order: SalesOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    sales_orders.block(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is blocked.") % {"number": order.number}, undo="unblock/")


def _unblock(order: SalesOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    sales_orders.unblock(order.pk, now=now, actor=actor)
    return Done(_("%(number)s is no longer blocked.") % {"number": order.number})


def _close(order: SalesOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    sales_orders.close(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is closed.") % {"number": order.number})


def _cancel(order: SalesOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    sales_orders.cancel(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return Done(_("%(number)s is canceled.") % {"number": order.number})


def _reverse(order: SalesOrder, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    """The shipment of the posting named, be it the latest or not; else the latest."""
    posting_id = whole(said.get("posting"))
    if posting_id is not None:
        if not Shipment.objects.filter(order=order, posting=posting_id).exists():
            raise NotFound(_("There is no such shipment of this order."))
        posted = undo.reverse_posting(posting_id, now=now, actor=actor)
        return Done(_("Taken back by %(number)s.") % {"number": posted.number}, warnings=tuple(posted.warnings))
    done = sales_orders.reverse(order.pk, reason=said.get("reason", ""), now=now, actor=actor)
    text = _("%(shipment)s is taken back; it is open again.") % {"shipment": done.shipment.number}
    return Done(text, warnings=tuple(done.warnings))


RUN: dict[str, Callable[..., Done]] = {
    "open": _open,
    "block": _block,
    "unblock": _unblock,
    "close": _close,
    "cancel": _cancel,
    "reverse": _reverse,
}
