"""Suppliers of a company."""

from collections.abc import Sequence

from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, boolean, checked, text, whole
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.nouns.parties import email, parties
from integrations.imports.outcomes import outcome_of
from purchasing.services.suppliers_many import put_many
from sites import rules

_PLAIN = (
    *("name", "currency", "payment_terms_days", "lead_time_days"),
    *("rating", "is_preferred", "email", "country"),
)


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    wanted = parties(rows, context, _PLAIN)
    return outcome_of(put_many(wanted, company=context.need_company(), actor=context.actor))


IMPORTER = Importer(
    noun="suppliers",
    help="Those a company (--company) buys from. Each gets a company of its own unless one is named.",
    key=("code",),
    write=_write,
    fields=(
        Field("code", checked(rules.check_code), is_required=True, aliases=("supplier", "supplier code", "vendor")),
        Field("name", text(200), aliases=("supplier name", "vendor name")),
        Field("party", checked(rules.check_code), aliases=("company",), help="The supplier's own company, if known."),
        Field("currency", checked(rules.check_currency, 3), help="The company's if not given."),
        Field("payment_terms_days", whole(largest=3650), aliases=("payment terms", "terms")),
        Field("lead_time_days", whole(largest=10_000), aliases=("lead time",)),
        Field("rating", whole(largest=32_767), aliases=("credit rating",)),
        Field("is_preferred", boolean, aliases=("preferred",)),
        Field("email", email, aliases=("e-mail", "mail")),
        Field("country", checked(rules.check_country, 2), aliases=("country code",)),
    ),
)
