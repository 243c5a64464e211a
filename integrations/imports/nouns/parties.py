"""What customers and suppliers have in common: each stands for a company."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.importer import Context
from integrations.imports.outcomes import picked
from integrations.imports.resolving import Problems, one


def email(cell: str) -> str:
    """An e-mail address."""
    try:
        validate_email(cell)
    except ValidationError:
        raise ValueError("It is no e-mail address.") from None
    return cell


def parties(rows: Sequence[Row], context: Context, names: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Code and fields of each row, with `party_id` where the row names the party's company.

    :raises RowsRefused: naming the rows whose party is unknown or the company itself.
    """
    company = context.need_company()
    problems = Problems()
    found = resolving.companies(rows, context, problems, "party")
    wanted = []
    for row in rows:
        fields = picked(row, names)
        party = one(found, row, "party")
        if party is not None:
            fields["party_id"] = party.pk
            if party.pk == company.pk:
                problems.add(row, "party", "A company does not deal with itself.")
        wanted.append((row["code"], fields))
    problems.stop()
    return wanted
