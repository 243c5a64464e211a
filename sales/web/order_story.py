"""What happened to a sales order, newest first: made, opened, shipped, taken back, blocked, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.ui.formats import number
from inventory.choices import DocumentKind, PostingKind
from inventory.models import Posting
from inventory.web.story import Happened, names_of, newest_first
from sales import selectors
from sales.choices import SalesOrderState as State
from sales.models import SalesOrder, SalesOrderLine, Shipment, ShipmentLine


@dataclass(frozen=True, slots=True)
class ShippedPart:
    """How much of a line left with a shipment."""

    shipment: Shipment
    quantity: Decimal


def shipments_of(line: SalesOrderLine) -> list[ShippedPart]:
    """The shipments of a line, newest first; one query."""
    rows = ShipmentLine.objects.filter(order_line=line).select_related("shipment__site").order_by("-pk")
    return [ShippedPart(row.shipment, row.quantity) for row in rows]


def story_of(order: SalesOrder, lines: Sequence[SalesOrderLine], *, is_inside: bool) -> list[Happened]:
    """All of it; why it was blocked only for those inside. Four queries.

    When it was closed or canceled is the last time that its head was written.
    """
    shipments = {row.posting_id: row for row in selectors.with_shipped_lines(Shipment.objects.filter(order=order))}
    postings = list(Posting.objects.filter(source_kind=DocumentKind.SALES_ORDER, source_id=order.pk).order_by("-pk"))
    names = names_of([order.created_by_id, *(posting.actor_id for posting in postings)])
    taken_back = {posting.reverses_id: posting for posting in postings if posting.reverses_id}
    told = [
        _posted(posting, shipments.get(posting.pk), taken_back.get(posting.pk), names.get(posting.actor_id or 0, ""))
        for posting in postings
    ]
    return newest_first(_headline(order, names, is_inside), told)


def _posted(posting: Posting, shipment: Shipment | None, back: Posting | None, by: str) -> Happened:
    if posting.kind == PostingKind.REVERSAL or shipment is None:
        return Happened(
            posting.posted_at, str(posting.get_kind_display()).capitalize(), posting, note=posting.reason, by=by
        )
    goods = ", ".join(
        f"{part.order_line.item.sku} {number(part.quantity, part.order_line.item.unit.decimals)}"
        for part in shipment.lines.all()
    )
    note = " ".join(filter(None, [shipment.carrier, shipment.tracking_number]))
    if back is not None:
        note = _("taken back by %(number)s") % {"number": back.number}
    return Happened(
        posting.effective_at,
        _("Shipped"),
        posting,
        goods,
        note,
        by,
        is_standing=back is None,
        is_undone=back is not None,
    )


def _headline(order: SalesOrder, names: dict[int, str], is_inside: bool) -> list[Happened]:
    # What was entered later than it was opened tells of the past.
    entered_at = min(order.created_at, order.opened_at or order.created_at)
    found = [Happened(entered_at, _("Entered"), by=names.get(order.created_by_id or 0, ""))]
    if order.opened_at:
        found.append(Happened(order.opened_at, _("Opened")))
    if order.blocked_at:
        found.append(Happened(order.blocked_at, _("Blocked"), note=order.blocked_reason if is_inside else ""))
    if order.state in (State.CLOSED, State.CANCELED):
        what = _("Closed") if order.state == State.CLOSED else _("Canceled")
        found.append(Happened(order.updated_at, what, note=order.close_reason))
    return found
