"""Reading companies, sites and what belongs to them, each within a reader's access."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from core.money import round_half_up
from sites import upward
from sites.access import ADMINISTRATORS, Access
from sites.models import Calendar, Company, ExchangeRate, Lane, Membership, Site

ONE = Decimal(1)
_PARAMETER = re.compile(r"%\((companies|sites)\)s")

# Sites of his own, sites where his companies' goods come in, and both ends of their lanes.
_SITES = """
SELECT unnest(%(sites)s::bigint[])
UNION SELECT id FROM sites_site WHERE default_owner_id = ANY(%(companies)s::bigint[])
UNION SELECT origin_id FROM sites_lane WHERE company_id = ANY(%(companies)s::bigint[])
UNION SELECT destination_id FROM sites_lane WHERE company_id = ANY(%(companies)s::bigint[])
"""
_COMPANIES = """
SELECT unnest(%(companies)s::bigint[])
UNION SELECT company_id FROM sites_site WHERE id IN ({sites})
UNION SELECT default_owner_id FROM sites_site WHERE id = ANY(%(sites)s::bigint[])
"""


def site_ids(access: Access) -> list[int]:
    """Sites that a reader deals with: his own, and those where his companies' goods are or go."""
    return list(sites(access).order_by("pk").values_list("pk", flat=True))


def company_ids(access: Access) -> list[int]:
    """Companies that a reader deals with: his own, who operates the sites he deals with, and business partners."""
    return list(companies(access).order_by("pk").values_list("pk", flat=True))


def sites(access: Access) -> QuerySet[Site]:
    """Sites that a reader deals with, archived ones among them."""
    return Site.objects.all() if access.is_superuser else Site.objects.filter(pk__in=_within(_sites_sql(), access))


def companies(access: Access) -> QuerySet[Company]:
    """Companies that a reader deals with, archived ones among them."""
    if access.is_superuser:
        return Company.objects.all()
    return Company.objects.filter(pk__in=_within(_companies_sql(), access))


def calendars(access: Access) -> QuerySet[Calendar]:
    """Calendars of his companies and of the operators he works for, and those for all."""
    if access.is_superuser:
        return Calendar.objects.all()
    his = {*access.company_ids, *access.member_sites.values()}
    return Calendar.objects.filter(Q(company__in=sorted(his)) | Q(company=None))


def lanes(access: Access) -> QuerySet[Lane]:
    """Lanes of his companies; what they cost is nobody else's business."""
    return Lane.objects.filter(access.q(companies=["company"]))


def memberships(access: Access, user: Any) -> QuerySet[Membership]:
    """His own memberships, and those in companies that he administers and at the sites that these operate."""
    if access.is_superuser:
        return Membership.objects.all()
    his = sorted(access.company_ids_of(ADMINISTRATORS))
    return Membership.objects.filter(Q(user=user) | Q(company__in=his) | Q(site__company__in=his))


def exchange_rates(access: Access) -> QuerySet[ExchangeRate]:
    """Rates in the books of his companies."""
    return ExchangeRate.objects.filter(access.q(companies=["company"]))


def rate(company_id: int, from_currency: str, to_currency: str, on: date) -> Decimal | None:
    """What one unit of `from_currency` buys of `to_currency` in a company's books on a day: the latest rate until then.

    Without a rate that way, one the other way is inverted (ten decimals); without either, None.
    """
    if from_currency == to_currency:
        return ONE
    pair = {from_currency, to_currency}
    latest = (
        ExchangeRate.objects.filter(
            company_id=company_id, from_currency__in=list(pair), to_currency__in=list(pair), valid_from_on__lte=on
        )
        .order_by("from_currency", "-valid_from_on")
        .distinct("from_currency")
    )
    rates = {row.from_currency: row.rate for row in latest}
    if from_currency in rates:
        return rates[from_currency]
    return round_half_up(ONE / rates[to_currency], 10) if to_currency in rates else None


def _sites_sql() -> str:
    return " UNION ".join([_SITES, *upward.fragments("sites")])


def _companies_sql() -> str:
    return " UNION ".join([_COMPANIES.format(sites=_sites_sql()), *upward.fragments("companies")])


def _within(sql: str, access: Access) -> RawSQL:
    """A subquery of ids; Django's own wants positional parameters."""
    values = {"companies": sorted(access.company_ids), "sites": sorted(access.site_ids)}
    names = _PARAMETER.findall(sql)
    return RawSQL(_PARAMETER.sub("%s", sql), [values[name] for name in names])
