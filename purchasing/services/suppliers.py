"""Suppliers: the terms a company gets from those it buys from."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from core import versions
from core.errors import InvalidInput
from core.transactions import service
from inventory.drafts import LevelKey
from purchasing import events
from purchasing.choices import PurchaseOrderState
from purchasing.models import PurchaseOrder, Supplier, SupplierItem
from purchasing.services.supplier_items import write_first_sources
from sites import access, checking, rules
from sites.models import Company
from sites.services import companies

_ENDED = (PurchaseOrderState.RECEIVED, PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELED)


class SupplierFields(TypedDict, total=False):
    """What may be said of a supplier beside his code; the currency defaults to his own company's."""

    name: str
    currency: str
    payment_terms_days: int
    lead_time_days: int | None
    rating: int | None
    is_preferred: bool
    email: str
    country: str


class SupplierChanges(SupplierFields, total=False):
    """What may be changed of a supplier."""

    code: str


@service
def create(
    *, company: Company, code: str, party: Company | None = None, actor: Any, **fields: Unpack[SupplierFields]
) -> Supplier:
    """A new supplier of `company`. Without `party`, a company of his own is made with the same code and name.

    Emits `supplier.created`.

    :raises InvalidInput: naming the field, above all a code that the buyer has given before.
    """
    access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    values = rules.checked_texts({"code": code, **fields})
    values.setdefault("name", party.name if party else values["code"])
    values.setdefault("currency", party.currency if party else company.currency)
    if party is not None and party.pk == company.pk:
        raise InvalidInput(errors={"party": "A company is no supplier of its own."})

    supplier = Supplier(company=company, party=party or company, **values)
    checking.check(supplier)
    supplier.party = companies.party_of(
        party,
        role="is_supplier",
        code=supplier.code,
        name=supplier.name,
        currency=supplier.currency,
        country=supplier.country,
        actor=actor,
    )
    supplier.save(force_insert=True)

    events.record_supplier("created", supplier, actor=actor)
    return supplier


@service
def edit(
    supplier: Supplier, *, expected: int | None = None, actor: Any, **changes: Unpack[SupplierChanges]
) -> Supplier:
    """Change a supplier's terms; orders keep the currency they were made in. Emits `supplier.changed`.

    A new lead time goes to the sites where he is the first source.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    access.require(actor, company_id=supplier.company_id, roles=access.PLANNERS)
    supplier = checking.update(supplier, expected=expected, changes=rules.checked_texts(dict(changes)))
    keys = _follow(supplier) if changes.keys() & {"lead_time_days", "is_preferred"} else frozenset()
    events.record_supplier("changed", supplier, keys=keys, actor=actor)
    return supplier


@service
def archive(supplier: Supplier, *, expected: int | None = None, now: datetime, actor: Any) -> Supplier:
    """Put a supplier away. Emits `supplier.archived`.

    :raises InvalidInput: naming the orders that are still open.
    """
    access.require(actor, company_id=supplier.company_id, roles=access.PLANNERS)
    still_open = PurchaseOrder.objects.filter(supplier=supplier).exclude(state__in=_ENDED).order_by("pk")
    if numbers := list(still_open.values_list("number", flat=True)[:5]):
        raise InvalidInput(errors={"supplier": f"{supplier.code} has open orders: {', '.join(numbers)}."})
    supplier = versions.edit(supplier, expected=expected, archived_at=now)
    events.record_supplier("archived", supplier, keys=_follow(supplier), actor=actor)
    return supplier


def _follow(supplier: Supplier) -> frozenset[LevelKey]:
    """The first source, or its lead time, of what he sells may be another now."""
    item_ids = list(SupplierItem.objects.filter(supplier=supplier).values_list("item_id", flat=True))
    return write_first_sources(company_id=supplier.company_id, item_ids=item_ids) if item_ids else frozenset()
