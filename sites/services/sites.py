"""Sites: the places that a company operates."""

from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from core import versions
from core.errors import InvalidInput
from core.transactions import service
from sites import access, checking, events, rules, upward
from sites.models import Calendar, Company, Site


class SiteFields(TypedDict, total=False):
    """What may be said of a site beside its code and operator."""

    name: str
    default_owner: Company
    kind: str
    street: str
    city: str
    postal_code: str
    country: str
    latitude: Decimal | None
    longitude: Decimal | None
    time_zone: str
    cut_off_at: time
    receiving_ends_at: time
    calendar: Calendar | None
    is_selling: bool
    is_making: bool
    is_buying: bool


class SiteChanges(SiteFields, total=False):
    """What may be changed of a site; its operator stays."""

    code: str


@service
def create(*, code: str, company: Company, actor: Any, **fields: Unpack[SiteFields]) -> Site:
    """A new site that `company` operates; the stock that comes in is the operator's own unless said otherwise.

    Inventory gives it a first location. Emits `site.created`.

    :raises InvalidInput: naming the field, above all a code that is taken.
    """
    access.require(actor, company_id=company.pk, roles=access.ADMINISTRATORS)
    values = _clean({"code": code, "name": code, "company": company, "default_owner": company, **fields})
    site = checking.insert(Site(**values))
    access.forget(actor)
    upward.complete_new_site(site, actor=actor)
    events.record("site.created", site.pk, company_ids=_parties(site), site_ids=[site.pk], actor=actor)
    return site


@service
def edit(site: Site, *, expected: int | None = None, actor: Any, **changes: Unpack[SiteChanges]) -> Site:
    """Change a site; its operator's administrators may. Emits `site.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    access.require(actor, company_id=site.company_id, roles=access.ADMINISTRATORS)
    site = checking.update(site, expected=expected, changes=_clean(dict(changes)))
    events.record("site.changed", site.pk, company_ids=_parties(site), site_ids=[site.pk], actor=actor)
    return site


@service
def archive(site: Site, *, now: datetime, actor: Any) -> Site:
    """Put a site away once it holds no stock. Emits `site.archived`.

    :raises InvalidInput: while stock stands there.
    """
    access.require(actor, company_id=site.company_id, roles=access.ADMINISTRATORS)
    if upward.holds_stock(site.pk):
        raise InvalidInput(errors={"site": f"{site.code} still holds stock."})
    site = versions.edit(site, archived_at=now)
    events.record("site.archived", site.pk, company_ids=_parties(site), site_ids=[site.pk], actor=actor)
    return site


def _parties(site: Site) -> set[int]:
    return {site.company_id, site.default_owner_id}


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    checks: dict[str, Callable[[Any], Any]] = {
        "code": rules.check_site_code,
        "country": rules.check_country,
        "time_zone": rules.check_time_zone,
    }
    return {name: checks[name](value) if name in checks else value for name, value in values.items()}
