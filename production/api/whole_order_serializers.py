"""Bodies of what changes orders as wholes: made to order, split, merged, closed with a back-order."""

from rest_framework import serializers

from core.api.fields import AmountField, QuantityField
from core.api.serializers import Serializer
from inventory.api.line_places import KeyField


class MakeToOrderSerializer(Serializer):
    """Which lines of a sales order to make for (absent: all that are open), and how far down."""

    sales_order = KeyField(help_text="Its id or number.")
    lines = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=1000)
    levels = serializers.ChoiceField(
        choices=["all", "first"], default="all", help_text="`first`: without orders for the components."
    )


class LinesMadeForSerializer(Serializer):
    """Lines of a sales order (absent: all that are open)."""

    sales_order = KeyField(help_text="Its id or number.")
    lines = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=1000)


class ToMakeSerializer(Serializer):
    """An order that would be made; level 0 is for the line itself."""

    level = serializers.IntegerField()
    item = serializers.CharField()
    item_id = serializers.IntegerField()
    site = serializers.CharField()
    site_id = serializers.IntegerField()
    quantity = QuantityField()
    start_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField()


class SplitSerializer(Serializer):
    """How many each new order shall make; what is left stays."""

    quantities = serializers.ListField(child=QuantityField(), allow_empty=False, max_length=100)
    is_for_same_demand = serializers.BooleanField(default=False)


class MergeSerializer(Serializer):
    """The planned orders that become part of this one."""

    orders = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=100)


class BackOrderSerializer(Serializer):
    """Why it is closed short."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class KindCostSerializer(Serializer):
    """One kind of cost: planned in all and for what is done, and what it came to."""

    kind = serializers.CharField()
    planned = AmountField()
    planned_so_far = AmountField()
    actual = AmountField()
    over = AmountField()


class VariancesSerializer(Serializer):
    """Why the cost differs from plan; above 0 it cost more."""

    material_price = AmountField()
    material_use = AmountField()
    time = AmountField()
    rate = AmountField()
    service = AmountField()
    transport = AmountField()
    written_off = AmountField()
    total = AmountField()


class OrderCostSerializer(Serializer):
    """Planned against actual cost of an order, in its company's currency."""

    currency = serializers.CharField()
    planned = AmountField()
    actual = AmountField()
    kinds = KindCostSerializer(many=True)
    variances = VariancesSerializer()
