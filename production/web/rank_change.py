"""What a move in the ranks did, kept for its reader for a minute: the strip over the table, marks in its rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.ui.formats import day
from inventory.choices import Availability, DocumentKind
from inventory.selectors.statuses import Status
from production.services.ranking import Effect, Punctuality, Reranked

KEY = "rank_change"
KEPT = timedelta(minutes=1)
MOST_KEPT = 200
MOST_NAMED = 3
IN_TIME, LATE, MISSING = Punctuality


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
    late_after = late + sum((one.after.late_days > 0) - (one.before.late_days > 0) for one in listed)
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
    """The toast: the new rank, and who comes in time now, late, or not at all."""
    text = _("%(number)s is rank %(rank)s.") % {"number": done.number, "rank": done.rank_after or "–"}
    effects = done.effects
    saved = sum(one.stands == IN_TIME < one.was for one in effects)
    served = sum(one.was == MISSING and one.stands == LATE for one in effects)
    late = sum(one.was == IN_TIME and one.stands == LATE for one in effects)
    lost = sum(one.stands == MISSING > one.was for one in effects)
    words = [
        ngettext("One order is no longer late", "%(n)s orders are no longer late", saved) if saved else "",
        ngettext("one gets its stock, but late", "%(n)s get their stock, but late", served) if served else "",
        ngettext("one became late", "%(n)s became late", late) if late else _("none became late"),
        ngettext("one is no longer available", "%(n)s are no longer available", lost) if lost else "",
    ]
    if not (saved or served or late or lost):
        moved = len(effects)
        other = ngettext("The date of one order moved", "The dates of %(n)s orders moved", moved) % {"n": moved}
        words = [other, _("none became late")] if moved else [_("Nobody gets the stock later or sooner")]
    counts = [saved, served, late, lost]
    said = [word % {"n": count} for word, count in zip(words, counts, strict=False) if word]
    sentence = ", ".join(said)
    return f"{text} {sentence[:1].upper()}{sentence[1:]}."


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
        "tone": _tone(effect),
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


def _tone(effect: Effect) -> str:
    if effect.was == effect.stands:
        return ""
    return {IN_TIME: "ok", LATE: "late", MISSING: "no"}[effect.stands]


def _note(effect: Effect) -> str:
    if effect.stands == MISSING:
        return ""
    if effect.stands == LATE:
        days = effect.after.late_days
        if effect.was == LATE:
            return ngettext("still %(days)s day late", "still %(days)s days late", days) % {"days": days}
        return ngettext("now %(days)s day late", "now %(days)s days late", days) % {"days": days}
    if effect.was > IN_TIME:
        return _("now on time")
    return _("still before %(day)s") % {"day": day(effect.need_on)}
