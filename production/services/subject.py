"""The pieces of its own item that an order of rework or disassembly uses: its subject.

They stand among the components, as number 0. A rework may name a held lot: then they are taken out of that, blocked
as it is, and nobody is asked for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from core.errors import WrongState, plain
from core.quantities import to_decimal
from inventory.choices import KEEPING_KINDS, LotState, Tracking
from inventory.models import Item, Lot, StockBalance
from inventory.services import lots
from production.choices import ON_PIECES, BillLineKind, OrderKind
from production.models import ManufacturingOrder, ManufacturingOrderComponent, Task
from sites.models import Site

ZERO = Decimal(0)
LINE_NO = 0


def row(order: ManufacturingOrder, first: Task | None, need_by_on: Any) -> ManufacturingOrderComponent | None:
    """The subject of an order, unsaved, used at its first task; None for one that makes its item."""
    if order.kind not in ON_PIECES:
        return None
    quantity = first.start_quantity if first else order.start_quantity
    component = ManufacturingOrderComponent(
        order=order,
        company_id=order.company_id,
        site_id=first.site_id if first else order.site_id,
        line_no=LINE_NO,
        kind=BillLineKind.COMPONENT,
        item_id=order.item_id,
        unit_id=order.item.unit_id,
        unit_factor=Decimal(1),
        ordered_quantity=quantity,
        quantity=quantity,
        posted_quantity=ZERO,
        closed_quantity=ZERO,
        need_by_on=need_by_on,
        quantity_per=Decimal(1),
    )
    component.task = first
    return component


def is_of(order: ManufacturingOrder, component: ManufacturingOrderComponent) -> bool:
    """Whether a component is the order's subject; nothing else is made of itself."""
    return order.kind in ON_PIECES and component.item_id == order.item_id


def is_asked(order: ManufacturingOrder, component: ManufacturingOrderComponent) -> bool:
    """Whether stock is wanted for a component: not for pieces that the order already knows by their lot."""
    return order.source_lot_id is None or not is_of(order, component)


@dataclass(frozen=True)
class Source:
    """The lot that a rework is asked to repair, as it stands."""

    lot: Lot
    there: Decimal


def source(lot_id: int, *, site_id: int, company_id: int) -> Source | None:
    """The lot and how much of it the company has at a site."""
    lot = Lot.objects.filter(pk=lot_id).first()
    return None if lot is None else Source(lot, _there(lot, site_id, company_id))


def error(source: Source | None, item: Item, site: Site, quantity: object) -> str:
    """What is wrong with repairing so many of a lot, or nothing."""
    if source is None or source.lot.item_id != item.pk:
        return "Not found."
    if source.lot.state != LotState.HELD:
        return f"{source.lot.number} is not held; hold it first, or use it as it is."
    if to_decimal(quantity, field="quantity") > source.there:
        return f"{plain(source.there)} of {source.lot.number} stand at {site.code}, not {quantity}."
    return ""


def lot_number(item: Item, lot: Lot) -> str:
    """Repaired pieces keep their serial number; those of a lot become another, which is not held."""
    if item.tracking == Tracking.SERIAL:
        return lot.number
    return f"{lot.number[:62]}-R" if item.tracking == Tracking.LOT else ""


def output_lots(order: ManufacturingOrder, numbers: Sequence[str]) -> list[int] | None:
    """The lot that repaired pieces go back into, where they keep their number."""
    if order.kind != OrderKind.REWORK or order.item.tracking != Tracking.SERIAL or order.source_lot_id is None:
        return None
    return [order.source_lot_id] if list(numbers) == [order.lot_number] else None


def free(order: ManufacturingOrder) -> None:
    """The serial number that was repaired may be used again; the caller holds the order's lock."""
    lot = _own_lot(order)
    if lot is not None and lot.state == LotState.HELD:
        lots.release(lot, reason=f"Repaired by {order.number}", actor=None)


def hold_again(order: ManufacturingOrder) -> None:
    """What `free` let go, when the repair is taken back."""
    lot = _own_lot(order)
    if lot is not None and lot.state != LotState.HELD:
        lots.hold(lot, reason=f"To be repaired by {order.number}", actor=None)


def refuse_unless_held(order: ManufacturingOrder) -> None:
    """:raises WrongState: when the lot to repair was let go meanwhile: others may use it."""
    lot = order.source_lot
    if lot is not None and lot.state != LotState.HELD:
        raise WrongState(f"{lot.number} is not held any more; there is nothing to repair.", number=order.number)


def _own_lot(order: ManufacturingOrder) -> Lot | None:
    is_same = order.source_lot_id is not None and order.item.tracking == Tracking.SERIAL
    return Lot.objects.filter(pk=order.source_lot_id or 0).first() if is_same else None


def _there(lot: Lot, site_id: int, company_id: int) -> Decimal:
    rows = StockBalance.objects.filter(
        Q(item_id=lot.item_id, lot=lot), site_id=site_id, owner_id=company_id, location__kind__in=KEEPING_KINDS
    )
    return rows.aggregate(sum=Sum("quantity"))["sum"] or ZERO
