"""Members of all orders that say how they stand: from `statuses` in the serializer's context."""

from typing import Any, ClassVar

from rest_framework import serializers

from core.api.fields import QuantityField
from sites.access import access_of


class ReaderFields(serializers.Serializer):
    """Of an order and its lines: members that are null for readers whose business they are not.

    `prices` are for the parties, and not for operators; `behind`, how it stands among the company's other orders, is
    not for the other party. `partner` names the customer or supplier of an order.
    """

    partner: ClassVar[str]
    prices: ClassVar[tuple[str, ...]] = ("net_amount", "unit_price", "discount")
    behind: ClassVar[tuple[str, ...]] = ("rank", "short_quantity", "blocked_reason", "source_kind", "source_id")

    def to_representation(self, row: Any) -> dict[str, Any]:
        order = getattr(row, "order", row)
        party_id = getattr(order, self.partner).party_id
        access = access_of(self.context["view"].actor)
        hidden: tuple[str, ...] = ()
        if not access.sees_prices(order.company_id, party_id):
            hidden += self.prices
        if not access.sees_behind(company_id=order.company_id, site_id=order.site_id, at=row.site_id):
            hidden += self.behind
        shown = super().to_representation(row)
        return {**shown, **{name: None for name in hidden if name in shown}}


class LineStatusFields(serializers.Serializer):
    """Of an order line or component: how its open quantity is served."""

    availability = serializers.SerializerMethodField()
    late_days = serializers.SerializerMethodField()
    short_quantity = serializers.SerializerMethodField()

    def get_availability(self, line: Any) -> str | None:
        """How its open quantity is served: in_stock, expected, not_available; null when nothing is open."""
        return getattr(self.status_of(line), "availability", None)

    def get_late_days(self, line: Any) -> int | None:
        return getattr(self.status_of(line), "late_days", None)

    def get_short_quantity(self, line: Any) -> str | None:
        """What nothing serves of it."""
        status = self.status_of(line)
        return QuantityField().to_representation(status.quantity - status.served_quantity) if status else None

    def status_of(self, line: Any) -> Any:
        """Its `inventory.selectors.statuses.LineStatus`; None when nothing of it is open."""
        statuses = self.context.get("statuses")
        return statuses.lines.get(line.pk) if statuses else None

    def served_on(self, line: Any) -> str | None:
        """The date of its last supply, where it is expected."""
        expected_on = getattr(self.status_of(line), "expected_on", None)
        return expected_on and expected_on.isoformat()


class OrderStatusFields(serializers.Serializer):
    """Of an order: the block, and the status of its worst line."""

    is_blocked = serializers.SerializerMethodField()
    availability = serializers.SerializerMethodField()
    complete_on = serializers.SerializerMethodField()
    late_days = serializers.SerializerMethodField()

    def get_is_blocked(self, order: Any) -> bool:
        return order.blocked_at is not None

    def get_availability(self, order: Any) -> str | None:
        """The status of its worst open line or component; null when none is open."""
        return getattr(self.status_of(order), "availability", None)

    def get_complete_on(self, order: Any) -> str | None:
        """When all that it needs is there; null when it is now, or not in sight."""
        complete_on = getattr(self.status_of(order), "complete_on", None)
        return complete_on and complete_on.isoformat()

    def get_late_days(self, order: Any) -> int | None:
        return getattr(self.status_of(order), "late_days", None)

    def status_of(self, order: Any) -> Any:
        """Its `inventory.selectors.statuses.Status`; None when nothing of it is open."""
        statuses = self.context.get("statuses")
        return statuses.documents.get(order.pk) if statuses else None
