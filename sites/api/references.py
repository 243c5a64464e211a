"""References to companies, sites and calendars in a body: what the reader deals with and is not archived."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from core.api.fields import ReferenceField
from sites import selectors
from sites.access import ADMINISTRATORS, access_of
from sites.models import Calendar, Company, Site


def companies(user: Any) -> QuerySet[Company]:
    """Companies that may be named."""
    return selectors.companies(access_of(user)).filter(archived_at=None)


def sites(user: Any) -> QuerySet[Site]:
    """Sites that may be named, with their companies."""
    return selectors.sites(access_of(user)).filter(archived_at=None).select_related("company", "default_owner")


def calendars(user: Any) -> QuerySet[Calendar]:
    """Calendars that may be named."""
    return selectors.calendars(access_of(user)).filter(archived_at=None)


def users(user: Any) -> QuerySet[Any]:
    """Users that an administrator may name: those of his companies and sites, and those who belong nowhere yet."""
    access = access_of(user)
    active = get_user_model().objects.filter(is_active=True)
    if access.is_superuser:
        return active
    his = sorted(access.company_ids_of(ADMINISTRATORS))
    if not his:
        return active.none()
    known = Q(memberships__company__in=his) | Q(memberships__site__company__in=his)
    return active.filter(known | Q(memberships=None, is_superuser=False)).distinct()


def company_field(**options: Any) -> ReferenceField:
    """A company by id or code."""
    return ReferenceField(companies, **options)


def site_field(**options: Any) -> ReferenceField:
    """A site by id or code."""
    return ReferenceField(sites, **options)


def calendar_field(**options: Any) -> ReferenceField:
    """A calendar by id or code."""
    return ReferenceField(calendars, **options)
