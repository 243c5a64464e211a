"""What quality tells the world."""

from collections.abc import Iterable
from typing import Any

from inventory.drafts import LevelKey
from inventory.events import record_change
from quality.choices import QUALITY_CHECK
from quality.models import QualityCheck, QualityPlan


def record_check(verb: str, check: QualityCheck, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `quality_check.<verb>`; its company and the people of its site hear of it."""
    record_change(
        f"{QUALITY_CHECK}.{verb}",
        documents=[(QUALITY_CHECK, check.pk)],
        keys=keys,
        company_ids=[check.company_id],
        site_ids=[check.site_id],
        actor=actor,
    )


def record_plan(verb: str, plan: QualityPlan, *, actor: Any) -> None:
    """Record `quality_plan.<verb>`; its company hears of it."""
    record_change(
        f"quality_plan.{verb}", documents=[("quality_plan", plan.pk)], company_ids=[plan.company_id], actor=actor
    )
