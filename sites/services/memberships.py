"""Memberships: who works for a company, or at one site of it."""

from typing import Any

from core import tombstones
from core.errors import InvalidInput
from core.transactions import service
from sites import access, checking, events
from sites.models import Company, Membership, Site


@service
def grant(*, user: Any, company: Company | None = None, site: Site | None = None, role: str, actor: Any) -> Membership:
    """Give a user a role in a company as a whole, or at one site; the role he had there is replaced.

    The administrators of the company (of the site's operator) may. Emits `membership.granted`.

    :raises InvalidInput: unless exactly one of company and site is given.
    """
    _require_one(company, site)
    access.require(actor, company_id=_company_id(company, site), roles=access.ADMINISTRATORS)
    membership = Membership.objects.filter(user=user, company=company, site=site).first()
    if membership is None:
        membership = checking.insert(Membership(user=user, company=company, site=site, role=role))
    else:
        membership = checking.update_plain(membership, {"role": role})
    access.forget(user)
    _record("granted", membership, actor)
    return membership


@service
def revoke(membership: Membership, *, actor: Any) -> None:
    """Take a membership away, leaving a tombstone. Emits `membership.revoked`."""
    access.require(actor, company_id=company_id_of(membership), roles=access.ADMINISTRATORS)
    _record("revoked", membership, actor)
    user = membership.user
    tombstones.leave("memberships", membership.pk, company_id=company_id_of(membership))
    membership.delete()
    access.forget(user)


def company_id_of(membership: Membership) -> int:
    """The company that the membership is in: its own, or the operator of its site."""
    return _company_id(membership.company, membership.site)


def _company_id(company: Company | None, site: Site | None) -> int:
    return company.pk if company is not None else site.company_id  # type: ignore[union-attr]


def _require_one(company: Company | None, site: Site | None) -> None:
    if (company is None) == (site is None):
        raise InvalidInput(errors={"company": "Give a company, or a site: one of the two."})


def _record(verb: str, membership: Membership, actor: Any) -> None:
    events.record(f"membership.{verb}", membership.pk, company_ids=[company_id_of(membership)], actor=actor)
