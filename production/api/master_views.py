"""`work-centers`, `skills`, `tools`, `reasons`, `teams` and `operators`."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from core.api.filters import IdFilter, KeyFilter, WordsFilter
from core.api.views import CreateMixin, EditMixin, ScopedViewSet, document_action
from production.api import master_serializers as serializers
from production.choices import ReasonKind
from production.models import Operator, Reason, Skill, Team, Tool, WorkCenter
from production.selectors import masters as selectors
from production.services import masters, operators
from sites.access import Access, access_of
from sites.api.filters import MasterFilter


class SkillFilter(MasterFilter):
    code = KeyFilter("code")

    class Meta:
        model = Skill
        fields = ()


class SiteMasterFilter(SkillFilter):
    site = KeyFilter("site__code")
    site_id = IdFilter()

    class Meta:
        model = WorkCenter
        fields = ()


class ToolFilter(SiteMasterFilter):
    class Meta:
        model = Tool
        fields = ()


class ReasonFilter(SiteMasterFilter):
    kind = WordsFilter(choices=ReasonKind.values)

    class Meta:
        model = Reason
        fields = ()


class TeamFilter(SiteMasterFilter):
    class Meta:
        model = Team
        fields = ()


class OperatorFilter(SiteMasterFilter):
    team = KeyFilter("team__code")
    work_center = KeyFilter("work_center__code")
    skill = KeyFilter("skills__code")

    class Meta:
        model = Operator
        fields = ("is_supervisor",)


class _MasterViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """What these nouns do alike: their rows come from a selector, their writes go through one service."""

    model: type[Any]
    selector: Callable[[Access], QuerySet[Any]]
    ordering = ("code", "id")
    ordering_fields: Any = ("code", "name", "id")

    def scope(self) -> QuerySet[Any]:
        return type(self).selector(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Any:
        return masters.create(self.model, actor=self.actor, **values)

    def perform_update(self, row: Any, values: dict[str, Any], expected: int) -> Any:
        return masters.edit(row, expected=expected, actor=self.actor, **values)

    @document_action()
    def archive(self, row: Any, values: dict[str, Any]) -> None:
        """Put it away: nothing new names it."""
        masters.archive(row, now=self.now, actor=self.actor)

    @document_action()
    def restore(self, row: Any, values: dict[str, Any]) -> None:
        """Take it back."""
        masters.restore(row, actor=self.actor)


class WorkCenterViewSet(_MasterViewSet):
    """Where work is done. Rates are seen by those who see values of the site's operator."""

    model = WorkCenter
    selector = staticmethod(selectors.work_centers)
    serializer_class = serializers.WorkCenterSerializer
    write_serializer_class = serializers.WorkCenterWriteSerializer
    change_serializer_class = serializers.WorkCenterChangeSerializer
    filterset_class = SiteMasterFilter

    def get_queryset(self) -> QuerySet[WorkCenter]:
        return super().get_queryset().select_related("site__company", "calendar")


class SkillViewSet(_MasterViewSet):
    """What an operator must be able to do."""

    model = Skill
    selector = staticmethod(selectors.skills)
    serializer_class = serializers.SkillSerializer
    write_serializer_class = serializers.SkillWriteSerializer
    filterset_class = SkillFilter


class ToolViewSet(_MasterViewSet):
    """What an operation needs beside its work center."""

    model = Tool
    selector = staticmethod(selectors.tools)
    serializer_class = serializers.ToolSerializer
    write_serializer_class = serializers.ToolWriteSerializer
    change_serializer_class = serializers.SkillWriteSerializer
    filterset_class = ToolFilter


class ReasonViewSet(_MasterViewSet):
    """Why work is paused, or pieces are scrapped or reworked."""

    model = Reason
    selector = staticmethod(selectors.reasons)
    serializer_class = serializers.ReasonSerializer
    write_serializer_class = serializers.ReasonWriteSerializer
    change_serializer_class = serializers.ReasonChangeSerializer
    filterset_class = ReasonFilter


class TeamViewSet(_MasterViewSet):
    """Operators of a site who take work together."""

    model = Team
    selector = staticmethod(selectors.teams)
    serializer_class = serializers.TeamSerializer
    write_serializer_class = serializers.TeamWriteSerializer
    change_serializer_class = serializers.SkillWriteSerializer
    filterset_class = TeamFilter


class OperatorViewSet(_MasterViewSet):
    """People on the shop floor, seen by their site's people."""

    model = Operator
    selector = staticmethod(selectors.operators)
    serializer_class = serializers.OperatorSerializer
    write_serializer_class = serializers.OperatorWriteSerializer
    change_serializer_class = serializers.OperatorChangeSerializer
    filterset_class = OperatorFilter

    def get_queryset(self) -> QuerySet[Operator]:
        return super().get_queryset().prefetch_related("skills")

    def perform_create(self, values: dict[str, Any]) -> Operator:
        return operators.create(actor=self.actor, **values)

    def perform_update(self, row: Operator, values: dict[str, Any], expected: int) -> Operator:
        return operators.edit(row, expected=expected, actor=self.actor, **values)

    @document_action(serializer=serializers.PinSerializer)
    def pin(self, row: Operator, values: dict[str, Any]) -> None:
        """Set the PIN, or take it away."""
        operators.set_pin(row.pk, values["pin"], actor=self.actor)

    @extend_schema(responses=serializers.BadgeSerializer)
    @document_action()
    def badge(self, row: Operator, values: dict[str, Any]) -> Response:
        """Issue a new badge; its token is answered once and kept nowhere. The badge before ends."""
        response = Response({"token": operators.issue_badge(row.pk, actor=self.actor)})
        response.secret_members = ("token",)  # type: ignore[attr-defined]
        return response
