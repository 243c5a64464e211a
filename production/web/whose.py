"""Whom a recipe or routing is for, as a form offers it: a company, a site, or everybody."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sites.access import PLANNERS
from sites.models import Company
from sites.web import reader


def choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Whom the reader may write it for: companies and sites that he plans for; a superuser, all."""
    known = reader.of(request)
    access = known.access
    mine = Company.objects.filter(pk__in=sorted(access.company_ids_of(PLANNERS)), archived_at=None, is_own=True)
    companies = [(f"company:{row.pk}", row.name) for row in mine.order_by("name", "pk")[:50]]
    sites = [
        (f"site:{site.pk}", f"{site.code} {site.name}")
        for site in known.sites
        if access.has_role(PLANNERS, company_id=site.default_owner_id, site_id=site.pk)
    ]
    return [*companies, *sites, *([("all:", _("Everybody"))] if access.is_superuser else [])]


def ids(chosen: str) -> tuple[int | None, int | None]:
    """The site and the company of a choice, by id.

    >>> ids("site:7")
    (7, None)
    """
    kind, _sign, key = chosen.partition(":")
    return (int(key) if kind == "site" else None, int(key) if kind == "company" else None)
