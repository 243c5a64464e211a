"""Who a new order is between: its site, company and owner, and the customer or supplier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from core.errors import InvalidInput
from core.models import Master
from sites.models import Company, Site

# A customer or supplier: the terms of one company with another.
Partner = TypeVar("Partner", bound=Master)


class Draft(Protocol):
    """An order to be; `company_id` defaults to the site's default owner, `owner_id` to the company."""

    @property
    def site_id(self) -> int: ...
    @property
    def company_id(self) -> int | None: ...
    @property
    def owner_id(self) -> int | None: ...
    @property
    def lines(self) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Parties(Generic[Partner]):
    """What a draft names, looked up."""

    partner: Partner
    site: Site
    company: Company
    owner: Company


def look_up(
    drafts: Sequence[Draft], partners: Sequence[Partner | None], prefixes: Sequence[str], *, noun: str
) -> list[Parties[Partner]]:
    """The parties of each draft, two queries for all. `noun` is what the partner of each is: customer or supplier.

    :raises InvalidInput: with what is wrong of each draft first, behind its path in the caller's input.
    """
    sites = Site.objects.select_related("default_owner").in_bulk({draft.site_id for draft in drafts})
    named = {draft.company_id for draft in drafts} | {draft.owner_id for draft in drafts}
    companies = Company.objects.in_bulk(named - {None})
    found: list[Parties[Partner]] = []
    errors: dict[str, str] = {}
    for draft, partner, prefix in zip(drafts, partners, prefixes, strict=True):
        try:
            found.append(_parties(draft, partner, noun, sites, companies))
        except InvalidInput as error:
            errors |= {prefix + name: text for name, text in error.errors.items()}
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _parties(
    draft: Draft, partner: Any, noun: str, sites: Mapping[int, Site], companies: Mapping[int, Company]
) -> Parties[Any]:
    site = sites.get(draft.site_id)
    if site is None or site.archived_at is not None:
        raise InvalidInput(errors={"site": "Not found." if site is None else f"{site.code} is archived."})
    company = companies.get(draft.company_id) if draft.company_id else site.default_owner
    owner = companies.get(draft.owner_id) if draft.owner_id else company
    if company is None or owner is None:
        raise InvalidInput(errors={"company" if company is None else "owner": "Not found."})
    if partner is None or partner.company_id != company.pk:
        raise InvalidInput(errors={noun: f"{company.code} has no such {noun}."})
    if partner.archived_at is not None:
        raise InvalidInput(errors={noun: f"{partner.code} is archived."})
    if not draft.lines:
        raise InvalidInput(errors={"lines": "An order needs at least one line."})
    return Parties(partner, site, company, owner)
