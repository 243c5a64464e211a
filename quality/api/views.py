"""`quality-plans quality-checks`."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from core.api.views import CreateMixin, EditMixin, ScopedViewSet, document_action
from quality import selectors
from quality.api import filters, serializers
from quality.choices import Decision
from quality.drafts import CharacteristicDraft, PlanDraft, ResultDraft
from quality.models import QualityCharacteristic, QualityCheck, QualityPlan, QualityResult
from quality.services import checks, plans
from sites.access import access_of


class PlanViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """What is checked, and when."""

    serializer_class = serializers.PlanSerializer
    write_serializer_class = serializers.PlanWriteSerializer
    change_serializer_class = serializers.PlanChangeSerializer
    filterset_class = filters.PlanFilter
    ordering_fields = ("code", "id")

    def scope(self) -> QuerySet[QualityPlan]:
        lines = QualityCharacteristic.objects.order_by("line_no")
        return selectors.plans(access_of(self.actor)).prefetch_related(Prefetch("characteristics", lines))

    def perform_create(self, values: dict[str, Any]) -> QualityPlan:
        rows = {f"{name}_id": row.pk for name in ("company", "item", "site") if (row := values.pop(name, None))}
        characteristics = [CharacteristicDraft(**one) for one in values.pop("characteristics")]
        return plans.create(PlanDraft(**rows, **values, characteristics=characteristics), actor=self.actor)

    def perform_update(self, row: QualityPlan, values: dict[str, Any], expected: int) -> QualityPlan:
        return plans.rename(row, name=values.get("name", row.name), expected=expected, actor=self.actor)

    @document_action()
    def archive(self, plan: QualityPlan, values: dict[str, Any]) -> None:
        """Put it away: it calls for no more checks."""
        plans.archive(plan, now=self.now, actor=self.actor)


class CheckViewSet(ScopedViewSet):
    """What was found. Checks arise by themselves, from receipts, operations and completions."""

    serializer_class = serializers.CheckSerializer
    filterset_class = filters.CheckFilter
    ordering_fields = {"id": "id", "opened_at": "opened_at"}

    def scope(self) -> QuerySet[QualityCheck]:
        lines = QualityResult.objects.order_by("line_no")
        rows = selectors.checks(access_of(self.actor)).select_related("plan", "lot")
        return rows.prefetch_related(Prefetch("results", lines))

    @document_action(serializer=serializers.RecordSerializer)
    def record(self, check: QualityCheck, values: dict[str, Any]) -> None:
        """Record what was found; one result that fails, fails the check, its lot and its document."""
        found = [ResultDraft(**result) for result in values["results"]]
        checks.record(check.pk, found, now=self.now, actor=self.actor)

    @document_action()
    def reopen(self, check: QualityCheck, values: dict[str, Any]) -> None:
        """Take the results back."""
        checks.reopen(check.pk, now=self.now, actor=self.actor)

    @document_action(serializer=serializers.DecideSerializer)
    def decide(self, check: QualityCheck, values: dict[str, Any]) -> None:
        """Use as is, rework, scrap or return what failed."""
        decision = Decision(values["decision"])
        checks.decide(check.pk, decision, reason=values["reason"], now=self.now, actor=self.actor)

    @document_action()
    def undo_decision(self, check: QualityCheck, values: dict[str, Any]) -> None:
        """Take the decision back."""
        checks.undo_decision(check.pk, now=self.now, actor=self.actor)
