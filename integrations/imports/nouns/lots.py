"""Lots: batches and serial numbers."""

from collections.abc import Sequence

from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, day, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import outcome_of, picked
from integrations.imports.resolving import Problems, one
from inventory.choices import Tracking
from inventory.services.lots_many import put_many


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    problems = Problems()
    items = resolving.items(rows, context, problems)
    issuers = resolving.companies(rows, context, problems, "issuer")
    wanted = []
    for row in rows:
        item = one(items, row, "item")
        if item is None:
            continue
        if item.tracking == Tracking.NONE:
            problems.add(row, "item", "This item is not tracked by lot or serial number.")
        if "began_on" in row and "expires_on" in row and row["expires_on"] < row["began_on"]:
            problems.add(row, "expires_on", f"It lies before {row['began_on']}, when the lot began.")
        issuer = one(issuers, row, "issuer")
        key = (item.pk, issuer.pk if issuer else None, row["number"])
        wanted.append((key, picked(row, ("began_on", "expires_on"))))
    problems.stop()
    return outcome_of(put_many(wanted, actor=context.actor))


IMPORTER = Importer(
    noun="lots",
    help="Batches and serial numbers of tracked items.",
    key=("item", "issuer", "number"),
    write=_write,
    fields=(
        Field("item", text(64), is_required=True, aliases=("sku", "item number", "part number", "product number")),
        Field("number", text(64), is_required=True, aliases=("lot", "lot number", "batch", "serial number", "serial")),
        Field("issuer", text(32), aliases=("maker", "supplier"), help="The company that numbered it."),
        Field("began_on", day, aliases=("made on", "production date", "manufactured on")),
        Field("expires_on", day, aliases=("expiry", "expiry date", "best before", "use by")),
    ),
)
