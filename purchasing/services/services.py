"""Services: work that a supplier does on goods that stay ours, a purchase line for each step.

Who plans the steps calls this; goods travel by transfers alone, and the price goes where the caller posts it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core import inserts
from core.clock import local_date
from inventory.models import Item
from inventory.rules.order_steps import open_quantity
from inventory.services.orders.numbering import number
from purchasing import events, rules
from purchasing.choices import PurchaseLineKind, PurchaseOrderState
from purchasing.locks import lock_order
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine, Supplier
from purchasing.services.purchase_orders.creating import PREFIX
from sites.models import Site

ZERO = Decimal(0)
_OPEN = (PurchaseOrderState.ORDERED, PurchaseOrderState.PARTLY_RECEIVED, PurchaseOrderState.RECEIVED)
_ENDED = (PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELED)


@dataclass(frozen=True, kw_only=True)
class ServiceDraft:
    """A service to be: `quantity` of `item` shall come out good, at `unit_price` a piece in the supplier's currency.

    `source_kind` and `source_id` name the step that it is done for.
    """

    company_id: int
    supplier: Supplier
    site: Site
    item: Item
    quantity: Decimal
    unit_price: Decimal
    description: str
    expected_on: date
    source_kind: str
    source_id: int


@dataclass(frozen=True)
class Acceptance:
    """What a supplier reports of a service: so many good, so many spoiled; told by a posting, whose number it has."""

    line_id: int
    good_quantity: Decimal
    rejected_quantity: Decimal
    posting_id: int
    number: str
    received_at: datetime


def order_services(drafts: Sequence[ServiceDraft], *, now: datetime, actor: Any) -> list[PurchaseOrderLine]:
    """An order with one line for each service, ordered at once; a fixed number of statements for any number.

    The caller has asked who may. Emits `purchase_order.created` and `purchase_order.ordered`.
    """
    if not drafts:
        return []
    orders = [_order(draft, now, actor) for draft in drafts]
    number(orders, [""] * len(orders), series=PREFIX)
    inserts.insert(orders)
    lines = [_line(draft, order) for draft, order in zip(drafts, orders, strict=True)]
    inserts.insert(lines)
    events.record_orders("created", orders, actor=actor)
    events.record_orders("ordered", orders, actor=actor)
    return lines


def lock_of(line_id: int) -> PurchaseOrder:
    """Lock the order of a service; it goes before whatever is made with it."""
    return lock_order(PurchaseOrderLine.objects.values_list("order_id", flat=True).get(pk=line_id))


def accept(order: PurchaseOrder, acceptance: Acceptance, *, actor: Any) -> Receipt:
    """Write what was accepted of a service as a receipt; more than was ordered raises the line along.

    The caller holds the order's lock and has posted. Emits `purchase_order.received`.
    """
    line = PurchaseOrderLine.objects.get(pk=acceptance.line_id)
    receipt = Receipt.objects.create(
        company_id=order.company_id,
        site_id=line.site_id,
        order=order,
        posting_id=acceptance.posting_id,
        number=acceptance.number,
        received_at=acceptance.received_at,
    )
    ReceiptLine.objects.create(
        receipt=receipt,
        order_line=line,
        quantity=acceptance.good_quantity,
        rejected_quantity=acceptance.rejected_quantity,
    )
    _add(order, line, acceptance.good_quantity, acceptance.rejected_quantity)
    events.record_order("received", order, actor=actor)
    return receipt


def take_back(order: PurchaseOrder, posting_id: int, *, now: datetime, actor: Any) -> None:
    """The posting that told of an acceptance was reversed. The caller holds the order's lock.

    Emits `purchase_order.reversed`.
    """
    receipt = Receipt.objects.filter(posting_id=posting_id, order=order, reversed_at=None).first()
    if receipt is None:
        return
    receipt.reversed_at = now
    receipt.save(update_fields=["reversed_at"])
    part = ReceiptLine.objects.select_related("order_line").get(receipt=receipt)
    _add(order, part.order_line, -part.quantity, -part.rejected_quantity)
    events.record_order("reversed", order, actor=actor)


def end(line_ids: Sequence[int], *, reason: str, actor: Any) -> None:
    """No more of these services is needed: what is open is closed short. Locks their orders, by id.

    Emits `purchase_order.closed`, or `purchase_order.canceled` where nothing was accepted.
    """
    lines = PurchaseOrderLine.objects.filter(pk__in=list(line_ids)).order_by("order_id", "pk")
    for line in list(lines):
        order = lock_order(line.order_id)
        if order.state not in _OPEN:
            continue
        line.refresh_from_db()
        line.closed_quantity += max(open_quantity(line), ZERO)
        line.close_reason = reason
        line.save(update_fields=["closed_quantity", "close_reason"])
        is_untouched = line.posted_quantity == 0 and line.rejected_quantity == 0
        order.state = PurchaseOrderState.CANCELED if is_untouched else PurchaseOrderState.CLOSED
        order.close_reason = reason
        order.version += 1
        order.save(update_fields=["state", "close_reason", "version"])
        events.record_order(order.state, order, actor=actor)


def resume(line_ids: Sequence[int], *, actor: Any) -> None:
    """These services are wanted again: what `end` closed is open. Locks their orders, by id.

    Emits `purchase_order.changed`.
    """
    lines = PurchaseOrderLine.objects.filter(pk__in=list(line_ids)).order_by("order_id", "pk")
    for line in list(lines):
        order = lock_order(line.order_id)
        line.refresh_from_db()
        if order.state not in _ENDED or not line.closed_quantity:
            continue
        line.closed_quantity, line.close_reason = ZERO, ""
        line.save(update_fields=["closed_quantity", "close_reason"])
        line.refresh_from_db()
        order.state, order.close_reason = rules.state_of([line]), ""
        order.version += 1
        order.save(update_fields=["state", "close_reason", "version"])
        events.record_order("changed", order, actor=actor)


def _add(order: PurchaseOrder, line: PurchaseOrderLine, good: Decimal, rejected: Decimal) -> None:
    line.posted_quantity += good
    line.rejected_quantity += rejected
    if line.posted_quantity + line.closed_quantity > line.quantity:
        line.quantity = line.ordered_quantity = line.posted_quantity + line.closed_quantity
    line.save(update_fields=["posted_quantity", "rejected_quantity", "quantity", "ordered_quantity"])
    if order.state in _OPEN:
        order.state = rules.state_of([line])
    order.version += 1
    order.save(update_fields=["state", "version"])


def _order(draft: ServiceDraft, now: datetime, actor: Any) -> PurchaseOrder:
    return PurchaseOrder(
        company_id=draft.company_id,
        owner_id=draft.company_id,
        supplier=draft.supplier,
        site=draft.site,
        state=PurchaseOrderState.ORDERED,
        currency=draft.supplier.currency,
        ordered_on=local_date(now, draft.site.time_zone),
        expected_on=draft.expected_on,
        created_by_id=getattr(actor, "pk", None),
    )


def _line(draft: ServiceDraft, order: PurchaseOrder) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        order=order,
        company_id=draft.company_id,
        site=draft.site,
        line_no=1,
        kind=PurchaseLineKind.SERVICE,
        item=draft.item,
        description=draft.description[:200],
        unit_id=draft.item.unit_id,
        unit_factor=Decimal(1),
        ordered_quantity=draft.quantity,
        quantity=draft.quantity,
        posted_quantity=ZERO,
        closed_quantity=ZERO,
        rejected_quantity=ZERO,
        expected_on=draft.expected_on,
        unit_price=draft.unit_price,
        source_kind=draft.source_kind,
        source_id=draft.source_id,
    )
