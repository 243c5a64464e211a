"""The steps of a transfer: which are offered to whom, and what those without a form of their own do."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from inventory.models import Transfer
from inventory.rules.transfers import TRANSITIONS, in_transit
from inventory.rules.transfers import Step as Rule
from inventory.selectors.transfer_page import may
from inventory.services import transfers
from inventory.web.steps import Step, Steps
from sites.access import PLANNERS, WRITERS, Access

MOVEMENTS = ("dispatch", "receive", "settle")


class Run(Protocol):
    def __call__(self, transfer: Transfer, said: Mapping[str, Any], *, now: datetime, actor: Any) -> str: ...


def may_plan(transfer: Transfer, access: Access) -> bool:
    """Whether he may do what binds the transfer's company."""
    return may(transfer, access, PLANNERS, at=transfer.origin_id, by_operator=False)


def may_send(transfer: Transfer, access: Access) -> bool:
    return may(transfer, access, WRITERS, at=transfer.origin_id, by_operator=True)


def may_receive(transfer: Transfer, access: Access) -> bool:
    return may(transfer, access, WRITERS, at=transfer.destination_id, by_operator=True)


def steps_of(transfer: Transfer, access: Access, url: str) -> Steps:
    """The steps that the state and the reader's role allow, the likeliest first; its lines must be loaded."""
    planner, sender, receiver = (rule(transfer, access) for rule in (may_plan, may_send, may_receive))
    is_free = transfer.blocked_at is None
    lines = list(transfer.lines.all())
    to_send = is_free and any(line.open_quantity > 0 for line in lines)
    to_come = is_free and any(in_transit(line) > 0 for line in lines)
    offered = [
        ("unblock", Rule.BLOCK, sender and not is_free),
        ("confirm", Rule.CONFIRM, planner),
        ("receive", Rule.RECEIVE, receiver and to_come),
        ("dispatch", Rule.DISPATCH, sender and to_send),
        ("settle", Rule.SETTLE, receiver and to_come),
        ("edit", Rule.EDIT, planner),
        ("block", Rule.BLOCK, sender and is_free),
        ("reverse", Rule.REVERSE, sender or receiver),
        ("close", Rule.CLOSE, planner and not to_come and (transfer.state, Rule.CANCEL) not in TRANSITIONS),
        ("cancel", Rule.CANCEL, planner),
    ]
    names = [name for name, rule, allowed in offered if allowed and (transfer.state, rule) in TRANSITIONS]
    main = bool(names) and names[0] in {"unblock", "confirm", "receive", "dispatch"}
    return Steps(tuple(plain_step(transfer, name, url) for name in names), has_main=main)


def plain_step(transfer: Transfer, name: str, url: str) -> Step:
    """A step as its button and dialog show it."""
    of = {"number": transfer.number}
    is_short = any(line.open_quantity > 0 for line in transfer.lines.all())
    texts: dict[str, dict[str, Any]] = {
        "confirm": {"label": _("Confirm"), "is_at_once": True},
        "dispatch": {"label": _("Dispatch…"), "is_page": True},
        "receive": {"label": _("Receive…"), "is_page": True},
        "settle": {"label": _("Settle shortage…"), "is_page": True},
        "edit": {"label": _("Change…"), "is_page": True},
        "unblock": {"label": _("Unblock"), "is_at_once": True},
        "block": {
            "label": _("Block"),
            "title": _("Block %(number)s?") % of,
            "text": _("Nothing moves for it until somebody unblocks it."),
            "reason": "required",
        },
        "reverse": {
            "label": _("Reverse latest"),
            "title": _("Take back the latest step of %(number)s?") % of,
            "text": _("The goods go back where they came from, with lots, owners and values."),
            "is_danger": True,
        },
        "close": {
            "label": _("Close"),
            "title": _("Close %(number)s?") % of,
            "text": _("What was not sent is released for others."),
            "reason": "required" if is_short else "optional",
            "is_danger": True,
        },
        "cancel": {
            "label": _("Cancel transfer"),
            "title": _("Cancel %(number)s?") % of,
            "text": _("Nothing of it was sent; what it asked for becomes free for others."),
            "reason": "optional",
            "is_danger": True,
        },
    }
    found = texts.get(name, {"label": name.capitalize()})
    return Step(name=name, url=f"{url}{name}/", **{"title": f"{found['label']} {transfer.number}", **found})


def _confirm(transfer: Transfer, said: Mapping[str, Any], *, now: datetime, actor: Any) -> str:
    transfers.confirm(transfer.pk, now=now, actor=actor)
    return _("%(number)s is confirmed.") % {"number": transfer.number}


def _block(transfer: Transfer, said: Mapping[str, Any], *, now: datetime, actor: Any) -> str:
    transfers.block(transfer.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return _("%(number)s is blocked.") % {"number": transfer.number}


def _unblock(transfer: Transfer, said: Mapping[str, Any], *, now: datetime, actor: Any) -> str:
    transfers.unblock(transfer.pk, now=now, actor=actor)
    return _("%(number)s is no longer blocked.") % {"number": transfer.number}


def _close(transfer: Transfer, said: Mapping[str, Any], *, now: datetime, actor: Any) -> str:
    transfers.close(transfer.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return _("%(number)s is closed.") % {"number": transfer.number}


def _cancel(transfer: Transfer, said: Mapping[str, Any], *, now: datetime, actor: Any) -> str:
    transfers.cancel(transfer.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return _("%(number)s is canceled.") % {"number": transfer.number}


def _reverse(transfer: Transfer, said: Mapping[str, Any], *, now: datetime, actor: Any) -> str:
    moved = transfers.reverse(transfer.pk, now=now, actor=actor)
    return _("Taken back by %(number)s.") % {"number": moved.posted.number}


RUN: dict[str, Callable[..., str]] = {
    "confirm": _confirm,
    "block": _block,
    "unblock": _unblock,
    "close": _close,
    "cancel": _cancel,
    "reverse": _reverse,
}
