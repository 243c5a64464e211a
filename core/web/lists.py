"""What the lists of documents share: tabs, and the chips over a table."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _


def tabs(labels: Mapping[str, Any], counts: Mapping[str, int], current: str, alarms: Iterable[str] = ()) -> list[dict]:
    """Tabs by `?tab=`; the first is the page's own and stands without. `alarms` are red while they count any."""
    first = next(iter(labels))
    return [
        {
            "label": label,
            "url": "?" if name == first else f"?tab={name}",
            "count": counts.get(name),
            "tone": "no" if name in alarms and counts.get(name) else "",
            "current": name == current,
        }
        for name, label in labels.items()
    ]


def text_filter(name: str, label: Any, value: str) -> dict[str, Any]:
    """A chip that asks for a text."""
    return {"name": name, "label": label, "kind": "text", "value": value, "value_label": value}


def choice_filter(name: str, label: Any, value: str, options: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A chip that offers values with their labels."""
    listed = [{"value": key, "label": text, "selected": key == value} for key, text in options]
    chosen = next((one["label"] for one in listed if one["selected"]), "")
    return {
        "name": name,
        "label": label,
        "kind": "choice",
        "value": value if chosen else "",
        "value_label": chosen,
        "options": listed,
    }


def site_filter(sites: Iterable[Any], value: str) -> dict[str, Any]:
    """A chip of the reader's sites, by code."""
    options = [(site.code, f"{site.code} {site.name}") for site in sites]
    return choice_filter("site", _("Site"), value, options)
