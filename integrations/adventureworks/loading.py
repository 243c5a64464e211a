"""Loading AdventureWorks: one importer after another, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from core.transactions import service
from integrations.adventureworks import rows_masters as masters
from integrations.adventureworks import rows_purchasing as purchasing
from integrations.adventureworks.places import Places, places
from integrations.adventureworks.rows_stock import stock
from integrations.adventureworks.source import Source, read
from integrations.imports.framework.errors import CellError, RowsRefused
from integrations.imports.framework.importer import Context
from integrations.imports.framework.running import Report, run_rows
from integrations.imports.registry import IMPORTERS
from integrations.tables import gather_statistics
from sites.models import Company, Lane, Site
from sites.services import lanes

REFERENCE = "AdventureWorks"
Rows = Sequence[dict[str, str]]


@dataclass
class Loaded:
    """What was loaded: a report a noun, and facts in sentences about what was chosen or left out."""

    company: Company | None = None
    reports: list[Report] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


@service
def load(folder: Path, *, company_code: str, now: datetime, actor: Any) -> Loaded:
    """Load an export as an own company with two sites; the same again changes nothing.

    :raises UnreadableFile: naming the file that is missing or broken.
    :raises RowsRefused: with all that is wrong with the rows of one noun.
    """
    source = read(folder)
    where = places(source, company_code)
    loaded = Loaded()
    _import(loaded, "companies", masters.company(company_code), Context(now=now, actor=actor))
    loaded.company = Company.objects.get(code__iexact=company_code)
    context = Context(now=now, actor=actor, company=loaded.company, reference=REFERENCE)
    for noun, rows in _steps(source, where, loaded):
        _import(loaded, noun, rows, context)
        if noun == "sites":
            _put_lanes(loaded.company, where, actor=actor)
    gather_statistics()
    return loaded


def _steps(source: Source, where: Places, loaded: Loaded) -> Iterator[tuple[str, Rows]]:
    """The importers' nouns with their rows, in an order in which each finds what it refers to."""
    assert loaded.company is not None
    code = loaded.company.code
    yield "sites", masters.sites(code, where)
    yield "units", masters.units(source)
    yield "items", masters.items(source)
    yield "locations", masters.locations(source, where)
    yield "item-sites", masters.item_sites(source, where)
    yield "suppliers", purchasing.suppliers(source)
    yield "supplier-items", purchasing.supplier_items(source)
    yield "bills-of-materials", _bills(source, loaded)
    yield "opening-stock", _stock(source, where, loaded)
    yield "purchase-history", _purchases(source, where, loaded)


def _import(loaded: Loaded, noun: str, rows: Rows, context: Context) -> None:
    try:
        loaded.reports.append(run_rows(IMPORTERS[noun], rows, context))
    except RowsRefused as refusal:
        errors = (CellError(f"{noun}: {error}") for error in refusal.errors)
        raise RowsRefused(errors) from None


def _bills(source: Source, loaded: Loaded) -> Rows:
    rows, skipped = masters.bill_lines(source)
    loaded.facts.append(f"{len(rows):,} rows of bills were read; {skipped} without an assembly were skipped.")
    return rows


def _stock(source: Source, where: Places, loaded: Loaded) -> Rows:
    found = stock(source, where)
    costs = ", ".join(f"{count} at {kind}" for kind, count in found.rows_by_cost.most_common())
    loaded.facts.append(f"Opening stock is {found.quantity:,} units in {len(found.rows):,} rows: {costs}.")
    loaded.facts.append(f"Valued at 0 ({len(found.without_cost)}): {', '.join(found.without_cost)}.")
    return found.rows


def _purchases(source: Source, where: Places, loaded: Loaded) -> Rows:
    found = purchasing.purchases(source, where)
    statuses = ", ".join(f"{count:,} {name}" for name, count in found.orders_by_status.most_common())
    loaded.facts.append(f"Purchases are {len(found.rows):,} lines of {found.value.normalize():,f}: {statuses}.")
    loaded.facts.append("Pending orders stay open for what they lack; all others are closed short for it.")
    return found.rows


def _put_lanes(company: Company, where: Places, *, actor: Any) -> None:
    """A day's drive between the two sites, either way."""
    factory, distribution = (Site.objects.get(code=code) for code in where.sites)
    for origin, destination in ((factory, distribution), (distribution, factory)):
        if not Lane.objects.filter(company=company, origin=origin, destination=destination).exists():
            lanes.create(company=company, origin=origin, destination=destination, transit_days=1, actor=actor)
