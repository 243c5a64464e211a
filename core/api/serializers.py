"""Serializer bases: they validate shape, and look up all references of a body at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.fields import get_attribute

from core.api.fields import Candidates, DecimalStringField, ReferenceField, natural_key

# A body is bounded before anything in it is looked up.
MOST_ROWS = 1000


class _Lookups:
    """Of a body as a whole: finds its references in one query a field, and settles those that need a neighbor."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if self.parent is None and data is not serializers.empty:  # type: ignore[attr-defined]
            _find_references(self, data)
        return super().run_validation(data)  # type: ignore[misc]

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)  # type: ignore[misc]
        if self.parent is None:  # type: ignore[attr-defined]
            errors = _settle(values, _Around(getattr(self, "instance", None)))
            if errors:
                raise serializers.ValidationError(errors)
        return values


class ListSerializer(_Lookups, serializers.ListSerializer):
    """Many rows of one body."""

    default_error_messages = {"too_many": "At most {most} rows at a time; this has {count}."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and len(data) > MOST_ROWS:
            message = self.error_messages["too_many"].format(most=MOST_ROWS, count=len(data))
            raise serializers.ValidationError({"non_field_errors": [message]}, code="too_many")
        return super().to_internal_value(data)


class _Strict(_Lookups):
    """Refuses members that it does not know: a misspelled one would otherwise be lost in silence."""

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        meta: Any = getattr(cls, "Meta", None) or type("Meta", (), {})
        if not hasattr(meta, "list_serializer_class"):
            meta.list_serializer_class = ListSerializer
            cls.Meta = meta  # type: ignore[attr-defined]
        return super().many_init(*args, **kwargs)  # type: ignore[misc]

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):  # type: ignore[attr-defined]
            allowed = ", ".join(sorted(field.field_name for field in self._writable_fields))  # type: ignore[attr-defined]
            text = serializers.ErrorDetail(f"There is no such field. Allowed: {allowed}.", code="unknown_field")
            raise serializers.ValidationError({name: [text] for name in sorted(map(str, unknown))})
        return super().to_internal_value(data)


class Serializer(_Strict, serializers.Serializer):
    """A plain serializer."""


class ModelSerializer(_Strict, serializers.ModelSerializer):
    """A serializer of a model: decimals as plain strings, references as id and natural key.

    A foreign key without a field of its own can only be read: what may be written needs a selector.
    """

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DecimalField: DecimalStringField,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict[str, Any]]:
        # A generated column is of the type that it generates: a quantity stays a plain string.
        made = model_field.output_field if isinstance(model_field, models.GeneratedField) else None
        if isinstance(made, models.DecimalField):
            sizes = {"max_digits": made.max_digits, "decimal_places": made.decimal_places}
            return DecimalStringField, {**sizes, "read_only": True}
        return super().build_standard_field(field_name, model_field)

    def build_relational_field(self, field_name: str, relation_info: Any) -> tuple[Any, dict[str, Any]]:
        if relation_info.to_many:
            return super().build_relational_field(field_name, relation_info)
        return ReferenceField, {"key": natural_key(relation_info.related_model)}


class _Around(Mapping[str, Any]):
    """The values around a field: of its object, then of the one around it, then of the row that is edited."""

    def __init__(self, instance: Any, *layers: Mapping[str, Any]) -> None:
        self.instance, self.layers = instance, layers

    def inside(self, layer: Mapping[str, Any]) -> "_Around":
        return _Around(self.instance, layer, *self.layers)

    def __getitem__(self, name: str) -> Any:
        for layer in self.layers:
            if name in layer and not isinstance(layer[name], Candidates):
                return layer[name]
        if self.instance is not None and hasattr(self.instance, name):
            return get_attribute(self.instance, [name])
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter({name for layer in self.layers for name in layer})

    def __len__(self) -> int:
        return len(list(iter(self)))


def _settle(values: Any, around: _Around) -> dict[str, Any]:
    """Replace each `Candidates` by the row that fits; returns the errors by field."""
    errors: dict[str, Any] = {}
    if isinstance(values, Mapping):
        around = around.inside(values)
    for name, value in list(_members(values)):
        try:
            if isinstance(value, Candidates):
                values[name] = value.chosen(around)
            elif inner := _settle(value, around):
                errors[str(name)] = inner
        except serializers.ValidationError as error:
            errors[str(name)] = error.detail
    return errors


def _members(values: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(values, dict):
        yield from values.items()
    elif isinstance(values, list):
        yield from enumerate(values)


def _find_references(serializer: Any, data: Any) -> None:
    wanted: dict[ReferenceField, list[Any]] = {}
    _collect(serializer, data, wanted)
    for field, values in wanted.items():
        field.known = field.look_up(_tokens(field, values))


def _collect(node: Any, data: Any, wanted: dict[ReferenceField, list[Any]]) -> None:
    if isinstance(node, serializers.ListSerializer) and isinstance(data, list):
        for row in data[:MOST_ROWS]:
            _collect(node.child, row, wanted)
    elif isinstance(node, serializers.Serializer) and isinstance(data, Mapping):
        for name, field in node.fields.items():
            if name in data and not field.read_only:
                _collect(field, data[name], wanted)
    elif isinstance(node, ReferenceField) and data is not None:
        wanted.setdefault(node, []).append(data)


def _tokens(field: ReferenceField, values: list[Any]) -> set[int | str]:
    tokens = set()
    for value in values:
        try:
            tokens.add(field.token(value))
        except serializers.ValidationError:
            continue  # the field itself will say so, naming its place
    return tokens
