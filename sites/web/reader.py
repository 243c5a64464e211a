"""Who reads this page, and the sites he deals with: read once a request, in at most three queries."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from sites import selectors
from sites.access import Access, access_of
from sites.models import Membership, Site

ALL = "all"
PRODUCT = "mfg"
_KEPT = "_mfg_reader"


@dataclass(frozen=True)
class Reader:
    """`sites` are those that he deals with and that are not archived, the own ones first, each part by code.

    `company_name` stands beside the mark: his only company, or the product when he has several.
    """

    access: Access
    sites: list[Site]
    company_name: str

    @property
    def is_partner(self) -> bool:
        """Whether he works for others only: at their orders' steps, and never at prices."""
        roles = {*self.access.company_roles.values(), *self.access.member_roles.values()}
        return roles == {Membership.Role.PARTNER}

    @property
    def is_small(self) -> bool:
        """One company and one site: pages then leave the words owner, company, lane and transfer out."""
        companies = {site.company_id for site in self.sites} | {site.default_owner_id for site in self.sites}
        return len(self.sites) <= 1 and len(companies) <= 1


def of(request: HttpRequest) -> Reader:
    """The reader of this request; he must be signed in."""
    known = getattr(request, _KEPT, None)
    if known is None:
        known = _read(request.user)
        setattr(request, _KEPT, known)
    return known


def zone_of(site: Site | None, known: Reader) -> str:
    """A site's time zone; over several, that of where the reader works, and UTC where that is not one.

    He works at the sites of his memberships; of a company's people those of its own country count, if it has any there.
    """
    if site is not None:
        return site.time_zone
    own = [one for one in known.sites if one.pk in known.access.site_ids]
    members = [one for one in own if one.pk in known.access.member_sites]
    at_home = [one for one in own if one.country == one.company.country]
    zones = {one.time_zone for one in members or at_home or own or known.sites}
    return zones.pop() if len(zones) == 1 else "UTC"


def _read(user: Any) -> Reader:
    access = access_of(user)
    rows = selectors.sites(access).filter(archived_at=None).select_related("company").order_by("code", "pk")
    sites = sorted(rows, key=lambda site: site.pk not in access.site_ids)
    return Reader(access=access, sites=sites, company_name=_company_name(access, sites))


def _company_name(access: Access, sites: list[Site]) -> str:
    his = {*access.company_ids, *access.member_sites.values()}
    names = {site.company.name for site in sites if site.company_id in his and (site.company.is_own or len(his) == 1)}
    return names.pop() if len(names) == 1 else PRODUCT
