"""Fields that the bodies of all orders have."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from rest_framework import serializers

from core.api.fields import Candidates, PriceField, QuantityField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from core.errors import InvalidInput
from inventory.api.masters_views import only_company
from inventory.api.references import item_field, unit_field
from inventory.drafts import LineChange, LineRemoval
from sites.access import access_of
from sites.api.references import company_field, site_field
from sites.models import Company

Draft = TypeVar("Draft")


def own_company(given: Company | None, actor: Any) -> Company:
    """The company named, or the only one for which this user plans.

    :raises InvalidInput: when that is none or several.
    """
    company = given or only_company(access_of(actor))
    if company is None:
        raise InvalidInput(errors={"company": "Say which company; you plan for several."})
    return company


class PartnerField(ReferenceField):
    """A customer or supplier: his code is unique per company, so it is resolved in the order's company.

    That is the body's `company`, else the default owner of its `site`.
    """

    def __init__(self, selector: Any = None, **options: Any) -> None:
        super().__init__(selector, within={"company_id": "company"}, **options)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        return _InCompany(self, value.rows, value.value) if isinstance(value, Candidates) else value


class _InCompany(Candidates):
    def chosen(self, around: Mapping[str, Any]) -> Any:
        company = around.get("company")
        site = around.get("site")
        company_id = company.pk if company is not None else getattr(site, "default_owner_id", None)
        rows = [row for row in self.rows if company_id is None or row.company_id == company_id]
        return self.field.single(rows, self.value)


class ReasonSerializer(Serializer):
    """Why."""

    reason = serializers.CharField(max_length=200)


class OptionalReasonSerializer(Serializer):
    """Why, if there is more to say."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CloseSerializer(Serializer):
    """What is released: these lines (ids), or absent the whole order. A reason is needed where something is."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    lines = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, allow_null=True)


class OrderWriteSerializer(Serializer):
    """What bodies of new orders have: between whom, and what is written on it."""

    site = site_field()
    company = company_field(required=False, allow_null=True, help_text="Absent: the site's default owner.")
    owner = company_field(required=False, allow_null=True, help_text="Absent: the company.")
    number = serializers.CharField(max_length=32, required=False, allow_blank=True)
    ordered_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    external_reference = serializers.CharField(max_length=100, required=False, allow_blank=True)


class OrderEditSerializer(Serializer):
    """What is named changes. A line with `id` is changed, one without is new, `remove` takes one out."""

    note = serializers.CharField(required=False, allow_blank=True)
    external_reference = serializers.CharField(max_length=100, required=False, allow_blank=True)


class LineWriteSerializer(Serializer):
    """What lines of all orders have. The quantity is in `unit`, absent: in the stocking unit."""

    item = item_field()
    site = site_field(required=False, allow_null=True)
    quantity = QuantityField(help_text="In `unit`; absent: in the stocking unit.")
    unit = unit_field(required=False, allow_null=True)
    unit_price = PriceField(required=False, allow_null=True, help_text="Per `unit`.")
    need_by_on = serializers.DateField(required=False, allow_null=True)
    promised_on = serializers.DateField(required=False, allow_null=True)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)


class LineEditSerializer(LineWriteSerializer):
    """With `id` a change of that line (`remove` takes it out), without one a new line."""

    id = serializers.IntegerField(min_value=1, required=False)
    remove = serializers.BooleanField(required=False)
    item = item_field(required=False)
    quantity = QuantityField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if "id" not in values and (missing := [name for name in ("item", "quantity") if name not in values]):
            raise serializers.ValidationError({name: ["A new line needs it."] for name in missing})
        if "id" in values and "item" in values:
            raise serializers.ValidationError({"item": ["The item of a line stays; remove the line and add another."]})
        if values.get("remove") and "id" not in values:
            raise serializers.ValidationError({"id": ["Which line is to be removed?"]})
        return values


class LineRefSerializer(Serializer):
    """A line by `line` (id) or `line_no`."""

    line = serializers.IntegerField(min_value=1, required=False)
    line_no = serializers.IntegerField(min_value=1, required=False)


class PostedLineSerializer(ModelSerializer):
    """What a shipment or receipt has of an order's line."""

    line = serializers.IntegerField(source="order_line_id", read_only=True)
    line_no = serializers.IntegerField(source="order_line.line_no", read_only=True)
    item = ReferenceField(source="order_line.item", key="sku", read_only=True)


def line_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A line's body as the services' drafts name it: references by id, what is null or absent left out."""
    plain = {
        f"{name}_id" if hasattr(value, "pk") else name: getattr(value, "pk", value)
        for name, value in values.items()
        if name not in {"id", "remove"}
    }
    return {name: value for name, value in plain.items() if value is not None}


def line_edit(values: Mapping[str, Any], draft: Callable[..., Draft]) -> Draft | LineChange | LineRemoval:
    """What a line of an edit's body asks for: without `id` a new line, which `draft` makes of its `line_values`.

    In a change a null empties a date.
    """
    if "id" not in values:
        return draft(**line_values(values))
    if values.get("remove"):
        return LineRemoval(values["id"])
    emptied = {name: None for name, value in values.items() if name.endswith("_on") and value is None}
    return LineChange(line_id=values["id"], values=line_values(values) | emptied)


def common_flag(rows: Iterable[dict[str, Any]], name: str) -> bool:
    """Take a flag (`is_open`) out of the bodies of many new orders.

    :raises InvalidInput: unless all have it, or none has.
    """
    flags = {values.pop(name, False) for values in rows}
    if len(flags) > 1:
        raise InvalidInput(errors={name: f"Of many orders at once, all are {name.removeprefix('is_')} or none is."})
    return True in flags
