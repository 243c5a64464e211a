"""How levels, registers and allocations read in the API."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from rest_framework import serializers

from core.api.fields import QuantityField
from core.api.serializers import ModelSerializer, Serializer
from inventory.models import Demand, StockLevel, Supply
from inventory.selectors.allocations import Line, Part
from inventory.selectors.levels import ProjectedDay

_QUANTITY = QuantityField()
API = "/api/v1"


def quantity(value: Any) -> str:
    """A quantity as the API writes it."""
    return _QUANTITY.to_representation(value)


def document(row: Demand | Supply) -> dict[str, Any]:
    """The document that a register row stands for."""
    return {"id": row.document_id, "number": row.document_number, "kind": row.document_kind}


class LevelSerializer(ModelSerializer):
    """A level; `links` opens the rows that make each figure."""

    is_order_by_past = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    class Meta:
        model = StockLevel
        fields = (
            "id",
            "item",
            "site",
            "used_by",
            "on_hand",
            "blocked",
            "in_wip",
            "committed",
            "expected",
            "available",
            "projected",
            "safety_stock",
            "missing",
            "excess",
            "in_transit",
            "stock_out_on",
            "order_by_on",
            "is_order_by_past",
            "computed_for",
            "computed_at",
            "updated_at",
            "links",
        )

    def get_is_order_by_past(self, level: StockLevel) -> bool:
        """Whether the order should have gone out before today."""
        if level.order_by_on is None or level.computed_for is None:
            return False
        return level.order_by_on < level.computed_for

    def get_links(self, level: StockLevel) -> dict[str, str | None]:
        """By figure, the list of its rows."""
        key = urlencode({"item_id": level.item_id, "site_id": level.site_id, "used_by_id": level.used_by_id})
        settings = f"{API}/item-sites/?" + urlencode(
            {"item_id": level.item_id, "site_id": level.site_id, "company_id": level.used_by_id}
        )
        days = f"{API}/stock-levels/{level.pk}/projected-balance/" if level.pk else None
        balances = f"{API}/stock-balances/?{key}&figure="
        return {
            "on_hand": f"{balances}on_hand",
            "blocked": f"{balances}blocked",
            "in_wip": f"{balances}in_wip",
            "committed": f"{API}/demands/?{key}&is_counted=true",
            "expected": f"{API}/supplies/?{key}&is_counted=true",
            "available": f"{API}/allocations/?{key}",
            "projected": days,
            "safety_stock": settings,
            "missing": days,
            "excess": days,
            "in_transit": f"{API}/supplies/?{key}&is_counted=true&is_in_transit=true",
            "stock_out_on": days,
            "order_by_on": settings,
        }


class ProjectedDaySerializer(Serializer):
    """The balance at the end of a day, and what changes it."""

    on_date = serializers.DateField()
    balance = QuantityField()
    changes = serializers.SerializerMethodField()

    def get_changes(self, day: ProjectedDay) -> list[dict[str, Any]]:
        """Supplies, and demands with a minus."""
        return [
            {
                "document": {
                    "id": change.document_id,
                    "number": change.document_number,
                    "kind": change.document_kind,
                },
                "quantity": quantity(change.quantity),
            }
            for change in day.changes
        ]


class _RegisterSerializer(ModelSerializer):
    document = serializers.SerializerMethodField()
    is_open = serializers.SerializerMethodField()

    def get_document(self, row: Demand | Supply) -> dict[str, Any]:
        """Whose line it is."""
        return document(row)

    def get_is_open(self, row: Demand | Supply) -> bool:
        return row.closed_at is None


_REGISTER_FIELDS = (
    "id",
    "kind",
    "line_id",
    "part",
    "document",
    "company",
    "used_by",
    "item",
    "site",
    "party_name",
    "open_quantity",
    "due_at",
    "due_on",
    "firmness",
    "chain_id",
    "is_open",
    "closed_at",
    "updated_at",
)


class DemandSerializer(_RegisterSerializer):
    """What is asked of an item at a site; `rank` is its number among the company's open orders."""

    rank = serializers.SerializerMethodField()
    priority_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Demand
        fields = (*_REGISTER_FIELDS, "tier", "priority_id", "rank")

    def get_rank(self, row: Demand) -> int | None:
        return self.context.get("ranks", {}).get(row.priority_id)


class SupplySerializer(_RegisterSerializer):
    """What will come of an item to a site."""

    class Meta:
        model = Supply
        fields = (*_REGISTER_FIELDS, "in_transit_quantity", "origin", "pegged_demand_id")


class PinSerializer(Serializer):
    """So much of a demand from a supply, or without one from stock on hand."""

    quantity = QuantityField()
    supply_id = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class UnpinSerializer(Serializer):
    """What was pinned to a supply, or without one to stock on hand."""

    supply_id = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class AllocationSerializer(ModelSerializer):
    """How one demand is served. `taken_by`: who stands before it and took what, the nearest twenty."""

    demand = serializers.SerializerMethodField()
    rank = serializers.SerializerMethodField()
    priority_id = serializers.IntegerField(read_only=True)
    quantity = QuantityField(source="open_quantity")
    served_quantity = serializers.SerializerMethodField()
    short = serializers.SerializerMethodField()
    availability = serializers.SerializerMethodField()
    expected_on = serializers.SerializerMethodField()
    late_days = serializers.SerializerMethodField()
    served_by = serializers.SerializerMethodField()
    taken_by = serializers.SerializerMethodField()

    class Meta:
        model = Demand
        fields = (
            "id",
            "demand",
            "item",
            "site",
            "used_by",
            "party_name",
            "tier",
            "priority_id",
            "rank",
            "due_on",
            "quantity",
            "served_quantity",
            "short",
            "availability",
            "expected_on",
            "late_days",
            "served_by",
            "taken_by",
        )

    def get_demand(self, row: Demand) -> dict[str, Any]:
        return {"id": row.pk, "kind": row.kind, "line": row.line_id, "document": document(row)}

    def get_rank(self, row: Demand) -> int | None:
        """Its number among the company's open orders; null without a rank."""
        return self._ranks.get(row.priority_id)

    def get_served_quantity(self, row: Demand) -> str:
        return quantity(self._line(row).served_quantity)

    def get_short(self, row: Demand) -> str:
        """What nothing serves."""
        return quantity(self._line(row).short_quantity)

    def get_availability(self, row: Demand) -> str | None:
        """`in_stock`, `expected` or `not_available`; null until a worker has seen it (`?fresh=true` never is)."""
        return self._line(row).availability

    def get_expected_on(self, row: Demand) -> str | None:
        """The date of its last supply."""
        day = self._line(row).expected_on
        return day.isoformat() if day else None

    def get_late_days(self, row: Demand) -> int:
        return self._line(row).late_days

    def get_served_by(self, row: Demand) -> list[dict[str, Any]]:
        """`supply` is `on_hand`, or the supply."""
        return [_part(part) for part in self._line(row).parts]

    def get_taken_by(self, row: Demand) -> list[dict[str, Any]]:
        return [
            {
                "demand": self.get_demand(other.demand),
                "party_name": other.demand.party_name,
                "rank": self._ranks.get(other.demand.priority_id),
                "took": [_part(part) for part in other.parts],
            }
            for other in self.context["takers"][row.pk]
        ]

    @property
    def _ranks(self) -> Mapping[int | None, int]:
        return self.context["ranks"]

    def _line(self, row: Demand) -> Line:
        return self.context["lines"][row.pk]


def _part(part: Part) -> dict[str, Any]:
    supply: Any = "on_hand"
    if part.supply is not None:
        supply = {
            "id": part.supply.pk,
            "kind": part.supply.kind,
            "document": document(part.supply),
            "due_on": part.supply.due_on.isoformat(),
        }
    return {"supply": supply, "quantity": quantity(part.quantity), "kind": part.kind}
