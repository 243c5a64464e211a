"""A sales order's rows in the demand register."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Protocol

from core.clock import local_date
from inventory.choices import DemandKind, DocumentKind, Firmness
from inventory.drafts import DemandDraft, LevelKey
from inventory.rules.order_steps import open_quantity
from inventory.services.registers import put_demands
from sales.choices import SalesOrderState
from sales.models import SalesOrder


class DemandedLine(Protocol):
    """A line of an order, as its demand needs it."""

    pk: int
    company_id: int
    item_id: int
    site_id: int
    quantity: Decimal
    posted_quantity: Decimal
    closed_quantity: Decimal
    need_by_on: date | None


def put(rows: Iterable[tuple[SalesOrder, DemandedLine]]) -> frozenset[LevelKey]:
    """Write the demand of these lines as they stand, in one statement; the caller holds the orders' locks.

    The orders come with customer and site. Returns the level keys to recompute.
    """
    return put_demands([_draft(order, line) for order, line in rows])


def _draft(order: SalesOrder, line: DemandedLine) -> DemandDraft:
    began_on = local_date(order.opened_at, order.site.time_zone) if order.opened_at else order.ordered_on
    return DemandDraft(
        kind=DemandKind.SALES_LINE,
        line_id=line.pk,
        company_id=line.company_id,
        item_id=line.item_id,
        site_id=line.site_id,
        used_by_id=order.company_id,
        document_kind=DocumentKind.SALES_ORDER,
        document_id=order.pk,
        document_number=order.number,
        open_quantity=open_quantity(line),
        due_on=line.need_by_on or began_on,
        firmness=Firmness.DRAFT if order.state == SalesOrderState.QUOTE else Firmness.FIRM,
        party_name=order.customer.name,
        priority_id=order.priority_id,
    )
