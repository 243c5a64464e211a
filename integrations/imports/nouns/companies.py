"""Companies."""

from collections.abc import Sequence

from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, boolean, checked, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import outcome_of
from sites import rules
from sites.services.companies_many import put_many


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    wanted = [(row["code"], {name: value for name, value in row.values.items() if name != "code"}) for row in rows]
    return outcome_of(put_many(wanted, actor=context.actor))


IMPORTER = Importer(
    noun="companies",
    help="Parties: own companies, suppliers, customers, contract manufacturers, logistics providers.",
    key=("code",),
    write=_write,
    fields=(
        Field("code", checked(rules.check_code), is_required=True, aliases=("company", "company code")),
        Field("name", text(200), aliases=("company name",)),
        Field("currency", checked(rules.check_currency, 3), help="ISO 4217; EUR if not given."),
        Field("country", checked(rules.check_country, 2), aliases=("country code",), help="Two letters."),
        Field("is_own", boolean, aliases=("own",)),
        Field("is_supplier", boolean, aliases=("supplier",)),
        Field("is_customer", boolean, aliases=("customer",)),
        Field("is_contract_manufacturer", boolean, aliases=("contract manufacturer",)),
        Field("is_logistics_provider", boolean, aliases=("logistics provider", "3pl")),
    ),
)
