"""Fields of the API: plain decimals, and references by id or by natural key."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower
from rest_framework import serializers

from core.errors import plain
from core.texts import is_storable

LARGEST_ID = 2**63 - 1
LONGEST_KEY = 200
# In this order: what a model is called by, when a field doesn't say.
NATURAL_KEYS = ("sku", "code", "number", "username")

Selector = Callable[[Any], QuerySet[Any]]


class DecimalStringField(serializers.DecimalField):
    """A decimal as a plain string, without exponent or trailing zeros; takes a string or a number, no NaN."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """An empty text is no null: a quantity left blank must not mean all there is."""
        return serializers.Field.validate_empty_values(self, data)

    def to_representation(self, value: Any) -> str:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        return plain(number + 0 if number else Decimal(0))


class QuantityField(DecimalStringField):
    """A quantity in the item's stocking unit, or another where the name says so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 20, "decimal_places": 6, **options})


class PriceField(DecimalStringField):
    """A unit price or unit cost."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 20, "decimal_places": 8, **options})


class AmountField(DecimalStringField):
    """A value in a company's currency."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 20, "decimal_places": 4, **options})


class RateField(DecimalStringField):
    """A rate or factor."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 20, "decimal_places": 10, **options})


class Candidates:
    """Rows that one natural key names, before a neighboring field has told which of them is meant."""

    def __init__(self, field: "ReferenceField", rows: list[Any], value: str) -> None:
        self.field, self.rows, self.value = field, rows, value

    def chosen(self, around: Mapping[str, Any]) -> Any:
        """The one row that fits the values around it.

        :raises serializers.ValidationError: when none or several do.
        """
        rows = [row for row in self.rows if all(self._fits(row, *pair, around) for pair in self.field.within.items())]
        return self.field.single(rows, self.value)

    def _fits(self, row: Any, lookup: str, name: str, around: Mapping[str, Any]) -> bool:
        wanted = around.get(name)
        return wanted is None or getattr(row, lookup) == (wanted.pk if isinstance(wanted, Model) else wanted)


class ReferenceField(serializers.Field):
    """Another row: in a body a number is its id, a string its natural key, whatever its case; answers carry both.

    `selector(user)` gives the rows that may be named, those that the user sees. Where a key is unique only within
    something, `within={"site_id": "site"}` compares the candidates' `site_id` with the body's field `site`, in this
    object or the one around it. Serializers of `core.api.serializers` look all references of a body up in one query
    a field; alone, the field asks for itself.
    """

    default_error_messages = {
        "not_a_reference": "{value} is neither an id (a number) nor a {key_name} (a string).",
        "missing": "There is no {noun} {value}.",
        "ambiguous": "{value} is the {key_name} of several; give the id.",
    }

    def __init__(
        self,
        selector: Selector | None = None,
        *,
        key: str = "code",
        within: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        self.selector = selector
        self.key = key
        self.within = dict(within or {})
        self.known: dict[Any, list[Any]] | None = None
        if selector is None:
            options = {**options, "read_only": True}
            options.pop("required", None)
            options.pop("required", None)  # a unique constraint makes its columns required, whoever may write them
        super().__init__(**options)

    def to_representation(self, value: Any) -> dict[str, Any]:
        return {"id": value.pk, self.key: getattr(value, self.key)}

    def to_internal_value(self, data: Any) -> Any:
        token = self.token(data)
        known = self.known if self.known is not None and token in self.known else self.look_up([token])
        rows = known.get(token, [])
        if self.within and len(rows) > 1:
            return Candidates(self, rows, str(data))
        return self.single(rows, data)

    def single(self, rows: list[Any], value: Any) -> Any:
        """The only one of `rows`; refuses none and several."""
        shown = f"“{value}”" if isinstance(value, str) else value
        if not rows:
            noun = self._queryset().model._meta.verbose_name
            self.fail("missing", noun=noun, value=shown)
        if len(rows) > 1:
            self.fail("ambiguous", value=shown, key_name=self.key)
        return rows[0]

    def token(self, data: Any) -> int | str:
        """What a body's value asks for: an id, or a key in lower case."""
        if isinstance(data, int) and not isinstance(data, bool) and abs(data) <= LARGEST_ID:
            return data
        if isinstance(data, str) and data.strip() and len(data) <= LONGEST_KEY and is_storable(data):
            return data.strip().lower()
        return self.fail("not_a_reference", value=str(data)[:LONGEST_KEY], key_name=self.key)

    def look_up(self, tokens: Iterable[int | str]) -> dict[int | str, list[Any]]:
        """The rows that these tokens name, in one query; a token that names nothing has an empty list."""
        found: dict[int | str, list[Any]] = {token: [] for token in tokens}
        ids = [token for token in found if isinstance(token, int)]
        keys = [token for token in found if isinstance(token, str)]
        wanted = Q(pk__in=ids) if ids else Q()
        if keys:
            wanted |= Q(_reference_key__in=keys)
        for row in self._queryset().annotate(_reference_key=Lower(self.key)).filter(wanted):
            for token in (row.pk, row._reference_key):
                if token in found:
                    found[token].append(row)
        return found

    def _queryset(self) -> QuerySet[Any]:
        if self.selector is None:
            raise TypeError(f"{self.field_name} can only be read: it names no selector.")
        request = self.context.get("request")
        return self.selector(getattr(request, "user", None))


def natural_key(model: type[Model]) -> str:
    """The field that a model is called by; its id when it has none."""
    names = {field.name for field in model._meta.get_fields()}
    return next((name for name in NATURAL_KEYS if name in names), "pk")
