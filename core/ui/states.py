"""The state vocabulary: each state is a word, an icon and a tone, always the three together."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class State:
    """One state; `tone` is the CSS class of its color, `icon` a name of the sprite."""

    word: str | Promise
    icon: str
    tone: str


# Availability of a demand or document, by Demand's and DocumentStatus's own values.
AVAILABILITY = {
    "in_stock": State(_("In stock"), "ok", "ok"),
    "expected": State(_("Expected"), "exp", "exp"),
    "not_available": State(_("Not available"), "no", "no"),
    "late": State(_("Late"), "late", "late"),
}
# Where a document or task stands.
DOCUMENTS = {
    "quote": State(_("Quote"), "clip", "idle"),
    "draft": State(_("Draft"), "edit", "idle"),
    "open": State(_("Open"), "play", "acc"),
    "ordered": State(_("Ordered"), "exp", "exp"),
    "planned": State(_("Planned"), "cal", "idle"),
    "confirmed": State(_("Confirmed"), "check", "acc"),
    "released": State(_("Released"), "play", "acc"),
    "in_progress": State(_("In progress"), "play", "acc"),
    "in_transit": State(_("In transit"), "transit", "transit"),
    "partly_shipped": State(_("Partly shipped"), "transit", "transit"),
    "partly_received": State(_("Partly received"), "exp", "exp"),
    "partly_completed": State(_("Partly completed"), "play", "acc"),
    "shipped": State(_("Shipped"), "ok", "ok"),
    "received": State(_("Received"), "ok", "ok"),
    "done": State(_("Done"), "ok", "ok"),
    "closed": State(_("Closed"), "lock", "idle"),
    "canceled": State(_("Canceled"), "x", "idle"),
    "archived": State(_("Archived"), "lock", "idle"),
    "waiting": State(_("Waiting"), "exp", "exp"),
    "ready": State(_("Ready"), "ok", "ok"),
    "running": State(_("Running"), "play", "acc"),
    "paused": State(_("Paused"), "pause", "exp"),
    "issued": State(_("Issued"), "ok", "ok"),
}
# Conditions that stand beside a state.
CONDITIONS = {
    "missing": State(_("Missing"), "no", "no"),
    "excess": State(_("Excess"), "up", "idle"),
    "overdue": State(_("Overdue"), "late", "late"),
    "blocked": State(_("Blocked"), "blocked", "blocked"),
    "held": State(_("Held"), "blocked", "blocked"),
    "expired": State(_("Expired"), "blocked", "blocked"),
    "at_risk": State(_("At risk"), "risk", "risk"),
    "proposal": State(_("Proposal"), "bulb", "acc"),
    "forecast": State(_("Forecast"), "chart", "idle"),
    "firm": State(_("Firm"), "check", "idle"),
    "soft": State(_("Soft"), "link", "idle"),
    "pinned": State(_("Pinned"), "pin", "acc"),
    "pegged": State(_("Pegged"), "link", "acc"),
    "on_time": State(_("On time"), "ok", "ok"),
}
# Runs: imports, plans, schedules, studies.
RUNS = {
    "queued": State(_("Queued"), "late", "idle"),
    "succeeded": State(_("Succeeded"), "ok", "ok"),
    "failed": State(_("Failed"), "no", "no"),
}
STATES: dict[str, State] = {**AVAILABILITY, **DOCUMENTS, **CONDITIONS, **RUNS}


def state_of(key: object) -> State:
    """The state of a stored value, in whatever case; an unknown one is shown in words, without color."""
    name = str(key or "").lower()
    return STATES.get(name) or State(name.replace("_", " ").capitalize() or "–", "info", "idle")
