"""What a move in the ranks did, kept for its reader for a minute: the strip over the table and the marks in its rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.ui.formats import day
from inventory.choices import Availability, DocumentKind
from inventory.selectors.statuses import Status
from production.services.ranking import Effect, Reranked

KEY = "rank_change"
KEPT = timedelta(minutes=1)
MOST_KEPT = 200
MOST_NAMED = 3


@dataclass(frozen=True)
class Change:
    """The last move of this reader. `effects` are texts as `_entry` makes them."""

    said: dict[str, Any]

    @property
    def moved_up(self) -> bool:
        return bool(self.said["from"] and self.said["to"] and self.said["to"] < self.said["from"])

    @property
    def effects(self) -> list[dict[str, Any]]:
        return self.said["effects"]

    @property
    def named(self) -> list[dict[str, Any]]:
        return self.effects[:MOST_NAMED]

    @property
    def more(self) -> int:
        return max(len(self.effects) - MOST_NAMED, 0)

    @property
    def late_is_less(self) -> bool:
        return self.said["late"][1] < self.said["late"][0]

    @property
    def late_differs(self) -> bool:
        return self.said["late"][0] != self.said["late"][1]

    def shift(self, company_id: int, priority_id: int, rank: int | None) -> int:
        """By how many places a row went up (above 0) or down."""
        old, new = self.said["from"], self.said["to"]
        if not (old and new and rank) or company_id != self.said["company"]:
            return 0
        if priority_id == self.said["priority"]:
            return old - new
        if new < rank <= old:
            return -1
        return 1 if old <= rank < new else 0

    def effect_on(self, kind: str, document_id: int) -> dict[str, Any] | None:
        return next((one for one in self.effects if (one["kind"], one["id"]) == (kind, document_id)), None)


def keep(request: HttpRequest, done: Reranked, company_id: int, late: int, now: datetime) -> Change:
    """Keep a move in the reader's session; `late` is how many were late before it."""
    listed = [one for one in done.effects if one.kind in (DocumentKind.SALES_ORDER, DocumentKind.MANUFACTURING_ORDER)]
    late_after = late + sum(one.became_late for one in listed) - sum(one.is_no_longer_late for one in listed)
    said = {
        "at": now.isoformat(),
        "company": company_id,
        "priority": done.priority_id,
        "number": done.number,
        "from": done.rank_before,
        "to": done.rank_after,
        "late": [late, late_after],
        "effects": [_entry(one) for one in done.effects[:MOST_KEPT]],
    }
    request.session[KEY] = said
    return Change(said)


def kept(request: HttpRequest, now: datetime) -> Change | None:
    """The last move, as long as it is news."""
    said = request.session.get(KEY)
    if not said or not now - KEPT <= datetime.fromisoformat(said["at"]) <= now:
        return None
    return Change(said)


def summary(done: Reranked) -> str:
    """The toast: the new rank, and who became late or is so no longer."""
    late = sum(one.became_late for one in done.effects)
    saved = sum(one.is_no_longer_late for one in done.effects)
    text = _("%(number)s is rank %(rank)s.") % {"number": done.number, "rank": done.rank_after or "–"}
    if late or saved:
        no_longer = ngettext("One order is no longer late", "%(count)s orders are no longer late", saved)
        became = ngettext("one became late", "%(count)s became late", late)
        gained = no_longer % {"count": saved} if saved else _("No order was saved from being late")
        lost = became % {"count": late} if late else _("none became late")
        return f"{text} {gained}, {lost}."
    if done.effects:
        other = ngettext("The date of one order moved", "The dates of %(count)s orders moved", len(done.effects))
        return f"{text} {other % {'count': len(done.effects)}}, {_('none became late')}."
    return f"{text} {_('Nobody gets the stock later or sooner.')}"


def _entry(effect: Effect) -> dict[str, Any]:
    before, after = effect.before, effect.after
    is_better = _badness(after) < _badness(before)
    return {
        "kind": effect.kind,
        "id": effect.document_id,
        "number": effect.number,
        "name": effect.party_name or effect.number,
        "need": effect.need_on.isoformat(),
        "was": _when(before),
        "now": _when(after),
        "note": _note(effect),
        "tone": "ok" if effect.is_no_longer_late else "late" if effect.became_late else "",
        "is_better": is_better,
        "before": _plain(before),
        "after": _plain(after),
    }


def _badness(status: Status) -> tuple[int, date]:
    return Availability.values.index(status.availability), status.complete_on or date.min


def _plain(status: Status) -> list[Any]:
    """A status as a session can hold it: availability, complete on, days late."""
    return [str(status.availability), status.complete_on.isoformat() if status.complete_on else None, status.late_days]


def _when(status: Status) -> str:
    if status.availability == Availability.NOT_AVAILABLE:
        return _("not available")
    return day(status.complete_on) if status.complete_on else _("in stock")


def _note(effect: Effect) -> str:
    if effect.is_no_longer_late:
        return _("now on time")
    if effect.became_late:
        days = effect.after.late_days
        return ngettext("now %(days)s day late", "now %(days)s days late", days) % {"days": days}
    if effect.after.late_days > 0:
        days = effect.after.late_days
        return ngettext("still %(days)s day late", "still %(days)s days late", days) % {"days": days}
    if effect.after.availability == Availability.NOT_AVAILABLE:
        return ""
    return _("still before %(day)s") % {"day": day(effect.need_on)}
