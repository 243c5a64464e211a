"""The one state that stands for how something is served."""

from inventory.choices import Availability


def shown(availability: str | None, late_days: int) -> str:
    """What a page says: late outranks expected and in stock, but what nothing serves is worse, whatever its date.

    "" for what is not worked out yet.
    """
    if availability == Availability.NOT_AVAILABLE:
        return Availability.NOT_AVAILABLE.value
    return "late" if late_days > 0 else (availability or "")
