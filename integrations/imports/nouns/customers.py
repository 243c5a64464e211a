"""Customers of a company."""

from collections.abc import Sequence

from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, checked, text, whole
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.nouns.parties import email, parties
from integrations.imports.outcomes import outcome_of
from sales.services.customers_many import put_many
from sites import rules

_PLAIN = ("name", "currency", "payment_terms_days", "email", "street", "city", "postal_code", "country")


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    wanted = parties(rows, context, _PLAIN)
    return outcome_of(put_many(wanted, company=context.need_company(), actor=context.actor))


IMPORTER = Importer(
    noun="customers",
    help="Those a company (--company) sells to. Each gets a company of its own unless one is named.",
    key=("code",),
    write=_write,
    fields=(
        Field("code", checked(rules.check_code), is_required=True, aliases=("customer", "customer code", "account")),
        Field("name", text(200), aliases=("customer name",)),
        Field("party", checked(rules.check_code), aliases=("company",), help="The customer's own company, if known."),
        Field("currency", checked(rules.check_currency, 3), help="The company's if not given."),
        Field("payment_terms_days", whole(largest=3650), aliases=("payment terms", "terms")),
        Field("email", email, aliases=("e-mail", "mail")),
        Field("street", text(200), aliases=("address",)),
        Field("city", text(100), aliases=("town",)),
        Field("postal_code", text(20), aliases=("zip", "postcode", "zip code")),
        Field("country", checked(rules.check_country, 2), aliases=("country code",)),
    ),
)
