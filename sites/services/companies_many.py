"""Many companies at once, by code, for imports: the set-based sibling of `sites.services.companies`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models.functions import Lower

from core.errors import Forbidden, InvalidInput
from core.upserts import Put, Wanted, put
from sites import access, events, upward
from sites.models import Company


def find(codes: Collection[str]) -> dict[str, Company]:
    """Companies by their code in small letters, in one query."""
    rows = Company.objects.annotate(_key=Lower("code")).filter(_key__in={code.lower() for code in codes})
    return {row.code.lower(): row for row in rows}


def put_many(rows: Sequence[tuple[str, Mapping[str, Any]]], *, actor: Any) -> Put[Company]:
    """Write companies by code with checked fields; what is not given stays. The caller is in a transaction.

    Emits one `company.created` and one `company.changed`, each naming all it is about.

    :raises InvalidInput: for another currency of a company that has books.
    :raises Forbidden: when the actor administers neither all of them nor, for new ones, any company.
    """
    known = find([code for code, _ in rows])
    _require(known.values(), actor=actor, is_creating=len(known) < len(rows))
    wanted = []
    for code, fields in rows:
        company = known.get(code.lower())
        if company is None:
            wanted.append(Wanted(None, {"name": code, **fields, "code": code}))
            continue
        if fields.get("currency", company.currency) != company.currency and upward.has_books(company.pk):
            raise InvalidInput(errors={"currency": f"{company.code} keeps its books in {company.currency} already."})
        wanted.append(Wanted(company, dict(fields)))
    result = put(Company, wanted)
    events.record_many("company.created", result.created, company_ids_of=lambda row: [row.pk], actor=actor)
    events.record_many("company.changed", result.changed, company_ids_of=lambda row: [row.pk], actor=actor)
    return result


def create_parties(rows: Sequence[Mapping[str, Any]], *, actor: Any) -> list[Company]:
    """The companies behind customers or suppliers, as `companies.create_party`; the caller has checked that he may.

    Each row has code, name, currency, country and its role. A code that another company has gets a number.
    """
    taken = {code.lower() for code in Company.objects.values_list("code", flat=True)} if rows else set()
    parties = []
    for row in rows:
        code = _free(str(row["code"]), taken)
        taken.add(code.lower())
        parties.append(Wanted(None, {**row, "code": code}))
    return put(Company, parties).rows


def _free(code: str, taken: Collection[str]) -> str:
    choice, number = code, 1
    while choice.lower() in taken:
        number += 1
        choice = f"{code[: 31 - len(str(number))]}-{number}"
    return choice


def _require(known: Collection[Company], *, actor: Any, is_creating: bool) -> None:
    if actor is None or access.access_of(actor).is_superuser:
        return
    for company in known:
        access.require(actor, company_id=company.pk, roles=access.ADMINISTRATORS)
    if is_creating:
        raise Forbidden("Only a superuser may import new companies.")
