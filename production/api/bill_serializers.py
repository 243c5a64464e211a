"""Shapes of bills of materials, their explosion and where-used."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api.fields import AmountField, PriceField, QuantityField, RateField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.references import item_field
from production.choices import BillKind, BillLineKind
from production.models import BillOfMaterials, BillOfMaterialsLine, BillOfMaterialsSubstitute
from sites.api.references import company_field, site_field


class SubstituteSerializer(ModelSerializer):
    """Another item for a component: `factor` of it stand for one of the component's."""

    class Meta:
        model = BillOfMaterialsSubstitute
        fields = ("item", "factor", "preference")


class BillLineSerializer(ModelSerializer):
    """A component: `quantity_per` bill quantity plus `fixed_quantity` per order, in its stocking unit.

    Of a by-product or co-product so much comes out.
    """

    component_name = serializers.CharField(source="component.name", read_only=True)
    unit = serializers.CharField(source="component.unit.code", read_only=True)
    substitutes = SubstituteSerializer(many=True, read_only=True)

    class Meta:
        model = BillOfMaterialsLine
        fields = (
            "id",
            "line_no",
            "kind",
            "component",
            "component_name",
            "unit",
            "quantity_per",
            "fixed_quantity",
            "scrap_factor",
            "cost_share",
            "operation_number",
            "supply_site",
            "substitutes",
            "valid_from_on",
            "valid_until_on",
            "note",
        )


class BillSerializer(ModelSerializer):
    """How `quantity` of an item is made: at a site, by a company, or by all."""

    item_name = serializers.CharField(source="item.name", read_only=True)
    unit = serializers.CharField(source="item.unit.code", read_only=True)
    lines = BillLineSerializer(many=True, read_only=True)
    open_orders = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = BillOfMaterials
        fields = (
            "id",
            "item",
            "item_name",
            "unit",
            "company",
            "site",
            "kind",
            "code",
            "revision",
            "quantity",
            "yield_factor",
            "lead_time_days",
            "valid_from_on",
            "valid_until_on",
            "lines",
            "open_orders",
            "warnings",
            "archived_at",
            "version",
            "created_at",
            "updated_at",
        )

    def get_open_orders(self, bill: BillOfMaterials) -> int:
        """The open orders that follow it: after a change, those that were released are to be reviewed."""
        return self.context.get("open_orders", {}).get(bill.pk, 0)

    def get_warnings(self, bill: BillOfMaterials) -> list[str]:
        """Lines whose operation the routing doesn't have."""
        return self.context.get("warnings", {}).get(bill.pk, [])


class SubstituteWriteSerializer(Serializer):
    item = item_field()
    factor = RateField(required=False, help_text="So many of it stand for one of the component's; absent: 1.")
    preference = serializers.IntegerField(min_value=1, max_value=1000, required=False)


class BillLineWriteSerializer(Serializer):
    component = item_field()
    kind = serializers.ChoiceField(choices=BillLineKind.choices, required=False)
    cost_share = RateField(required=False, help_text="Of the order's cost, for a co-product.")
    operation_number = serializers.IntegerField(
        min_value=1, max_value=1_000_000, required=False, allow_null=True, help_text="Absent: the first."
    )
    supply_site = site_field(required=False, allow_null=True, help_text="Where it is brought from.")
    substitutes = SubstituteWriteSerializer(many=True, required=False)
    quantity_per = QuantityField(required=False, help_text="Per `quantity` of the bill, in the stocking unit.")
    fixed_quantity = QuantityField(required=False, help_text="Per order, whatever its size.")
    scrap_factor = RateField(required=False, help_text="The part that is lost: 0.05 is one in twenty.")
    valid_from_on = serializers.DateField(required=False, allow_null=True)
    valid_until_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    line_no = serializers.IntegerField(min_value=1, max_value=100_000, required=False)


class BillHeadSerializer(Serializer):
    """What may be said of a bill and changed later."""

    kind = serializers.ChoiceField(choices=BillKind.choices, required=False)
    code = serializers.CharField(max_length=64, required=False, allow_blank=True)
    revision = serializers.CharField(max_length=32, required=False, allow_blank=True)
    quantity = QuantityField(required=False, help_text="What the lines are for; absent: 1.")
    yield_factor = RateField(required=False, help_text="The good part of what is started; absent: 1.")
    lead_time_days = serializers.IntegerField(min_value=0, max_value=10_000, required=False, allow_null=True)
    valid_from_on = serializers.DateField(required=False, allow_null=True)
    valid_until_on = serializers.DateField(required=False, allow_null=True)


class BillWriteSerializer(BillHeadSerializer):
    item = item_field()
    site = site_field(required=False, allow_null=True)
    company = company_field(
        required=False, allow_null=True, help_text="Absent: the site's default owner, else your only company."
    )
    lines = BillLineWriteSerializer(many=True)


class BillLineEditSerializer(BillLineWriteSerializer):
    """With `id` a change of that line (`remove` takes it out), without one a new line."""

    id = serializers.IntegerField(min_value=1, required=False)
    remove = serializers.BooleanField(required=False)
    component = item_field(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if "id" not in values and "component" not in values:
            raise serializers.ValidationError({"component": ["A new line needs it."]})
        if values.get("remove") and "id" not in values:
            raise serializers.ValidationError({"id": ["Which line is to be removed?"]})
        return values


class BillEditSerializer(BillHeadSerializer):
    """What is named changes."""

    lines = BillLineEditSerializer(many=True, required=False)


class ExplosionQuerySerializer(Serializer):
    """For how many, on which date, where and for whom; the recipes of deeper levels follow from these."""

    quantity = QuantityField(required=False, min_value=0, help_text="Absent: 1.")
    on = serializers.DateField(required=False, help_text="Absent: today.")
    site = serializers.CharField(required=False, help_text="A site's code or id; absent: the bill's.")
    company = serializers.CharField(required=False, help_text="A company's code or id; absent: the bill's.")


class ExplosionRowSerializer(serializers.Serializer):
    """A component under `parent_id`; level 1 is direct."""

    level = serializers.IntegerField()
    parent_id = serializers.IntegerField()
    item_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    quantity = QuantityField()
    line_id = serializers.IntegerField()
    line_no = serializers.IntegerField()
    is_made = serializers.BooleanField()


@extend_schema_serializer(component_name="ExplosionComponent")
class ComponentSerializer(serializers.Serializer):
    """An item over all levels."""

    item_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    quantity = QuantityField()
    is_made = serializers.BooleanField()


class ExplosionSerializer(serializers.Serializer):
    """A recipe over all its levels: `rows` as a tree, parents before children."""

    item_id = serializers.IntegerField()
    quantity = QuantityField()
    rows = ExplosionRowSerializer(many=True)
    direct = ExplosionRowSerializer(many=True)
    components = ComponentSerializer(many=True)
    quantity_by_unit = serializers.DictField(child=QuantityField())


class CostRowSerializer(serializers.Serializer):
    """An item at a level (0: what was asked for) and what it costs with all below it, by kind."""

    level = serializers.IntegerField()
    item_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    site = serializers.CharField()
    quantity = QuantityField()
    is_made = serializers.BooleanField()
    is_output = serializers.BooleanField(help_text="It comes out beside, and counts below 0.")
    is_unknown = serializers.BooleanField(help_text="It is bought, and no cost of it is known there.")
    costs = serializers.DictField(child=AmountField())
    total = AmountField()
    unit_cost = PriceField()


class CostRollUpSerializer(serializers.Serializer):
    """Over all levels, in the company's currency: `rows` as a tree, the first is the item itself."""

    currency = serializers.CharField()
    rows = CostRowSerializer(many=True)
    unknown = serializers.ListField(child=serializers.CharField(), help_text="Items without a known cost, by SKU.")


class WhereUsedSerializer(serializers.Serializer):
    """A bill that uses the item, directly (level 1) or through `component_sku`."""

    level = serializers.IntegerField()
    bill_id = serializers.IntegerField()
    item_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    component_id = serializers.IntegerField()
    component_sku = serializers.CharField()
    quantity_per = QuantityField()
    bill_quantity = QuantityField()
    unit = serializers.CharField()
