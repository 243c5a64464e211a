"""What a trace looks like in an answer."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import Serializer
from core.errors import plain
from inventory.models import Lot
from inventory.selectors import recall
from inventory.selectors.trace import MOST_LEVELS, Direction, Key, Node, NodeKind, trace
from sites.access import Access

NODE_KINDS = [(kind.value, kind.value) for kind in NodeKind]


class TraceQuerySerializer(Serializer):
    """What is asked of a trace."""

    direction = serializers.ChoiceField(choices=[one.value for one in Direction], default=Direction.BACKWARD.value)
    levels = serializers.IntegerField(min_value=1, max_value=MOST_LEVELS, default=MOST_LEVELS)


class TraceNodeSerializer(Serializer):
    """A lot, a manufacturing order, or an item without lots. `leads_on`: a step of another company follows."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=NODE_KINDS)
    id = serializers.IntegerField()
    level = serializers.IntegerField()
    number = serializers.CharField()
    item = serializers.CharField()
    item_name = serializers.CharField()
    unit = serializers.CharField()
    state = serializers.CharField()
    leads_on = serializers.BooleanField()


class TraceEdgeSerializer(Serializer):
    """So much of one node went into another, in the direction of the goods."""

    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    quantity = serializers.CharField()


class TraceCrossingSerializer(Serializer):
    """A lot came in (`is_in`) or left: supplier, customer, scrap, count."""

    lot = serializers.CharField()
    lot_id = serializers.IntegerField()
    item = serializers.CharField()
    is_in = serializers.BooleanField()
    kind = serializers.CharField()
    quantity = serializers.CharField()
    posting = serializers.CharField()
    document_kind = serializers.CharField()
    document_id = serializers.IntegerField(allow_null=True)
    document = serializers.CharField()
    party = serializers.CharField()
    site = serializers.CharField()
    on = serializers.DateField()


class TraceSerializer(Serializer):
    """`is_complete` is false where the way is longer or wider than asked."""

    direction = serializers.CharField()
    is_complete = serializers.BooleanField()
    nodes = TraceNodeSerializer(many=True)
    edges = TraceEdgeSerializer(many=True)
    crossings = TraceCrossingSerializer(many=True)


class RecallEndSerializer(Serializer):
    """Which recall is taken back."""

    event_id = serializers.IntegerField(min_value=1)


def traced(lot: Lot, access: Access, *, direction: str, levels: int) -> dict[str, Any]:
    """A trace as plain values; serializer instances for each of 10,000 nodes would take longer than the trace."""
    found = trace(lot, Direction(direction), access, levels=levels)
    return {
        "direction": direction,
        "is_complete": found.is_complete,
        "nodes": [_node(node) for node in found.nodes],
        "edges": [
            {"source": _key(edge.source), "target": _key(edge.target), "quantity": plain(edge.quantity)}
            for edge in found.edges
        ],
        "crossings": [_crossing(row) for row in recall.crossings(found.lot_ids, access)],
    }


def _key(key: Key) -> str:
    return f"{key.kind}:{key.id}"


def _node(node: Node) -> dict[str, Any]:
    return {
        "key": _key(node.key),
        "kind": node.key.kind.value,
        "id": node.key.id,
        "level": node.level,
        "number": node.number,
        "item": node.sku,
        "item_name": node.name,
        "unit": node.unit,
        "state": node.state,
        "leads_on": node.leads_on,
    }


def _crossing(row: recall.Crossing) -> dict[str, Any]:
    return {
        "lot": row.lot,
        "lot_id": row.lot_id,
        "item": row.sku,
        "is_in": row.is_in,
        "kind": row.kind,
        "quantity": plain(row.quantity),
        "posting": row.posting,
        "document_kind": row.source_kind,
        "document_id": row.source_id,
        "document": row.source_number,
        "party": row.party,
        "site": row.site,
        "on": row.on,
    }
