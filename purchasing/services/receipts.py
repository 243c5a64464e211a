"""Receipts of the past, for imports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import inserts
from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import DocumentKind, PostingKind
from inventory.rules.order_steps import is_line_open
from inventory.selectors.ordering import Asked, Measured, measured
from inventory.services import historical_postings
from inventory.services.historical_postings import HistoricalPosting
from inventory.services.order_lines import give_first_sight
from inventory.services.orders.numbering import number
from purchasing import events, rules
from purchasing.choices import PurchaseOrderState
from purchasing.drafts import HistoricalLine, HistoricalOrder, Recorded
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine, Supplier
from purchasing.services import supplies
from purchasing.services.purchase_orders.creating import PREFIX
from sites.access import PLANNERS, require
from sites.models import Site

_CLOSED = "Finished before it was imported."


@service
def record_history(orders: Sequence[HistoricalOrder], *, now: datetime, actor: Any) -> Recorded:
    """Write orders of the past with what was received of them, all or none, in a fixed number of statements.

    Their receipts are marked historical: they move no stock and no value, and no level follows from them. What was
    not received is closed short on orders that are closed; on the others it is open, with FIRM supply. Emits
    `purchase_order.imported`.

    :raises InvalidInput: naming the place: `12.lines.0.received_quantity`.
    """
    if not orders:
        return Recorded(0, 0, 0)
    for company_id, site_id in {(order.company_id, order.site_id) for order in orders}:
        require(actor, company_id=company_id, site_id=site_id, roles=PLANNERS)

    heads = _heads(orders, actor)
    lines = _lines(orders, heads, actor)
    number(heads, [f"{place}." for place in range(len(heads))], series=PREFIX)
    inserts.insert(heads)
    for line in lines:
        line.order_id = line.order.pk
    inserts.insert(lines)
    receipts = _receipts(orders, heads, lines, actor)

    waiting = [(line.order, line) for line in lines if is_line_open(line)]
    keys = supplies.put(waiting, now=now)
    events.record_orders("imported", heads, keys=keys, actor=actor)
    return Recorded(len(heads), len(lines), receipts)


def _heads(orders: Sequence[HistoricalOrder], actor: Any) -> list[PurchaseOrder]:
    suppliers = Supplier.objects.in_bulk({order.supplier_id for order in orders})
    sites = Site.objects.in_bulk({order.site_id for order in orders})
    errors: dict[str, str] = {}
    for place, order in enumerate(orders):
        supplier = suppliers.get(order.supplier_id)
        if supplier is None or supplier.company_id != order.company_id:
            errors[f"{place}.supplier"] = "The company has no such supplier."
        if order.site_id not in sites:
            errors[f"{place}.site"] = "Not found."
        if not order.lines:
            errors[f"{place}.lines"] = "An order needs at least one line."
    if errors:
        raise InvalidInput(errors=errors)
    return [
        PurchaseOrder(
            company_id=order.company_id,
            owner_id=order.company_id,
            supplier=suppliers[order.supplier_id],
            site=sites[order.site_id],
            number=order.number,
            currency=order.currency,
            ordered_on=order.ordered_on,
            expected_on=order.expected_on,
            external_reference=order.external_reference,
            close_reason=_CLOSED if order.is_closed else "",
            is_historical=True,
            created_by_id=getattr(actor, "pk", None),
        )
        for order in orders
    ]


def _lines(orders: Sequence[HistoricalOrder], heads: Sequence[PurchaseOrder], actor: Any) -> list[PurchaseOrderLine]:
    """The lines, unsaved, order by order; sets each head's state."""
    asked = [
        Asked(
            order.company_id,
            line.item_id,
            line.ordered_quantity,
            f"{place}.lines.{row}",
            factor=line.unit_factor,
            unit_label=line.unit_label,
        )
        for place, order in enumerate(orders)
        for row, line in enumerate(order.lines)
    ]
    sizes = measured(asked, actor=actor)
    give_first_sight((ask.company_id, size) for ask, size in zip(asked, sizes, strict=True))
    built: list[PurchaseOrderLine] = []
    errors: dict[str, str] = {}
    following = iter(sizes)
    for place, (order, head) in enumerate(zip(orders, heads, strict=True)):
        own = [_line(order, head, line, row + 1, next(following)) for row, line in enumerate(order.lines)]
        for row, line in enumerate(own):
            if not 0 <= line.posted_quantity <= line.quantity:
                text = f"{line.posted_quantity} received of {line.quantity} ordered."
                errors[f"{place}.lines.{row}.received_quantity"] = text
        head.state = PurchaseOrderState.CLOSED if order.is_closed else rules.state_of(own)
        built += own
    if errors:
        raise InvalidInput(errors=errors)
    return built


def _line(
    order: HistoricalOrder, head: PurchaseOrder, line: HistoricalLine, line_no: int, size: Measured
) -> PurchaseOrderLine:
    received = line.received_quantity * size.unit_factor
    rest = size.quantity - received
    is_short = order.is_closed and rest > 0
    return PurchaseOrderLine(
        order=head,
        company_id=order.company_id,
        site_id=order.site_id,
        line_no=line_no,
        item_id=size.item_id,
        ordered_quantity=size.ordered_quantity,
        unit_id=size.unit_id,
        unit_label=line.unit_label,
        unit_factor=size.unit_factor,
        quantity=size.quantity,
        posted_quantity=received,
        closed_quantity=rest if is_short else 0,
        close_reason=_CLOSED if is_short else "",
        rejected_quantity=line.rejected_quantity * size.unit_factor,
        expected_on=line.expected_on or order.expected_on,
        unit_price=line.unit_price,
    )


def _receipts(
    orders: Sequence[HistoricalOrder],
    heads: Sequence[PurchaseOrder],
    lines: Sequence[PurchaseOrderLine],
    actor: Any,
) -> int:
    """One receipt an order of which something came; returns how many."""
    came: dict[int, list[PurchaseOrderLine]] = {}
    for line in lines:
        if line.posted_quantity > 0 or line.rejected_quantity > 0:
            came.setdefault(line.order_id, []).append(line)
    receipts = _receipt_heads([pair for pair in zip(orders, heads, strict=True) if pair[1].pk in came], actor)
    inserts.insert(receipts)
    inserts.insert(
        [
            ReceiptLine(
                receipt=receipt,
                order_line=line,
                quantity=line.posted_quantity,
                rejected_quantity=line.rejected_quantity,
            )
            for receipt in receipts
            for line in came[receipt.order_id]
        ]
    )
    return len(receipts)


def _receipt_heads(told: Sequence[tuple[HistoricalOrder, PurchaseOrder]], actor: Any) -> list[Receipt]:
    """The receipts, unsaved, each with its posting."""
    postings = historical_postings.record(
        PostingKind.RECEIPT,
        DocumentKind.PURCHASE_ORDER,
        [
            HistoricalPosting(head.company_id, head.site_id, head.pk, head.number, order.received_at)
            for order, head in told
        ],
        actor=actor,
    )
    return [
        Receipt(
            company_id=head.company_id,
            site_id=head.site_id,
            order=head,
            posting_id=posting_id,
            number=posting_number,
            received_at=order.received_at,
            is_historical=True,
        )
        for (order, head), (posting_id, posting_number) in zip(told, postings, strict=True)
    ]
