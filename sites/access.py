"""Who may see and change what: a user's companies and sites, and the one check that every service asks.

A membership in a company as a whole reaches all that the company owns, uses or operates. A membership at a site
reaches that site alone, as one of its operator's people. Out of scope and missing answer alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q

from core.access import EVERYTHING, NOTHING, Scope
from core.errors import Forbidden, NotFound
from sites.models import Membership

Role = Membership.Role
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
PLANNERS = frozenset({Role.ADMINISTRATOR, Role.PLANNER})
# Who has no business with prices, costs and values.
PRICELESS = frozenset({Role.OPERATOR})
# Whoever reports what really happens: all but a viewer.
WRITERS = frozenset({Role.ADMINISTRATOR, Role.PLANNER, Role.OPERATOR, Role.PARTNER})

_CACHE = "_mfg_access"

# A row per membership (`kind` company or site) and per site that a company of his operates.
_LOAD = """
WITH mine AS (SELECT company_id, site_id, role FROM sites_membership WHERE user_id = %s)
SELECT 'company', m.company_id, m.company_id, m.role FROM mine m WHERE m.company_id IS NOT NULL
UNION ALL
SELECT 'operated', s.id, s.company_id, m.role FROM mine m JOIN sites_site s ON s.company_id = m.company_id
UNION ALL
SELECT 'member', s.id, s.company_id, m.role FROM mine m JOIN sites_site s ON s.id = m.site_id
"""
_LOAD_ALL = """
SELECT 'company', id, id, 'administrator' FROM sites_company
UNION ALL
SELECT 'operated', id, company_id, 'administrator' FROM sites_site
"""


@dataclass(frozen=True, slots=True)
class Access:
    """The ids that a user may work with.

    `company_ids`: companies that he belongs to as a whole. `operated_site_ids`: sites that those operate.
    `site_ids`: these and the sites of his site memberships. `member_sites` maps the latter to their operator.
    `is_superuser`: sees and may do all, which holds for a superuser without memberships; the id sets are filled
    all the same. The roles: of a company membership by company, and by each site that the company operates; of a
    site membership by site.
    """

    company_ids: frozenset[int] = frozenset()
    site_ids: frozenset[int] = frozenset()
    operated_site_ids: frozenset[int] = frozenset()
    is_superuser: bool = False
    company_roles: Mapping[int, str] = field(default_factory=dict)
    operator_roles: Mapping[int, str] = field(default_factory=dict)
    member_roles: Mapping[int, str] = field(default_factory=dict)
    member_sites: Mapping[int, int] = field(default_factory=dict)

    def q(self, *, companies: Iterable[str] = (), sites: Iterable[str] = ()) -> Q:
        """A condition: one of these lookups (`owner`, `used_by_id`) is a company of his, or one of these a site.

        >>> StockLevel.objects.filter(access.q(companies=["used_by"], sites=["site"]))
        """
        if self.is_superuser:
            return Q()
        condition = Q(pk__in=[])
        for name in companies:
            condition |= Q(**{f"{name}__in": sorted(self.company_ids)})
        for name in sites:
            condition |= Q(**{f"{name}__in": sorted(self.site_ids)})
        return condition

    def documents(self, *, parties: Iterable[str] = ("company",), site: str = "site", company: str = "company") -> Q:
        """A condition on documents: one of `parties` is his; or its place is a site where he is a member and its
        `company` the site's operator.

        Where the operator of a site is a party as well (a manufacturing order, either end of a transfer), add
        `| access.q(sites=["site"])`.
        """
        condition = self.q(companies=parties)
        if not self.is_superuser:
            for site_id, operator_id in self.member_sites.items():
                condition |= Q(**{site: site_id, company: operator_id})
        return condition

    def sql(self, *, companies: Iterable[str] = (), sites: Iterable[str] = ()) -> tuple[str, dict[str, list[int]]]:
        """The same as `q` for raw SQL: a condition on columns (`b.owner_id`) and its named parameters.

        The columns are the caller's own words, never input.
        """
        parameters = {"access_companies": sorted(self.company_ids), "access_sites": sorted(self.site_ids)}
        if self.is_superuser:
            return "TRUE", parameters
        parts = [f"{column} = ANY(%(access_companies)s::bigint[])" for column in companies]
        parts += [f"{column} = ANY(%(access_sites)s::bigint[])" for column in sites]
        return f"({' OR '.join(parts) or 'FALSE'})", parameters

    @property
    def valued_company_ids(self) -> frozenset[int]:
        """Companies whose costs and values he sees: he belongs to the whole of them, and not as an operator."""
        return frozenset(company for company, role in self.company_roles.items() if role not in PRICELESS)

    @property
    def priced_company_ids(self) -> frozenset[int]:
        """Companies whose prices he sees: those whose values he does, and those that he plans for at a site."""
        planned = {site for site, role in self.member_roles.items() if role in PLANNERS}
        return self.valued_company_ids | {company for site, company in self.member_sites.items() if site in planned}

    def sees_prices(self, *company_ids: int | None) -> bool:
        """Whether the prices of a document between these companies are his to see."""
        return self.is_superuser or not self.priced_company_ids.isdisjoint(company_ids)

    def valued(self, company: str) -> Q:
        """A condition on costs and values: this lookup (`owner`) is a company whose values he sees."""
        return Q() if self.is_superuser else Q(**{f"{company}__in": sorted(self.valued_company_ids)})

    def company_ids_of(self, roles: Iterable[str]) -> frozenset[int]:
        """Companies in which he has one of these roles."""
        wanted = frozenset(roles)
        return frozenset(company for company, role in self.company_roles.items() if role in wanted)

    def has_role(
        self, roles: Iterable[str], *, company_id: int | None, site_id: int | None = None, by_operator: bool = False
    ) -> bool:
        """Whether one of `roles` is his in the company, or at the site as one of the company's people.

        With `by_operator` the people of the site's operator may as well, whoever's document it is.
        """
        return self.is_superuser or not self._roles(company_id, site_id, by_operator).isdisjoint(roles)

    def sees(self, *, company_id: int | None, site_id: int | None = None, by_operator: bool = False) -> bool:
        """Whether he belongs to the company, or to the site as one of the company's people; see `has_role`."""
        return self.is_superuser or bool(self._roles(company_id, site_id, by_operator))

    def sees_behind(self, *, company_id: int, site_id: int, at: int) -> bool:
        """Whether what stands behind an order's line is his to see: its rank, its block, what serves it.

        So it is for the company's own people (at the document's `site_id`), and for those of whoever operates the
        site that the line is `at`; not for the other party.
        """
        is_own = self.sees(company_id=company_id, site_id=site_id)
        return is_own or self.sees(company_id=company_id, site_id=at, by_operator=True)

    def _roles(self, company_id: int | None, site_id: int | None, by_operator: bool) -> frozenset[str]:
        roles = {self.company_roles.get(company_id or 0)}
        if by_operator:
            roles.add(self.operator_roles.get(site_id or 0))
        if by_operator or self.member_sites.get(site_id or 0) == company_id:
            roles.add(self.member_roles.get(site_id or 0))
        return frozenset(role for role in roles if role)


NO_ACCESS = Access()


def access_of(user: Any) -> Access:
    """What this user may work with, in one query, kept on the user object; nobody and the inactive: nothing."""
    if not (user and user.is_authenticated and user.is_active):
        return NO_ACCESS
    known = user.__dict__.get(_CACHE)
    if known is None:
        known = user.__dict__[_CACHE] = _load(user)
    return known


def forget(user: Any) -> None:
    """Read the memberships anew the next time; for whoever changes them while the user object lives on."""
    getattr(user, "__dict__", {}).pop(_CACHE, None)


def require(
    user: Any,
    *,
    company_id: int | None,
    site_id: int | None = None,
    roles: Iterable[str] = WRITERS,
    by_operator: bool = False,
) -> None:
    """Refuse a user who may not write for this company (at this site).

    A user passes by his role in the company, or at `site_id` as one of the company's own people there. With
    `by_operator` the people of whoever operates the site pass too: for what happens physically at a site
    (completing, dispatching, receiving, counting), never for what binds the company. `user=None` is the system
    itself and passes. A company of None (shared by all) is a superuser's alone to change.

    :raises NotFound: when he may not even see it.
    :raises Forbidden: when he may see it but has none of `roles`.
    """
    if user is None:
        return
    access = access_of(user)
    if not access.sees(company_id=company_id, site_id=site_id, by_operator=by_operator):
        forget(user)  # a user object may be older than the company or site
        access = access_of(user)
    if access.has_role(roles, company_id=company_id, site_id=site_id, by_operator=by_operator):
        return
    if company_id is None or access.sees(company_id=company_id, site_id=site_id, by_operator=by_operator):
        raise Forbidden("You may see this, but not change it.")
    raise NotFound("Not found.")


def scope(user: Any) -> Scope:
    """The same for the live stream and the feeds of core."""
    access = access_of(user)
    if access.is_superuser:
        return EVERYTHING
    if access == NO_ACCESS:
        return NOTHING
    return Scope(access.company_ids, sites=access.site_ids, planned=access.company_ids_of(PLANNERS))


def _load(user: Any) -> Access:
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [user.pk])
        rows = cursor.fetchall()
        is_superuser = user.is_superuser and not rows
        if is_superuser:
            cursor.execute(_LOAD_ALL)
            rows = cursor.fetchall()
    return _access(rows, is_superuser=is_superuser)


def _access(rows: Iterable[tuple[str, int, int, str]], *, is_superuser: bool) -> Access:
    roles: dict[str, dict[int, str]] = {"company": {}, "operated": {}, "member": {}}
    member_sites = {}
    for kind, row_id, operator_id, role in rows:
        roles[kind][row_id] = role
        if kind == "member":
            member_sites[row_id] = operator_id
    return Access(
        company_ids=frozenset(roles["company"]),
        site_ids=frozenset(roles["operated"]) | frozenset(roles["member"]),
        operated_site_ids=frozenset(roles["operated"]),
        is_superuser=is_superuser,
        company_roles=roles["company"],
        operator_roles=roles["operated"],
        member_roles=roles["member"],
        member_sites=member_sites,
    )
