"""The frame around every page: brand, side, site switcher, clock and user; docs/frontend.md names its keys."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import clock, feeds
from sites.models import Site
from sites.web import navigation, reader

ICONS = {
    Site.Kind.FACTORY: "factory",
    Site.Kind.WAREHOUSE: "ware",
    Site.Kind.STORE: "store",
    Site.Kind.THIRD_PARTY_LOGISTICS: "ware",
}
FIRST_PAGE = "network/"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Django's context processor: `frame`, or nothing for who is not signed in and for pages outside ours.

    At most four queries beside the user's own: access, sites, the cursor, counts (kept in Redis for seconds).
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.path.startswith(("/admin/", "/api/")):
        return {}
    known = reader.of(request)
    code, page = _place(request)
    site = next((one for one in known.sites if one.code.lower() == code), None)
    return {"frame": _frame(request, known, site, page)}


def _frame(request: HttpRequest, known: reader.Reader, site: Site | None, page: str) -> dict[str, Any]:
    code = site.code if site else reader.ALL
    switcher = _switcher(known, site, page)
    return {
        "company": known.company_name,
        "home_url": "/",
        "nav": _nav(request, known, site, page),
        "nav_end": _nav_end(request.user),
        "sites": switcher,
        "site": next((entry for entry in switcher if entry["current"] and entry["code"]), None),
        "site_code": code,
        "search_url": f"/s/{code}/search/",
        "cursor": str(feeds.horizon()),
        "is_small": known.is_small,
        "zone": reader.zone_of(site, known),
        "now": clock.now(),
        "user": _user(request.user),
    }


def _place(request: HttpRequest) -> tuple[str, str]:
    """The site's code in lower case and the first part of the page's path; elsewhere: all, and nothing."""
    parts = request.path.split("/")
    if len(parts) > 3 and parts[1] == "s":
        return parts[2].lower(), f"{parts[3]}/" if parts[3] else ""
    return reader.ALL, ""


def _nav(request: HttpRequest, known: reader.Reader, site: Site | None, page: str) -> list[dict[str, Any]]:
    code = site.code if site else reader.ALL
    shown = navigation.entries(is_small=known.is_small)
    ids = [site.pk] if site else [one.pk for one in known.sites]
    counts = navigation.counts(shown, known.access, ids, key=f"{request.user.pk} {code}")
    return [
        {
            "label": entry.label,
            "url": f"/s/{code}/{entry.path}",
            "icon": entry.icon,
            "count": counts.get(entry.name) or None,
            "count_label": entry.count_label,
            "current": bool(page) and (entry.path.startswith(page) or page in entry.also),
            "key": entry.key,
        }
        for entry in shown
        if (known.is_partner or not entry.is_partners) and (counts.get(entry.name) or not _is_idle(entry, known))
    ]


def _is_idle(entry: navigation.Entry, known: reader.Reader) -> bool:
    """Whether the reader does without the entry while there is nothing in it."""
    return (known.is_partner and entry.is_trade) or (known.is_small and entry.hides_empty)


def _nav_end(user: Any) -> list[dict[str, Any]]:
    if not user.is_staff:
        return []
    return [{"label": _("Settings"), "url": "/admin/", "icon": "gear", "count": None, "current": False, "key": ","}]


def _switcher(known: reader.Reader, site: Site | None, page: str) -> list[dict[str, Any]]:
    target = page or FIRST_PAGE
    every: dict[str, Any] = {"code": "", "name": _("All sites"), "url": f"/s/{reader.ALL}/{target}", "icon": "globe"}
    each: list[dict[str, Any]] = [
        {"code": one.code, "name": one.name, "url": f"/s/{one.code}/{target}", "icon": _icon(one)}
        for one in known.sites
    ]
    entries = each if len(each) == 1 else [every, *each]
    chosen = site.code if site else ("" if len(each) != 1 else each[0]["code"])
    return [{**entry, "current": entry["code"] == chosen} for entry in entries]


def _icon(site: Site) -> str:
    # Whoever works for others is drawn as a maker, whatever else the place is.
    return "maker" if site.company.is_contract_manufacturer else ICONS.get(Site.Kind(site.kind), "site")


def _user(user: Any) -> dict[str, Any]:
    name = user.get_full_name() or user.get_username()
    words = name.replace(".", " ").replace("_", " ").split()
    links = [{"label": _("API documentation"), "url": "/api/v1/docs/", "icon": "doc"}]
    if user.is_staff:
        links.append({"label": _("Dead letters"), "url": "/settings/dead-letters/", "icon": "clip"})
        links.append({"label": _("Administration"), "url": "/admin/", "icon": "gear"})
    return {"name": name, "initials": "".join(word[0] for word in words[:2]).upper(), "links": links}
