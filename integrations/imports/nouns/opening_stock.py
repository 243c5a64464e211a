"""Opening stock: one posting for the whole file."""

from collections.abc import Sequence
from decimal import Decimal

from core.errors import InvalidInput
from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.errors import CellError, RowsRefused
from integrations.imports.framework.fields import Field, decimal, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.resolving import Problems, one
from inventory.choices import ON_HAND_KINDS, LocationKind, Tracking
from inventory.models import Item, Location, Lot
from inventory.selectors.places import receipt_locations
from inventory.services.opening import OpeningLine, open_stock
from sites.models import Company, Site

LONGEST_REFERENCE = 32


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    if not context.reference or len(context.reference) > LONGEST_REFERENCE:
        text = f"“{context.reference}” is no reference for opening stock: 1 to {LONGEST_REFERENCE} characters."
        raise RowsRefused([CellError(f"{text} Give one with --reference.")])
    lines = _lines(rows, context)
    empty = len(rows) - len(lines)
    notes = [f"{empty} rows of quantity 0 were left out."] if empty else []
    if not lines:
        return Outcome(skipped=empty, notes=notes)
    company = context.company or lines[0].owner
    posted = open_stock(
        company_id=company.pk,
        site_id=context.site.pk if context.site else lines[0].site_id,
        reference=context.reference,
        lines=lines,
        now=context.now,
        actor=context.actor,
    )
    if posted is None:
        return Outcome(unchanged=len(lines), skipped=empty, notes=notes)
    if posted.warnings:
        notes.append(f"{len(posted.warnings)} rows have no known cost and are valued at 0.")
    notes.append(
        f"Posted as {posted.number}, {sum((line.quantity for line in lines), Decimal(0)).normalize():f} units in all."
    )
    return Outcome(created=len(lines), skipped=empty, notes=notes)


def _lines(rows: Sequence[Row], context: Context) -> list[OpeningLine]:
    """What the rows mean; those of quantity 0 are checked and left out."""
    problems = Problems()
    items = resolving.items(rows, context, problems)
    site_of = resolving.site_or_default(rows, resolving.sites(rows, context, problems), context, problems)
    owners = resolving.companies(rows, context, problems, "owner")
    locations = resolving.locations(rows, site_of, problems, "location")
    lots = resolving.lots(rows, lambda row: one(items, row, "item"), problems)
    wanted: list[tuple[Row, Item, Site, Company, Location | None, Lot | None]] = []
    for row in rows:
        item, site = one(items, row, "item"), site_of(row)
        if item is None or site is None:
            continue
        owner = one(owners, row, "owner", context.company or site.default_owner)
        location = locations.get((site.pk, str(row.get("location")).lower()))
        lot = lots.get((item.pk, str(row.get("lot")).lower()))
        _check(row, item, location, lot, problems)
        if owner is not None and row["quantity"] > 0:
            wanted.append((row, item, site, owner, location, lot))
    defaults = _defaults(wanted, problems)
    problems.stop()
    return [
        OpeningLine(
            item_id=item.pk,
            site_id=site.pk,
            location_id=location.pk if location else defaults[item.pk, site.pk, owner.pk],
            owner=owner,
            quantity=row["quantity"],
            unit_cost=row.get("unit_cost"),
            lot_id=lot.pk if lot else None,
            field=f"row {row.number}",
        )
        for row, item, site, owner, location, lot in wanted
    ]


def _check(row: Row, item: Item, location: Location | None, lot: Lot | None, problems: Problems) -> None:
    quantity: Decimal = row["quantity"]
    if quantity != quantity.quantize(Decimal(1).scaleb(-item.unit.decimals)):
        problems.add(row, "quantity", f"It does not fit {item.unit.code}, which has {item.unit.decimals} decimals.")
    if item.tracking == Tracking.NONE and "lot" in row:
        problems.add(row, "lot", "This item is not tracked by lot or serial number.")
    elif item.tracking != Tracking.NONE and "lot" not in row and quantity > 0:
        problems.add(row, "lot", f"This item is tracked by {item.tracking}; name the lot.", value=row["item"])
    elif item.tracking == Tracking.SERIAL and quantity not in (0, 1):
        problems.add(row, "quantity", "Of one serial number there is one.")
    if location is not None and location.kind not in (*ON_HAND_KINDS, LocationKind.QUARANTINE):
        problems.add(row, "location", f"It is {location.get_kind_display()}: no stock by hand.")


def _defaults(
    wanted: Sequence[tuple[Row, Item, Site, Company, Location | None, Lot | None]], problems: Problems
) -> dict[tuple[int, int, int], int]:
    """Where the items go whose row names no location, by item, site and owner; two queries for each site and owner."""
    groups: dict[tuple[int, int], list[tuple[Row, int]]] = {}
    for row, item, site, owner, location, _ in wanted:
        if location is None:
            groups.setdefault((site.pk, owner.pk), []).append((row, item.pk))
    found: dict[tuple[int, int, int], int] = {}
    for (site_id, owner_id), members in groups.items():
        try:
            places = receipt_locations([item_id for _, item_id in members], site_id, owner_id)
        except InvalidInput as error:
            for row, _ in members:
                problems.add(row, "location", error.errors["location"], value="")
            continue
        found |= {(item_id, site_id, owner_id): place for item_id, place in places.items()}
    return found


IMPORTER = Importer(
    noun="opening-stock",
    help="What stood where on the first day. The file is posted once: its reference (--reference, else the file's "
    "name) is kept on the posting.",
    key=("item", "site", "location", "lot", "owner"),
    write=_write,
    counted="stock rows",
    part_rows=None,
    fields=(
        Field("item", text(64), is_required=True, aliases=("sku", "item number", "part number", "product number")),
        Field("quantity", decimal(), is_required=True, aliases=("qty", "on hand", "stock")),
        Field("site", text(32), aliases=("site code", "warehouse"), help="--site if not given."),
        Field("location", text(64), aliases=("location code", "bin"), help="Where receipts go, if not given."),
        Field("lot", text(64), aliases=("lot number", "batch", "serial number", "serial")),
        Field("owner", text(32), help="--company, else the site's default owner, if not given."),
        Field("unit_cost", decimal(decimals=8), aliases=("cost",), help="Standard cost, else 0, if not given."),
    ),
)
