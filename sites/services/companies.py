"""Companies: the parties, whatever roles they hold."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from core import versions
from core.errors import Forbidden, InvalidInput
from core.transactions import service
from sites import access, checking, events, rules, upward
from sites.models import Company, Membership, Site


class CompanyFields(TypedDict, total=False):
    """What may be said of a company beside its code."""

    name: str
    currency: str
    country: str
    is_own: bool
    is_supplier: bool
    is_customer: bool
    is_contract_manufacturer: bool
    is_logistics_provider: bool
    closed_through_on: date | None


class CompanyChanges(CompanyFields, total=False):
    """What may be changed of a company."""

    code: str


@service
def create(*, code: str, actor: Any, **fields: Unpack[CompanyFields]) -> Company:
    """A new company. Whoever creates it is its administrator, unless he is a superuser or the system.

    Emits `company.created`.

    :raises Forbidden: when the actor administers no company and is no superuser.
    :raises InvalidInput: naming the field, above all a code that is taken.
    """
    _require_an_administrator(actor)
    company = checking.insert(Company(**rules.checked_texts({"code": code, "name": code, **fields})))
    if actor is not None and not access.access_of(actor).is_superuser:
        Membership.objects.create(user=actor, company=company, role=Membership.Role.ADMINISTRATOR)
        access.forget(actor)
    events.record("company.created", company.pk, company_ids=[company.pk], actor=actor)
    return company


@service
def edit(company: Company, *, expected: int | None = None, actor: Any, **changes: Unpack[CompanyChanges]) -> Company:
    """Change a company; its administrators may. Emits `company.changed`.

    The currency stays once the company has books: every value is kept in it.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    access.require(actor, company_id=company.pk, roles=access.ADMINISTRATORS)
    values = rules.checked_texts(dict(changes))
    if values.get("currency", company.currency) != company.currency and upward.has_books(company.pk):
        raise InvalidInput(errors={"currency": f"{company.code} keeps its books in {company.currency} already."})
    company = checking.update(company, expected=expected, changes=values)
    events.record("company.changed", company.pk, company_ids=[company.pk], actor=actor)
    return company


@service
def archive(company: Company, *, now: datetime, actor: Any) -> Company:
    """Put a company away. Emits `company.archived`.

    :raises InvalidInput: naming the sites that it still operates.
    """
    access.require(actor, company_id=company.pk, roles=access.ADMINISTRATORS)
    sites = Site.objects.filter(company=company, archived_at=None).order_by("code").values_list("code", flat=True)
    if names := list(sites[:5]):
        raise InvalidInput(
            errors={"company": f"{company.code} still operates {', '.join(names)}; archive these first."}
        )
    company = versions.edit(company, archived_at=now)
    events.record("company.archived", company.pk, company_ids=[company.pk], actor=actor)
    return company


@service
def create_party(*, code: str, actor: Any, **fields: Unpack[CompanyFields]) -> Company:
    """The company behind a customer or supplier that somebody enters; the caller has checked that he may.

    A code that another company has gets a number: ACME, ACME-2, ACME-3. Nobody becomes a member.
    Emits `company.created`.

    :raises InvalidInput: naming the field.
    """
    values = rules.checked_texts({"code": code, "name": code, **fields})
    values["code"] = _free_code(values["code"])
    company = checking.insert(Company(**values))
    events.record("company.created", company.pk, company_ids=[company.pk], actor=actor)
    return company


def party_of(
    party: Company | None, *, role: str, code: str, name: str, currency: str, country: str, actor: Any
) -> Company:
    """The company behind a new customer or supplier, with that `role` (`is_customer`): the one given, or a new one.

    :raises InvalidInput: naming the field.
    """
    if party is None:
        fields: Any = {"name": name, "currency": currency, "country": country, role: True}
        return create_party(code=code, actor=actor, **fields)
    if not getattr(party, role):
        # The role is the other company's to say; it changes nothing that belongs to the party.
        party = versions.edit(party, **{role: True})
    return party


def _free_code(code: str) -> str:
    taken = {known.lower() for known in Company.objects.filter(code__istartswith=code).values_list("code", flat=True)}
    choices = (code, *(f"{code[:27]}-{number}" for number in range(2, len(taken) + 3)))
    return next(choice for choice in choices if choice.lower() not in taken)


def _require_an_administrator(actor: Any) -> None:
    if actor is None:
        return
    known = access.access_of(actor)
    if not (known.is_superuser or known.company_ids_of(access.ADMINISTRATORS)):
        raise Forbidden("Only an administrator may create a company.")
