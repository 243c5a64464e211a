"""Customers: the terms a company gives those it sells to."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from core import versions
from core.errors import InvalidInput
from core.transactions import service
from sales import events
from sales.choices import SalesOrderState
from sales.models import Customer, SalesOrder
from sites import access, checking, rules
from sites.models import Company
from sites.services import companies

_ENDED = (SalesOrderState.SHIPPED, SalesOrderState.CLOSED, SalesOrderState.CANCELED)


class CustomerFields(TypedDict, total=False):
    """What may be said of a customer beside his code; the currency defaults to his own company's."""

    name: str
    currency: str
    payment_terms_days: int
    email: str
    street: str
    city: str
    postal_code: str
    country: str


class CustomerChanges(CustomerFields, total=False):
    """What may be changed of a customer."""

    code: str


@service
def create(
    *, company: Company, code: str, party: Company | None = None, actor: Any, **fields: Unpack[CustomerFields]
) -> Customer:
    """A new customer of `company`. Without `party`, a company of his own is made with the same code and name.

    Emits `customer.created`.

    :raises InvalidInput: naming the field, above all a code that the seller has given before.
    """
    access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    values = rules.checked_texts({"code": code, **fields})
    values.setdefault("name", party.name if party else values["code"])
    values.setdefault("currency", party.currency if party else company.currency)
    if party is not None and party.pk == company.pk:
        raise InvalidInput(errors={"party": "A company is no customer of its own."})

    customer = Customer(company=company, party=party or company, **values)
    checking.check(customer)
    customer.party = companies.party_of(
        party,
        role="is_customer",
        code=customer.code,
        name=customer.name,
        currency=customer.currency,
        country=customer.country,
        actor=actor,
    )
    customer.save(force_insert=True)

    events.record_customer("created", customer, actor=actor)
    return customer


@service
def edit(
    customer: Customer, *, expected: int | None = None, actor: Any, **changes: Unpack[CustomerChanges]
) -> Customer:
    """Change a customer's terms; orders keep the currency they were made in. Emits `customer.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    access.require(actor, company_id=customer.company_id, roles=access.PLANNERS)
    customer = checking.update(customer, expected=expected, changes=rules.checked_texts(dict(changes)))
    events.record_customer("changed", customer, actor=actor)
    return customer


@service
def archive(customer: Customer, *, expected: int | None = None, now: datetime, actor: Any) -> Customer:
    """Put a customer away. Emits `customer.archived`.

    :raises InvalidInput: naming the orders that are still open.
    """
    access.require(actor, company_id=customer.company_id, roles=access.PLANNERS)
    still_open = SalesOrder.objects.filter(customer=customer).exclude(state__in=_ENDED).order_by("pk")
    if numbers := list(still_open.values_list("number", flat=True)[:5]):
        raise InvalidInput(errors={"customer": f"{customer.code} has open orders: {', '.join(numbers)}."})
    customer = versions.edit(customer, expected=expected, archived_at=now)
    events.record_customer("archived", customer, actor=actor)
    return customer
