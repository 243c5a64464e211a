"""The order that repairs what a check found to be wrong."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.clock import local_date
from core.errors import InvalidInput, WrongState
from inventory.choices import KEEPING_KINDS
from inventory.models import StockBalance
from production.choices import ManufacturingOrderState, OrderKind
from production.drafts import OrderDraft
from production.models import ManufacturingOrder
from production.services import manufacturing_orders
from quality.models import QualityCheck


def plan(check: QualityCheck, *, now: datetime, actor: Any) -> ManufacturingOrder:
    """Plan the rework of what stands of the check's lot at its site, due today; without a lot, of what was checked.

    :raises InvalidInput: when nothing of it stands there any more.
    """
    quantity = check.quantity if check.lot_id is None else _there(check)
    if not quantity:
        raise InvalidInput(errors={"decision": "Nothing of the lot stands at the site any more."})
    draft = OrderDraft(
        item_id=check.item_id,
        site_id=check.site_id,
        company_id=check.company_id,
        quantity=quantity,
        due_on=local_date(now, check.site.time_zone),
        kind=OrderKind.REWORK,
        source_lot_id=check.lot_id,
        note=f"{check.number}: {check.decision_reason}".rstrip(": "),
    )
    return manufacturing_orders.create(draft, now=now, actor=actor)


def cancel(check: QualityCheck, *, now: datetime, actor: Any) -> None:
    """Cancel it with the decision, while it is planned.

    :raises WrongState: when it is under way.
    """
    order = check.rework_order
    if order is None or order.state == ManufacturingOrderState.CANCELED:
        return
    if order.state != ManufacturingOrderState.PLANNED:
        raise WrongState(f"{order.number} repairs it and is {order.get_state_display().lower()}; cancel it first.")
    manufacturing_orders.cancel(order.pk, reason=f"{check.number} is decided anew", now=now, actor=actor)


def _there(check: QualityCheck) -> Decimal:
    rows = StockBalance.objects.filter(
        item=check.item_id, lot=check.lot_id, site=check.site_id, owner=check.company_id, quantity__gt=0
    )
    return rows.filter(location__kind__in=KEEPING_KINDS).aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
