"""From what a row names to the row it means: one query a kind of reference, whatever the number of rows."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower

from integrations.imports.framework.checking import Row
from integrations.imports.framework.errors import CellError, RowsRefused
from integrations.imports.framework.importer import Context
from inventory.models import Item, Location, Lot, UnitOfMeasure
from inventory.selectors.items import items as visible_items
from sites.models import Company, Site

Found = TypeVar("Found", bound=Model)


class Problems:
    """Errors of rows, collected so that all are told at once."""

    def __init__(self) -> None:
        self.errors: list[CellError] = []

    def add(self, row: Row, field: str, message: str, value: object = None) -> None:
        shown = row.get(field) if value is None else value
        self.errors.append(CellError(message, row=row.number, column=field, value="" if shown is None else str(shown)))

    def stop(self) -> None:
        """:raises RowsRefused: when there are any."""
        if self.errors:
            raise RowsRefused(sorted(self.errors, key=lambda error: error.row or 0))


def by_key(queryset: QuerySet[Found], name: str, keys: Iterable[object]) -> dict[str, Found]:
    """Rows by a natural key without regard to case; uses the unique index on the lowered column."""
    wanted = sorted({str(key).lower() for key in keys if key is not None})
    if not wanted:
        return {}
    rows = queryset.annotate(_key=Lower(name)).filter(_key__in=wanted)
    return {row._key: row for row in rows}  # type: ignore[attr-defined]


def items(rows: Sequence[Row], context: Context, problems: Problems, field: str = "item") -> dict[str, Item]:
    """The items that rows name by SKU, by the SKU in small letters; those the actor may not see are unknown."""
    visible = visible_items(context.access).select_related("unit")
    found = by_key(visible, "sku", (row.get(field) for row in rows))
    _check(rows, field, found, "There is no item with this SKU.", problems)
    for row in rows:
        item = found.get(str(row.get(field)).lower())
        if item is not None and item.archived_at is not None:
            problems.add(row, field, "This item is archived.")
    return found


def companies(rows: Sequence[Row], context: Context, problems: Problems, field: str = "company") -> dict[str, Company]:
    """The companies that rows name by code."""
    found = by_key(Company.objects.all(), "code", (row.get(field) for row in rows))
    _check(rows, field, found, "There is no company with this code.", problems)
    return found


def sites(rows: Sequence[Row], context: Context, problems: Problems, field: str = "site") -> dict[str, Site]:
    """The sites that rows name by code."""
    queryset = Site.objects.filter(archived_at=None).select_related("company", "default_owner")
    found = by_key(queryset, "code", (row.get(field) for row in rows))
    _check(rows, field, found, "There is no site with this code.", problems)
    return found


def units(rows: Sequence[Row], problems: Problems, field: str = "unit") -> dict[str, UnitOfMeasure]:
    """The units that rows name by code."""
    found = by_key(UnitOfMeasure.objects.filter(archived_at=None), "code", (row.get(field) for row in rows))
    _check(rows, field, found, "There is no unit with this code.", problems)
    return found


def locations(
    rows: Sequence[Row], site_of: Callable[[Row], Site | None], problems: Problems, field: str
) -> dict[tuple[int, str], Location]:
    """The locations that rows name by code within their site, by (site id, code in small letters)."""
    named = [(row, site) for row in rows if field in row and (site := site_of(row)) is not None]
    codes = {str(row[field]).lower() for row, _ in named}
    queryset = Location.objects.filter(site_id__in={site.pk for _, site in named}, archived_at=None)
    found: dict[tuple[int, str], Location] = {
        (location.site_id, location.code.lower()): location
        for location in queryset.annotate(_key=Lower("code")).filter(_key__in=codes)
    }
    for row, site in named:
        if (site.pk, str(row[field]).lower()) not in found:
            problems.add(row, field, f"{site.code} has no location with this code.")
    return found


def lots(
    rows: Sequence[Row], item_of: Callable[[Row], Item | None], problems: Problems, field: str = "lot"
) -> dict[tuple[int, str], Lot]:
    """The lots that rows name by number within their item, by (item id, number in small letters)."""
    named = [(row, item) for row in rows if field in row and (item := item_of(row)) is not None]
    condition = Q(item_id__in={item.pk for _, item in named}, _key__in={str(row[field]).lower() for row, _ in named})
    found: dict[tuple[int, str], list[Lot]] = {}
    if named:
        for lot in Lot.objects.annotate(_key=Lower("number")).filter(condition):
            found.setdefault((lot.item_id, lot.number.lower()), []).append(lot)
    for row, item in named:
        known = found.get((item.pk, str(row[field]).lower()), [])
        if len(known) != 1:
            text = "has no lot with this number; import the lots first." if not known else "has several such lots."
            problems.add(row, field, f"{item.sku} {text}")
    return {key: known[0] for key, known in found.items()}


def one(found: dict[str, Any], row: Row, field: str, default: Any = None) -> Any:
    """What a row means by its field, or the default where it says nothing."""
    return found.get(str(row[field]).lower()) if field in row else default


def site_or_default(
    rows: Sequence[Row], found: dict[str, Site], context: Context, problems: Problems
) -> Callable[[Row], Site | None]:
    """A row's site, or the import's; rows with neither are a problem."""
    if context.site is None:
        for row in rows:
            if "site" not in row:
                problems.add(row, "site", "Name the site in each row, or for all with --site CODE.")
    return lambda row: one(found, row, "site", context.site)


def _check(rows: Sequence[Row], field: str, found: Collection[str], message: str, problems: Problems) -> None:
    for row in rows:
        if field in row and str(row[field]).lower() not in found:
            problems.add(row, field, message)
