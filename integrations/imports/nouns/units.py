"""Units of measure."""

from collections.abc import Sequence

from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, text, whole
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import outcome_of, picked
from inventory.services.units_many import put_many


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    wanted = [(row["code"], picked(row, ("name", "decimals"))) for row in rows]
    return outcome_of(put_many(wanted, actor=context.actor))


IMPORTER = Importer(
    noun="units",
    help="Units of measure, with the decimals that a quantity in them may have.",
    key=("code",),
    write=_write,
    fields=(
        Field("code", text(16), is_required=True, aliases=("unit", "uom")),
        Field("name", text(100), aliases=("unit name",)),
        Field("decimals", whole(largest=6), aliases=("precision",), help="0 for what is counted."),
    ),
)
