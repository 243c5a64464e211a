"""Receiving purchase orders, and taking a receipt back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core import inserts
from core.clock import local_date
from core.dates import happened_at
from core.transactions import service
from inventory.choices import DocumentKind, LocationKind, PostingKind
from inventory.drafts import Deposit, LevelKey, Posted, PostingDraft
from inventory.selectors.exchange import rate_on
from inventory.selectors.ordering import Place, check_places
from inventory.selectors.places import receipt_locations, virtual_location
from inventory.services.order_lines import add_posted
from inventory.services.orders.blocking import refuse_blocked
from inventory.services.orders.dating import check_lines
from inventory.services.posting import post
from inventory.services.reversal import reverse as reverse_posting
from purchasing import events, rules
from purchasing.drafts import Planned, Received, ReceiveDraft
from purchasing.errors import NothingToReverse
from purchasing.locks import lock_order, lock_supplier_items
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from purchasing.rules import Step
from purchasing.services import last_costs, supplies
from purchasing.services.access import require_writer
from purchasing.services.lots import Issued, lots_of
from purchasing.services.purchase_orders.planning import plan

_ZERO = Decimal(0)


@service
def receive(order_id: int, draft: ReceiveDraft | None = None, *, now: datetime, actor: Any) -> Received:
    """Receive what is named, or all that is open at the one site, in one posting; who works at that site may.

    Its value is the line's price for the quantity, in the owner's currency by the rate of the day. Goods go to the
    place named, else to where receipts of the item go. Rejected quantity is noted and stays open. Locks the order,
    what the supplier sells of the items, then balances and cost pools. Emits `purchase_order.received`.

    :raises WrongState, DocumentBlocked: when the order is not ordered, or blocked.
    :raises InvalidInput: naming the field, such as `lines.0.lot` of a tracked item.
    :raises OverReceipt: more than is open.
    :raises NoExchangeRate: when the owner's books have no rate yet.
    :raises PeriodClosed: when the owner's books are closed that day.
    """
    draft = draft or ReceiveDraft()
    at = happened_at(draft.effective_at, now=now)
    check_lines(draft.lines or ())

    order = lock_order(order_id)
    _check_may_receive(order)
    lines = _lines(order)
    site_id, parts = plan(order, lines, draft)
    require_writer(actor, order, site_id)
    check_places([Place(f"{p.field}.quantity", site_id, p.location_id, p.item_id, p.lot_id) for p in parts])
    offers = lock_supplier_items(order.supplier_id, {part.item_id for part in parts})

    on = local_date(at, lines[parts[0].line_id].site.time_zone)
    deposits = _deposits(order, lines, site_id, parts, on)
    posted = post(_posting(order, site_id, at), deposits=deposits, now=now, actor=actor)
    receipt = _write_receipt(order, site_id, parts, (posted.posting_id, posted.number), draft, at=at)
    keys = _move_on(order, lines, [(p.line_id, p.quantity, p.rejected_quantity) for p in parts], Step.RECEIVE, now)
    last_costs.put(offers, order, [lines[part.line_id] for part in parts if part.quantity > 0], on=on)

    events.record_order("received", order, keys=posted.keys | keys, actor=actor)
    return Received(order, receipt, [*posted.warnings, *_free_of_charge(lines, parts)])


@service
def reverse(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> Received:
    """Take the latest receipt of an order back: its goods and values leave again as they came.

    What it had brought is open again, so is the order. Locks the order, then balances and cost pools. Emits
    `purchase_order.reversed`.

    :raises WrongState: when the order has received nothing.
    :raises NothingToReverse: when no receipt of it stands that moved stock.
    :raises ReversalBlocked: naming what took the goods meanwhile.
    :raises PeriodClosed: when the owner's books are closed today.
    """
    order = lock_order(order_id)
    rules.check(order.state, Step.REVERSE, number=order.number)
    receipt = Receipt.objects.filter(order=order, reversed_at=None, is_historical=False).order_by("-pk").first()
    if receipt is None:
        raise NothingToReverse(number=order.number, what="receipt")
    require_writer(actor, order, receipt.site_id)

    posted = _take_back(order, receipt, reason=reason, now=now, actor=actor)
    return Received(order, receipt, list(posted.warnings))


@service
def reverse_receipt(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """As `reverse`, for the receipt that this posting tells of; `inventory.services.undo` calls it.

    :raises WrongState: when the order was canceled since, as one may be of which all was rejected.
    :raises AlreadyReversed: when it was reversed before, is a reversal itself, or tells of history.
    """
    receipt = Receipt.objects.filter(posting_id=posting_id).first()
    if receipt is None:
        return reverse_posting(posting_id, now=now, actor=actor)
    order = lock_order(receipt.order_id)
    require_writer(actor, order, receipt.site_id)
    receipt.refresh_from_db(fields=["reversed_at"])
    if receipt.reversed_at is None:
        rules.check(order.state, Step.REVERSE, number=order.number)
    return _take_back(order, receipt, reason="", now=now, actor=actor)


def _take_back(order: PurchaseOrder, receipt: Receipt, *, reason: str, now: datetime, actor: Any) -> Posted:
    """Reverse one receipt; the caller holds the order's lock."""
    posted = reverse_posting(receipt.posting_id, now=now, actor=actor, reason=reason)
    receipt.reversed_at = now
    receipt.save(update_fields=["reversed_at"])
    parts = ReceiptLine.objects.filter(receipt=receipt).values_list("order_line_id", "quantity", "rejected_quantity")
    back = [(line_id, -quantity, -rejected) for line_id, quantity, rejected in parts]
    keys = _move_on(order, _lines(order), back, Step.REVERSE, now)
    events.record_order("reversed", order, keys=posted.keys | keys, actor=actor)
    return posted


def _check_may_receive(order: PurchaseOrder) -> None:
    rules.check(order.state, Step.RECEIVE, number=order.number)
    refuse_blocked(order)


def _lines(order: PurchaseOrder) -> dict[int, PurchaseOrderLine]:
    lines = PurchaseOrderLine.objects.filter(order=order).select_related("item__unit", "site").order_by("line_no")
    return {line.pk: line for line in lines}


def _posting(order: PurchaseOrder, site_id: int, effective_at: datetime) -> PostingDraft:
    return PostingDraft(
        kind=PostingKind.RECEIPT,
        company_id=order.company_id,
        site_id=site_id,
        effective_at=effective_at,
        source_kind=DocumentKind.PURCHASE_ORDER,
        source_id=order.pk,
        source_number=order.number,
    )


def _deposits(
    order: PurchaseOrder, lines: Mapping[int, PurchaseOrderLine], site_id: int, parts: Sequence[Planned], on: date
) -> list[Deposit]:
    """What goes into stock, with its value; what was wholly rejected brings nothing."""
    coming = [part for part in parts if part.quantity > 0]
    lots = lots_of(parts, Issued(order.supplier.party_id, on))
    places = _locations(order, site_id, coming)
    outside = virtual_location(site_id, LocationKind.SUPPLIER)
    currency = order.owner.currency
    rate = rate_on(books_of=order.owner, from_currency=order.currency, to_currency=currency, on=on)
    before = {line_id: line.posted_quantity for line_id, line in lines.items()}
    deposits = []
    for part in coming:
        line = lines[part.line_id]
        amount = rules.receipt_amount(
            unit_price=line.unit_price,
            unit_factor=line.unit_factor,
            before=before[part.line_id],
            quantity=part.quantity,
            rate=rate,
            currency=currency,
        )
        before[part.line_id] += part.quantity
        deposits.append(
            Deposit(
                item_id=part.item_id,
                quantity=part.quantity,
                site_id=site_id,
                location_id=places[part.field],
                owner_id=order.owner_id,
                from_location_id=outside,
                lot_id=lots.get(part.field),
                amount=amount,
                line_id=part.line_id,
                field=f"{part.field}.quantity",
            )
        )
    return deposits


def _locations(order: PurchaseOrder, site_id: int, parts: Sequence[Planned]) -> dict[str, int]:
    """Where each part goes, by its field."""
    open_items = sorted({part.item_id for part in parts if part.location_id is None})
    usual = receipt_locations(open_items, site_id, order.company_id) if open_items else {}
    return {part.field: part.location_id or usual[part.item_id] for part in parts}


def _write_receipt(
    order: PurchaseOrder,
    site_id: int,
    parts: Sequence[Planned],
    posting: tuple[int, str],
    draft: ReceiveDraft,
    *,
    at: datetime,
) -> Receipt:
    posting_id, number = posting
    receipt = Receipt.objects.create(
        company_id=order.company_id,
        site_id=site_id,
        order=order,
        posting_id=posting_id,
        number=number,
        received_at=at,
        supplier_reference=draft.supplier_reference,
    )
    inserts.insert(
        [
            ReceiptLine(
                receipt=receipt,
                order_line_id=part.line_id,
                quantity=part.quantity,
                rejected_quantity=part.rejected_quantity,
            )
            for part in parts
        ]
    )
    return receipt


def _move_on(
    order: PurchaseOrder,
    lines: Mapping[int, PurchaseOrderLine],
    differences: Sequence[tuple[int, Decimal, Decimal]],
    step: Step,
    now: datetime,
) -> frozenset[LevelKey]:
    """Add to the posted and rejected quantities; state and supply follow. The caller holds the order's lock."""
    posted = _sums((line_id, quantity) for line_id, quantity, _ in differences)
    rejected = _sums((line_id, quantity) for line_id, _, quantity in differences)
    add_posted(PurchaseOrderLine, posted)
    for line_id, difference in posted.items():
        lines[line_id].posted_quantity += difference
    if refused := [line_id for line_id, quantity in rejected.items() if quantity]:
        for line_id in refused:
            lines[line_id].rejected_quantity += rejected[line_id]
        inserts.update([lines[line_id] for line_id in refused], ["rejected_quantity"])
    order.state = rules.state_after(order.state, step, lines.values())
    order.version += 1
    order.save(update_fields=["state", "version"])
    return supplies.put([(order, lines[line_id]) for line_id in posted], now=now)


def _sums(quantities: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line_id, quantity in quantities:
        sums[line_id] = sums.get(line_id, _ZERO) + quantity
    return sums


def _free_of_charge(lines: Mapping[int, PurchaseOrderLine], parts: Sequence[Planned]) -> list[str]:
    return [
        f"{part.field}: {lines[part.line_id].item.sku} has a price of 0, so it is valued at 0."
        for part in parts
        if part.quantity > 0 and lines[part.line_id].unit_price == 0
    ]
