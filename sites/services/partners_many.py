"""Many customers or suppliers at once, by code, for imports: the terms of one company with others."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models.functions import Lower

from core.models import Master
from core.upserts import Put, Wanted, put
from sites import access
from sites.models import Company
from sites.services.companies_many import create_parties

Partner = TypeVar("Partner", bound=Master)


def put_partners(
    model: type[Partner], rows: Sequence[tuple[str, Mapping[str, Any]]], *, company: Company, role: str, actor: Any
) -> Put[Partner]:
    """Write the company's partners by code with checked fields; what is not given stays. The caller tells of it.

    `role` is what their parties are then: `is_customer` or `is_supplier`. A new one without `party_id` gets a company
    of his own.
    """
    access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    codes = {code.lower() for code, _ in rows}
    partners: Any = model._default_manager.filter(company=company).annotate(_key=Lower("code")).filter(_key__in=codes)
    known = {partner.code.lower(): partner for partner in partners}
    fresh = [_new(code, fields, company) for code, fields in rows if code.lower() not in known]
    _give_parties(fresh, role, actor=actor)
    by_code = {values["code"].lower(): values for values in fresh}
    wanted = [
        Wanted(partner, dict(fields)) if (partner := known.get(code.lower())) else Wanted(None, by_code[code.lower()])
        for code, fields in rows
    ]
    result: Put[Any] = put(model, wanted)
    parties = {row.party_id for row in result.rows}
    Company.objects.filter(pk__in=parties, **{role: False}).update(**{role: True})
    return result


def _new(code: str, fields: Mapping[str, Any], company: Company) -> dict[str, Any]:
    return {"name": code, "currency": company.currency, **fields, "code": code, "company_id": company.pk}


def _give_parties(fresh: Sequence[dict[str, Any]], role: str, *, actor: Any) -> None:
    alone = [values for values in fresh if not values.get("party_id")]
    parties = [
        {
            "code": values["code"],
            "name": values["name"],
            "currency": values["currency"],
            "country": values.get("country", ""),
            role: True,
        }
        for values in alone
    ]
    for values, party in zip(alone, create_parties(parties, actor=actor), strict=True):
        values["party_id"] = party.pk
