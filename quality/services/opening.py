"""Checks arise from what was received, finished and completed."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum

from core.transactions import service
from inventory.choices import VIRTUAL_KINDS, DocumentKind, LocationKind, PostingKind
from inventory.models import Posting, StockMove
from production.models import Task
from purchasing.models import PurchaseOrder
from quality import events
from quality.choices import CheckState, Trigger
from quality.models import QualityCheck, QualityPlan, QualityResult

_TRIGGERS = {PostingKind.RECEIPT.value: Trigger.RECEIPT, PostingKind.COMPLETION.value: Trigger.FINISH}


class _Cause(NamedTuple):
    """What a check is about."""

    trigger: str
    company_id: int
    site_id: int
    item_id: int
    lot_id: int | None
    quantity: Decimal
    source_kind: str
    source_id: int
    source_number: str
    posting_id: int | None = None
    task_id: int | None = None
    supplier_id: int | None = None
    operation_id: int | None = None


@service
def open_for_postings(posting_ids: Collection[int], *, now: datetime) -> list[QualityCheck]:
    """The checks that plans call for of what these receipts and completions brought; those that exist stay.

    Emits `quality_check.opened` of each new one.
    """
    reversed_ids = Posting.objects.filter(reverses__in=list(posting_ids)).values("reverses")
    postings = Posting.objects.filter(pk__in=list(posting_ids), kind__in=list(_TRIGGERS), reverses=None)
    causes = [cause for posting in postings.exclude(pk__in=reversed_ids).order_by("pk") for cause in _brought(posting)]
    return _open(causes, now)


@service
def open_for_tasks(task_ids: Collection[int], *, now: datetime) -> list[QualityCheck]:
    """The checks that plans call for at the end of these operations; those that exist stay.

    Emits `quality_check.opened` of each new one.
    """
    tasks = Task.objects.filter(pk__in=list(task_ids)).select_related("order").order_by("pk")
    return _open(
        [
            _Cause(
                trigger=Trigger.OPERATION,
                company_id=task.company_id,
                site_id=task.site_id,
                item_id=task.order.item_id,
                lot_id=None,
                quantity=task.good_quantity,
                source_kind=DocumentKind.MANUFACTURING_ORDER.value,
                source_id=task.order_id,
                source_number=task.order.number,
                task_id=task.pk,
                operation_id=task.operation_id,
            )
            for task in tasks
        ],
        now,
    )


@service
def cancel_reversed(document_kind: str, document_ids: Collection[int], *, now: datetime) -> None:
    """Cancel the open checks of postings that were taken back. Emits `quality_check.canceled` of each."""
    rows = QualityCheck.objects.filter(
        source_kind=document_kind, source_id__in=list(document_ids), state=CheckState.OPEN, posting__isnull=False
    )
    back = set(Posting.objects.filter(reverses__in=rows.values("posting")).values_list("reverses_id", flat=True))
    for check in rows.filter(posting__in=back).order_by("pk"):
        is_first = QualityCheck.objects.filter(pk=check.pk, state=CheckState.OPEN).update(
            state=CheckState.CANCELED, version=check.version + 1
        )
        if is_first:
            events.record_check("canceled", check, actor=None)


def _brought(posting: Posting) -> Iterable[_Cause]:
    """One cause for each item and lot that a posting brought into stock."""
    outside = [*VIRTUAL_KINDS, LocationKind.WIP]
    moves = StockMove.objects.filter(posting=posting, from_location__kind__in=outside)
    moves = moves.exclude(to_location__kind__in=outside).order_by()
    supplier_id = None
    if posting.source_kind == DocumentKind.PURCHASE_ORDER:
        orders = PurchaseOrder.objects.filter(pk=posting.source_id or 0)
        supplier_id = orders.values_list("supplier_id", flat=True).first()
    for item_id, lot_id, quantity in moves.values_list("item_id", "to_lot_id").annotate(total=Sum("quantity")):
        yield _Cause(
            trigger=_TRIGGERS[posting.kind],
            company_id=posting.company_id,
            site_id=posting.site_id,
            item_id=item_id,
            lot_id=lot_id,
            quantity=quantity,
            source_kind=posting.source_kind,
            source_id=posting.source_id or 0,
            source_number=posting.source_number,
            posting_id=posting.pk,
            supplier_id=supplier_id,
        )


def _open(causes: Iterable[_Cause], now: datetime) -> list[QualityCheck]:
    return [
        check for cause in causes for plan in _plans_for(cause) if (check := _open_one(cause, plan, now)) is not None
    ]


def _plans_for(cause: _Cause) -> QuerySet[QualityPlan]:
    def either(name: str, value: Any) -> Q:
        return Q(**{f"{name}__isnull": True}) | Q(**{name: value})

    return QualityPlan.objects.filter(
        either("item", cause.item_id),
        either("site", cause.site_id),
        either("supplier", cause.supplier_id),
        either("operation", cause.operation_id),
        company=cause.company_id,
        trigger=cause.trigger,
        archived_at=None,
    ).order_by("pk")


def _open_one(cause: _Cause, plan: QualityPlan, now: datetime) -> QualityCheck | None:
    """None where the check exists: an event that is worked on twice opens nothing twice."""
    about: dict[str, Any] = {name: getattr(cause, name) for name in ("posting_id", "task_id", "item_id", "lot_id")}
    check, is_new = QualityCheck.objects.get_or_create(
        plan=plan,
        **about,
        defaults={
            "company_id": cause.company_id,
            "site_id": cause.site_id,
            "trigger": cause.trigger,
            "quantity": cause.quantity,
            "source_kind": cause.source_kind,
            "source_id": cause.source_id,
            "source_number": cause.source_number,
            "opened_at": now,
        },
    )
    if not is_new:
        return None
    QualityResult.objects.bulk_create(
        [
            QualityResult(
                check_row=check,
                line_no=one.line_no,
                name=one.name,
                kind=one.kind,
                min_value=one.min_value,
                max_value=one.max_value,
                unit=one.unit,
                instruction=one.instruction,
            )
            for one in plan.characteristics.order_by("line_no")
        ]
    )
    events.record_check("opened", check, actor=None)
    return check
