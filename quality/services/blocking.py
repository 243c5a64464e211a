"""What a failed check stops: its lot, and its document or task; each only if nobody else did it before."""

from datetime import datetime
from typing import Any

from core.errors import DomainError
from inventory.choices import DocumentKind, LotKind, LotState
from inventory.models import Lot
from inventory.services import lots
from production.models import ManufacturingOrder, Task
from production.services import manufacturing_orders, tasks
from purchasing.models import PurchaseOrder
from purchasing.services import purchase_orders
from quality.choices import CheckState
from quality.models import QualityCheck


def stop(check: QualityCheck, reason: str, *, now: datetime) -> None:
    """Hold the lot and block the document of a failed check; the caller holds its lock and saves it.

    The system itself does it, because who measures need not be who plans. A document that has ended stays as it is.
    """
    lot = Lot.objects.filter(pk=check.lot_id or 0, kind=LotKind.STOCK, state=LotState.OK).first()
    if lot is not None:
        lots.hold(lot, reason=reason[:200], actor=None)
        check.holds_lot = True
    target = _document(check)
    if target is not None and target.blocked_at is None:
        check.blocks_document = _try(check, reason=reason[:200], now=now)


def let_go(check: QualityCheck, *, frees_lot: bool, now: datetime) -> None:
    """Take back what the check stopped, unless another failed check still waits for its decision."""
    others = QualityCheck.objects.filter(state=CheckState.FAILED).exclude(pk=check.pk)
    if check.holds_lot and frees_lot:
        heir = others.filter(lot=check.lot_id).order_by("pk").first()
        lot = Lot.objects.filter(pk=check.lot_id or 0, state=LotState.HELD).first()
        if heir is not None:
            QualityCheck.objects.filter(pk=heir.pk).update(holds_lot=True)
        elif lot is not None:
            lots.release(lot, reason="", actor=None)
        check.holds_lot = False
    if check.blocks_document:
        same = others.filter(source_kind=check.source_kind, source_id=check.source_id, task=check.task_id)
        heir = same.order_by("pk").first()
        if heir is not None:
            QualityCheck.objects.filter(pk=heir.pk).update(blocks_document=True)
        else:
            _try(check, reason="", now=now)
        check.blocks_document = False


def _document(check: QualityCheck) -> Any:
    if check.task_id:
        return Task.objects.filter(pk=check.task_id or 0).first()
    models: dict[str, Any] = {
        DocumentKind.PURCHASE_ORDER: PurchaseOrder,
        DocumentKind.MANUFACTURING_ORDER: ManufacturingOrder,
    }
    model = models.get(check.source_kind)
    return model.objects.filter(pk=check.source_id).first() if model else None


def _try(check: QualityCheck, *, reason: str, now: datetime) -> bool:
    """Block with a reason, unblock without; False where the document has ended and can be neither."""
    service: Any = manufacturing_orders
    row_id: int = check.source_id
    if check.task_id:
        service, row_id = tasks, check.task_id
    elif check.source_kind == DocumentKind.PURCHASE_ORDER:
        service = purchase_orders
    try:
        if reason:
            service.block(row_id, reason=reason, now=now, actor=None)
        else:
            service.unblock(row_id, now=now, actor=None)
    except DomainError:
        return False
    return True
