"""A purchase order's rows in the supply register."""

from collections.abc import Sequence
from datetime import date, datetime

from core.clock import local_date
from inventory.choices import DocumentKind, Firmness, SupplyKind
from inventory.drafts import LevelKey, SupplyDraft
from inventory.models import ConsignmentAgreement
from inventory.rules.order_steps import open_quantity
from inventory.services.registers import put_supplies
from purchasing.choices import PurchaseLineKind, PurchaseOrderState
from purchasing.models import PurchaseOrder, PurchaseOrderLine

Row = tuple[PurchaseOrder, PurchaseOrderLine]


def put(rows: Sequence[Row], *, now: datetime) -> frozenset[LevelKey]:
    """Write the supply of these lines as they stand, in one statement; the caller holds the orders' locks.

    The orders come with supplier and site. A service brings nothing. Returns the level keys to recompute.
    """
    rows = [(order, line) for order, line in rows if line.kind == PurchaseLineKind.GOODS]
    if not rows:
        return frozenset()
    agreements = _agreements(rows)
    return put_supplies([_draft(order, line, _due_on(order, line, now), agreements) for order, line in rows])


def _due_on(order: PurchaseOrder, line: PurchaseOrderLine, now: datetime) -> date:
    """The day a line is expected: its own, the order's, the day it was ordered, today."""
    return line.expected_on or order.expected_on or order.ordered_on or local_date(now, order.site.time_zone)


def _draft(
    order: PurchaseOrder, line: PurchaseOrderLine, due_on: date, agreements: Sequence[ConsignmentAgreement]
) -> SupplyDraft:
    return SupplyDraft(
        kind=SupplyKind.PURCHASE_LINE,
        line_id=line.pk,
        company_id=line.company_id,
        item_id=line.item_id,
        site_id=line.site_id,
        used_by_id=_used_by(order, line, due_on, agreements),
        document_kind=DocumentKind.PURCHASE_ORDER,
        document_id=order.pk,
        document_number=order.number,
        open_quantity=open_quantity(line),
        due_on=due_on,
        firmness=Firmness.DRAFT if order.state == PurchaseOrderState.DRAFT else Firmness.FIRM,
        party_name=order.supplier.name,
    )


def _agreements(rows: Sequence[Row]) -> list[ConsignmentAgreement]:
    owners = {order.owner_id for order, _ in rows}
    sites = {line.site_id for _, line in rows}
    return list(ConsignmentAgreement.objects.filter(owner_id__in=owners, site_id__in=sites))


def _used_by(
    order: PurchaseOrder, line: PurchaseOrderLine, on: date, agreements: Sequence[ConsignmentAgreement]
) -> int:
    """Who may use what comes in: its owner, unless an agreement in force that day says another, as for balances."""
    in_force = [
        agreement
        for agreement in agreements
        if (agreement.owner_id, agreement.site_id) == (order.owner_id, line.site_id)
        and agreement.item_id in (None, line.item_id)
        and agreement.valid_from_on <= on
        and (agreement.valid_until_on is None or agreement.valid_until_on > on)
    ]
    best = min(in_force, key=lambda agreement: agreement.item_id is None, default=None)
    return best.used_by_id if best else order.owner_id
