"""`tasks`."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ScopedViewSet, document_action
from core.errors import InvalidInput, NotFound
from inventory.api.line_places import Named, find
from inventory.api.order_fields import ReasonSerializer
from production.api import task_serializers as serializers
from production.api.task_filters import TaskFilter
from production.api.uses import component_uses, given_outputs
from production.models import Operator, Task, Team, WorkCenter
from production.selectors import tasks as selectors
from production.services import tasks
from production.services.tasks import Doing, Done, ReportDraft
from sites.access import access_of

Key = int | str


class TaskViewSet(ScopedViewSet):
    """What is done on the shop floor: operations of released orders at the reader's sites, or for his companies."""

    serializer_class = serializers.TaskSerializer
    filterset_class = TaskFilter
    ordering_fields = {
        "rank": "order__priority__rank",
        "due_at": "due_at",
        "planned_start_at": "planned_start_at",
        "number": "number",
        "order": "order__number",
        "work_center": "work_center__code",
        "id": "id",
    }

    def scope(self) -> QuerySet[Task]:
        return selectors.visible_tasks(access_of(self.actor))

    def get_queryset(self) -> QuerySet[Task]:
        return selectors.with_names(super().get_queryset())

    @extend_schema(responses=serializers.TaskEventSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def events(self, request: Request, pk: str | None = None) -> Response:
        """What happened at it, the first before."""
        rows = self.get_object().events.select_related("operator").order_by("pk")
        return Response(serializers.TaskEventSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @document_action(serializer=serializers.DoingSerializer)
    def start(self, task: Task, values: dict[str, Any]) -> Response:
        """Begin with it."""
        return self._done(tasks.start(task.pk, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.ReasonedSerializer)
    def pause(self, task: Task, values: dict[str, Any]) -> Response:
        """Stop the clock."""
        reason = values.get("reason", "")
        return self._done(tasks.pause(task.pk, reason=reason, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.DoingSerializer)
    def resume(self, task: Task, values: dict[str, Any]) -> Response:
        """Go on."""
        return self._done(tasks.resume(task.pk, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.ReportSerializer)
    def report(self, task: Task, values: dict[str, Any]) -> Response:
        """Report good, lost and repaired pieces."""
        by = _doing(task, values)
        draft = self._report_draft(task, values)
        return self._done(tasks.report(task.pk, draft, by=by, now=self.now, actor=self.actor))

    @document_action(serializer=serializers.IssueSerializer)
    def issue(self, task: Task, values: dict[str, Any]) -> Response:
        """Take material for it."""
        uses = component_uses(values["components"], task.site_id, access_of(self.actor))
        return self._done(tasks.issue(task.pk, uses, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.DoingSerializer)
    def finish(self, task: Task, values: dict[str, Any]) -> Response:
        """No more is done at it."""
        return self._done(tasks.finish(task.pk, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.DoingSerializer)
    def reopen(self, task: Task, values: dict[str, Any]) -> Response:
        """It was not finished after all."""
        return self._done(tasks.reopen(task.pk, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.DoingSerializer, url_path="undo")
    def undo(self, task: Task, values: dict[str, Any]) -> Response:
        """Take its latest report or issue back."""
        return self._done(tasks.undo_last(task.pk, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.HelpSerializer, url_path="call-for-help")
    def call_for_help(self, task: Task, values: dict[str, Any]) -> Response:
        """Somebody is needed at the machine."""
        note = values.get("note", "")
        done = tasks.call_for_help(task.pk, note=note, by=_doing(task, values), now=self.now, actor=self.actor)
        return self._done(done)

    @document_action(serializer=serializers.DoingSerializer, url_path="answer-help")
    def answer_help(self, task: Task, values: dict[str, Any]) -> Response:
        """The call is answered."""
        return self._done(tasks.answer_help(task.pk, by=_doing(task, values), now=self.now, actor=self.actor))

    @document_action(serializer=serializers.AssignSerializer)
    def assign(self, task: Task, values: dict[str, Any]) -> Response:
        """Give it to an operator or a team."""
        operator_id = _id(Operator, task, values.get("operator"), "operator")
        team_id = _id(Team, task, values.get("team"), "team")
        done = tasks.assign(task.pk, operator_id=operator_id, team_id=team_id, now=self.now, actor=self.actor)
        return self._done(done)

    @extend_schema(request=serializers.AssignManySerializer, responses=serializers.TaskSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="assign", url_name="assign-many")
    def assign_many(self, request: Request) -> Response:
        """Give each to who has the skills and the least to do."""
        ids = self.body(serializers.AssignManySerializer)["tasks"]
        if self.scope().filter(pk__in=ids).count() < len(set(ids)):
            raise NotFound("One of these tasks is not there.")
        tasks.assign_by_load(ids, now=self.now, actor=self.actor)
        rows = list(self.get_queryset().filter(pk__in=ids).order_by("pk"))
        return Response(self.get_serializer(rows, many=True).data)

    @document_action(serializer=serializers.MoveSerializer)
    def move(self, task: Task, values: dict[str, Any]) -> Response:
        """Do it at another work center."""
        work_center_id = _id(WorkCenter, task, values["work_center"], "work_center")
        assert work_center_id is not None
        return self._done(tasks.move(task.pk, work_center_id=work_center_id, now=self.now, actor=self.actor))

    @document_action(serializer=ReasonSerializer)
    def block(self, task: Task, values: dict[str, Any]) -> None:
        """Keep it from being worked on, with the reason."""
        tasks.block(task.pk, **values, now=self.now, actor=self.actor)

    @document_action()
    def unblock(self, task: Task, values: dict[str, Any]) -> None:
        """Let it go on."""
        tasks.unblock(task.pk, now=self.now, actor=self.actor)

    def _done(self, done: Done) -> Response:
        event = serializers.TaskEventSerializer(done.event, context=self.get_serializer_context()).data
        warnings = list(done.posted.warnings) if done.posted else []
        return self.answer(self.read_again(done.task), event=event, warnings=warnings)

    def _report_draft(self, task: Task, values: dict[str, Any]) -> ReportDraft:
        access = access_of(self.actor)
        rows = values.get("components")
        place = find([Named("", task.order.item_id, task.site_id, None, values.get("location"))], access)[0]
        plain = ("good_quantity", "scrapped_quantity", "rework_quantity", "reason", "minutes", "expires_on")
        return ReportDraft(
            **{name: values[name] for name in plain if name in values},
            components=None if rows is None else component_uses(rows, task.site_id, access),
            outputs=given_outputs(values.get("outputs")),
            lot_number=values.get("lot", ""),
            serial_numbers=values.get("serial_numbers", ()),
            location_id=place.location_id,
        )


def _doing(task: Task, values: dict[str, Any]) -> Doing:
    return Doing(
        operator_id=_id(Operator, task, values.get("operator"), "operator"), happened_at=values.get("happened_at")
    )


def _id(model: Any, task: Task, key: Key | None, field: str) -> int | None:
    """The id of a row of the task's site by its id or code.

    :raises InvalidInput: where there is none.
    """
    if key is None:
        return None
    wanted = {"pk": key} if isinstance(key, int) else {"code__iexact": key}
    found = model.objects.filter(site_id=task.site_id, archived_at=None, **wanted).values_list("pk", flat=True).first()
    if found is None:
        raise InvalidInput(errors={field: f"There is no “{key}” at {task.site.code}."})
    return found
