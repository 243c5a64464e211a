"""How documents and their lines stand: read as the workers left it, or worked out now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from inventory.choices import Availability, DocumentKind
from inventory.drafts import LevelKey
from inventory.models import Allocation, Demand, DocumentStatus
from inventory.services.recompute import preview
from sites.access import Access

_WORST = {name: place for place, name in enumerate(Availability.values)}


@dataclass(frozen=True, slots=True)
class LineStatus:
    """How one line's demand is served; it is short by `quantity` less `served_quantity`."""

    demand_id: int
    availability: str
    expected_on: date | None
    late_days: int
    quantity: Decimal
    served_quantity: Decimal


@dataclass(frozen=True, slots=True)
class Status:
    """A document's worst line, when it is complete, and by how many days that is late."""

    availability: str
    complete_on: date | None
    late_days: int


@dataclass(frozen=True)
class Statuses:
    """By document id, and by line id; what has nothing open has none."""

    documents: Mapping[int, Status] = field(default_factory=dict)
    lines: Mapping[int, LineStatus] = field(default_factory=dict)


def visible_statuses(access: Access) -> QuerySet[DocumentStatus]:
    """Statuses of his companies' documents."""
    return DocumentStatus.objects.filter(access.q(companies=["company"]))


def statuses(kind: DocumentKind, document_ids: Collection[int]) -> Statuses:
    """As the workers left them; two queries, however many documents."""
    if not document_ids:
        return Statuses()
    rows = DocumentStatus.objects.filter(document_kind=kind, document_id__in=document_ids)
    documents = {row.document_id: Status(row.availability, row.complete_on, row.late_days) for row in rows}
    lines = _open_lines(kind, document_ids)
    found = Allocation.objects.filter(demand_id__in=list(lines)).values_list(
        "demand_id", "availability", "expected_on", "late_days", "quantity", "served_quantity"
    )
    return Statuses(documents, {lines[row[0]][1]: LineStatus(*row) for row in found})


def fresh_statuses(kind: DocumentKind, document_ids: Collection[int], *, now: datetime) -> Statuses:
    """The same from what is committed now; writes nothing. Chains are left out: a root stands by itself."""
    lines = _open_lines(kind, document_ids)
    keys = {key for _, _, key in lines.values()}
    found = [served for rows in preview(keys, now=now).allocations.values() for served in rows]
    by_line: dict[int, LineStatus] = {}
    by_document: defaultdict[int, list[LineStatus]] = defaultdict(list)
    for served in found:
        if served.demand_id not in lines:
            continue
        document_id, line_id, _ = lines[served.demand_id]
        status = LineStatus(
            served.demand_id,
            served.availability,
            served.expected_on,
            served.late_days,
            served.quantity,
            served.served_quantity,
        )
        by_line[line_id] = status
        by_document[document_id].append(status)
    return Statuses({document_id: worst(rows) for document_id, rows in by_document.items()}, by_line)


def worst(lines: Iterable[LineStatus]) -> Status:
    """The status of a document with these open lines."""
    lines = list(lines)
    availability = max((line.availability for line in lines), key=_WORST.__getitem__)
    dates = [line.expected_on for line in lines if line.expected_on is not None]
    complete_on = max(dates, default=None) if availability != Availability.NOT_AVAILABLE else None
    return Status(availability, complete_on, max(line.late_days for line in lines))


def _open_lines(kind: DocumentKind, document_ids: Collection[int]) -> dict[int, tuple[int, int, LevelKey]]:
    """Open demands of these documents: id → document, line, level key."""
    rows = Demand.objects.filter(document_kind=kind, document_id__in=document_ids, closed_at=None)
    fields = ("id", "document_id", "line_id", "item_id", "site_id", "used_by_id")
    return {row[0]: (row[1], row[2], LevelKey(*row[3:])) for row in rows.values_list(*fields)}
