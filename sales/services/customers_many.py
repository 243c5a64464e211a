"""Many customers at once, by code, for imports: the set-based sibling of `sales.services.customers`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Lower

from core.upserts import Put, Wanted, put
from inventory.events import record_change
from sales.models import Customer
from sites import access
from sites.models import Company
from sites.services.companies_many import create_parties


def put_many(rows: Sequence[tuple[str, Mapping[str, Any]]], *, company: Company, actor: Any) -> Put[Customer]:
    """Write the company's customers by code with checked fields; what is not given stays.

    A new one without `party_id` gets a company of his own. Emits `customer.created` and `customer.changed`.
    """
    access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    codes = {code.lower() for code, _ in rows}
    customers = Customer.objects.filter(company=company).annotate(_key=Lower("code")).filter(_key__in=codes)
    known = {customer.code.lower(): customer for customer in customers}
    fresh = [_new(code, fields, company) for code, fields in rows if code.lower() not in known]
    _give_parties(fresh, actor=actor)
    by_code = {values["code"].lower(): values for values in fresh}
    wanted = [
        Wanted(customer, dict(fields)) if (customer := known.get(code.lower())) else Wanted(None, by_code[code.lower()])
        for code, fields in rows
    ]
    result = put(Customer, wanted)
    Company.objects.filter(pk__in={row.party_id for row in result.rows}, is_customer=False).update(is_customer=True)
    for verb, touched in (("created", result.created), ("changed", result.changed)):
        if touched:
            documents = [("customer", row.pk) for row in touched]
            record_change(f"customer.{verb}", documents=documents, company_ids=[company.pk], actor=actor)
    return result


def _new(code: str, fields: Mapping[str, Any], company: Company) -> dict[str, Any]:
    return {"name": code, "currency": company.currency, **fields, "code": code, "company_id": company.pk}


def _give_parties(fresh: Sequence[dict[str, Any]], *, actor: Any) -> None:
    alone = [values for values in fresh if not values.get("party_id")]
    parties = [
        {
            "code": values["code"],
            "name": values["name"],
            "currency": values["currency"],
            "country": values.get("country", ""),
            "is_customer": True,
        }
        for values in alone
    ]
    for values, party in zip(alone, create_parties(parties, actor=actor), strict=True):
        values["party_id"] = party.pk
