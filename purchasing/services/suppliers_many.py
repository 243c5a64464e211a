"""Many suppliers at once, by code, for imports: the set-based sibling of `purchasing.services.suppliers`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Lower

from core.upserts import Put, Wanted, put
from inventory.events import record_change
from purchasing.models import Supplier
from sites import access
from sites.models import Company
from sites.services.companies_many import create_parties


def put_many(rows: Sequence[tuple[str, Mapping[str, Any]]], *, company: Company, actor: Any) -> Put[Supplier]:
    """Write the company's suppliers by code with checked fields; what is not given stays.

    A new one without `party_id` gets a company of his own. Emits `supplier.created` and `supplier.changed`.
    """
    access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    codes = {code.lower() for code, _ in rows}
    suppliers = Supplier.objects.filter(company=company).annotate(_key=Lower("code")).filter(_key__in=codes)
    known = {supplier.code.lower(): supplier for supplier in suppliers}
    fresh = [_new(code, fields, company) for code, fields in rows if code.lower() not in known]
    _give_parties(fresh, actor=actor)
    by_code = {values["code"].lower(): values for values in fresh}
    wanted = [
        Wanted(supplier, dict(fields)) if (supplier := known.get(code.lower())) else Wanted(None, by_code[code.lower()])
        for code, fields in rows
    ]
    result = put(Supplier, wanted)
    Company.objects.filter(pk__in={row.party_id for row in result.rows}, is_supplier=False).update(is_supplier=True)
    for verb, touched in (("created", result.created), ("changed", result.changed)):
        if touched:
            documents = [("supplier", row.pk) for row in touched]
            record_change(f"supplier.{verb}", documents=documents, company_ids=[company.pk], actor=actor)
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
            "is_supplier": True,
        }
        for values in alone
    ]
    for values, party in zip(alone, create_parties(parties, actor=actor), strict=True):
        values["party_id"] = party.pk
