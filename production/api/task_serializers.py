"""Shapes of tasks."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api.fields import AmountField, PriceField, QuantityField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.line_places import KeyField
from production.api.order_serializers import OutputSerializer, UseSerializer
from production.models import Task, TaskEvent
from sites.access import access_of


@extend_schema_serializer(component_name="Task")
class TaskSerializer(ModelSerializer):
    """An operation of an order on the shop floor. Minutes are by plan; `waits_for` says why it can't begin."""

    order_id = serializers.IntegerField(read_only=True)
    order_number = serializers.CharField(source="order.number", read_only=True)
    item = serializers.CharField(source="order.item.sku", read_only=True)
    item_name = serializers.CharField(source="order.item.name", read_only=True)
    unit = serializers.CharField(source="order.item.unit.code", read_only=True)
    work_center_id = serializers.IntegerField(read_only=True)
    work_center = serializers.CharField(source="work_center.code", read_only=True)
    operator_id = serializers.IntegerField(read_only=True)
    operator = serializers.CharField(source="operator.name", read_only=True, default=None)
    team_id = serializers.IntegerField(read_only=True)
    team = serializers.CharField(source="team.code", read_only=True, default=None)
    purchase_line_id = serializers.IntegerField(read_only=True)
    service_unit_price = serializers.SerializerMethodField()
    service_currency = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = (
            "id",
            "order_id",
            "order_number",
            "company",
            "site",
            "item",
            "item_name",
            "unit",
            "number",
            "name",
            "state",
            "waits_for",
            "work_center_id",
            "work_center",
            "operator_id",
            "operator",
            "team_id",
            "team",
            "quantity",
            "start_quantity",
            "good_quantity",
            "scrapped_quantity",
            "rework_quantity",
            "setup_time_minutes",
            "run_time_minutes_per_unit",
            "queue_time_minutes",
            "overlap_quantity",
            "spent_minutes",
            "is_service",
            "purchase_line_id",
            "service_unit_price",
            "service_currency",
            "instructions",
            "planned_start_at",
            "due_at",
            "started_at",
            "done_at",
            "pause_reason",
            "blocked_at",
            "blocked_reason",
            "help_called_at",
            "help_note",
            "version",
            "created_at",
            "updated_at",
        )

    def get_service_unit_price(self, task: Task) -> str | None:
        """What a good one costs; for the people of both parties who see prices."""
        if task.service_unit_price is None or not self._sees_price(task):
            return None
        return PriceField().to_representation(task.service_unit_price)

    def get_service_currency(self, task: Task) -> str | None:
        return task.service_currency or None if self._sees_price(task) else None

    def _sees_price(self, task: Task) -> bool:
        party = task.supplier.party_id if task.supplier else None
        return access_of(self.context["request"].user).sees_prices(task.company_id, party)


class TaskEventSerializer(ModelSerializer):
    """Something that happened at a task; `posting_id` leads to its moves."""

    operator_id = serializers.IntegerField(read_only=True)
    operator = serializers.CharField(source="operator.name", read_only=True, default=None)
    posting_id = serializers.IntegerField(read_only=True)
    reverses_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = TaskEvent
        fields = (
            "id",
            "kind",
            "good_quantity",
            "scrapped_quantity",
            "rework_quantity",
            "minutes",
            "reason",
            "operator_id",
            "operator",
            "device_id",
            "posting_id",
            "reverses_id",
            "happened_at",
            "device_at",
            "created_at",
        )


class DoingSerializer(Serializer):
    """Who did it, and when."""

    operator = KeyField(required=False, allow_null=True, help_text="Id, or code of an operator at the task's site.")
    happened_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Absent: now.")


class ReasonedSerializer(DoingSerializer):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class HelpSerializer(DoingSerializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


@extend_schema_serializer(component_name="TaskReport")
class ReportSerializer(DoingSerializer):
    """So many good, lost and repaired more. `components`: absent takes the planned share, an empty list nothing."""

    good_quantity = QuantityField(required=False, min_value=0)
    scrapped_quantity = QuantityField(required=False, min_value=0)
    rework_quantity = QuantityField(required=False, min_value=0)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    minutes = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True, help_text="Absent: by the clock."
    )
    components = UseSerializer(many=True, required=False, allow_null=True)
    outputs = OutputSerializer(many=True, required=False, allow_null=True)
    lot = serializers.CharField(max_length=64, required=False, allow_blank=True)
    serial_numbers = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    expires_on = serializers.DateField(required=False, allow_null=True)
    location = KeyField(required=False, allow_null=True)


@extend_schema_serializer(component_name="TaskIssue")
class IssueSerializer(DoingSerializer):
    components = UseSerializer(many=True, allow_empty=False)


@extend_schema_serializer(component_name="TaskAssign")
class AssignSerializer(Serializer):
    """An operator, a team, both, or nobody."""

    operator = KeyField(required=False, allow_null=True)
    team = KeyField(required=False, allow_null=True)


@extend_schema_serializer(component_name="TaskMove")
class MoveSerializer(Serializer):
    work_center = KeyField(help_text="An alternative of the operation, at the same site.")


class AssignManySerializer(Serializer):
    """The tasks to give out, in the order of their importance."""

    tasks = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=500)


@extend_schema_serializer(component_name="OrderCostKind")
class CostKindSerializer(Serializer):
    """One kind of an order's cost, in the currency of its company."""

    kind = serializers.CharField()
    planned = AmountField()
    planned_so_far = AmountField()
    actual = AmountField()
