"""Plans of what is checked."""

from datetime import datetime
from typing import Any

from core.errors import InvalidInput
from core.transactions import service
from production.models import Operation
from purchasing.models import Supplier
from quality import events
from quality.choices import CharacteristicKind, Trigger
from quality.drafts import CharacteristicDraft, PlanDraft
from quality.models import QualityCharacteristic, QualityPlan
from sites import checking
from sites.access import PLANNERS, require


@service
def create(draft: PlanDraft, *, actor: Any) -> QualityPlan:
    """A new plan with its characteristics. Emits `quality_plan.created`.

    :raises InvalidInput: naming each field that is wrong.
    """
    require(actor, company_id=draft.company_id, site_id=draft.site_id, roles=PLANNERS)
    _check(draft)
    plan = checking.insert(
        QualityPlan(
            company_id=draft.company_id,
            code=draft.code.strip(),
            name=draft.name.strip(),
            trigger=draft.trigger,
            item_id=draft.item_id,
            site_id=draft.site_id,
            supplier_id=draft.supplier_id,
            operation_id=draft.operation_id,
        )
    )
    for number, one in enumerate(draft.characteristics, start=1):
        checking.insert(
            QualityCharacteristic(
                plan=plan,
                line_no=number,
                name=one.name.strip(),
                kind=one.kind,
                min_value=one.min_value,
                max_value=one.max_value,
                unit=one.unit,
                instruction=one.instruction,
            )
        )
    events.record_plan("created", plan, actor=actor)
    return plan


@service
def rename(plan: QualityPlan, *, name: str, expected: int | None = None, actor: Any) -> QualityPlan:
    """Change what a plan is called. Emits `quality_plan.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    """
    require(actor, company_id=plan.company_id, site_id=plan.site_id, roles=PLANNERS)
    plan = checking.update(plan, expected=expected, changes={"name": name.strip()})
    events.record_plan("changed", plan, actor=actor)
    return plan


@service
def archive(plan: QualityPlan, *, now: datetime, actor: Any) -> QualityPlan:
    """Put a plan away: it calls for no more checks; those that are open stay. Emits `quality_plan.archived`."""
    require(actor, company_id=plan.company_id, site_id=plan.site_id, roles=PLANNERS)
    plan = checking.update(plan, expected=None, changes={"archived_at": now})
    events.record_plan("archived", plan, actor=actor)
    return plan


def _check(draft: PlanDraft) -> None:
    errors = {}
    if not draft.characteristics:
        errors["characteristics"] = "A plan needs at least one characteristic."
    if draft.supplier_id and draft.trigger != Trigger.RECEIPT:
        errors["supplier"] = "A supplier narrows receipts alone."
    elif draft.supplier_id and not _is_of(Supplier, draft.supplier_id, draft.company_id):
        errors["supplier"] = "This is no supplier of the company."
    if draft.operation_id and draft.trigger != Trigger.OPERATION:
        errors["operation"] = "An operation narrows checks of operations alone."
    elif draft.operation_id and not Operation.objects.filter(pk=draft.operation_id).exists():
        errors["operation"] = "There is no such operation."
    for place, one in enumerate(draft.characteristics):
        errors |= {f"characteristics.{place}.{name}": text for name, text in _characteristic(one).items()}
    if errors:
        raise InvalidInput(errors=errors)


def _characteristic(one: CharacteristicDraft) -> dict[str, str]:
    errors = {}
    if not one.name.strip():
        errors["name"] = "Say what is checked."
    has_limits = one.min_value is not None or one.max_value is not None
    if one.kind != CharacteristicKind.MEASURE and has_limits:
        errors["min_value"] = "Limits belong to a measure."
    if one.kind == CharacteristicKind.MEASURE and not has_limits:
        errors["min_value"] = "A measure needs a limit, the least or the most."
    if one.min_value is not None and one.max_value is not None and one.max_value < one.min_value:
        errors["max_value"] = f"{one.max_value} is less than {one.min_value}."
    return errors


def _is_of(model: Any, row_id: int, company_id: int) -> bool:
    return model.objects.filter(pk=row_id, company=company_id).exists()
