"""Model fields with the precision and meaning that `docs/model.md` promises."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL


class QuantityField(models.DecimalField):
    """A quantity in the item's stocking unit: numeric(20,6)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 20, "decimal_places": 6, **kwargs})


class PriceField(models.DecimalField):
    """A unit price or unit cost: numeric(20,8)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 20, "decimal_places": 8, **kwargs})


class AmountField(models.DecimalField):
    """A value in a company's currency, rounded to its minor unit before it is stored: numeric(20,4)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 20, "decimal_places": 4, **kwargs})


class RateField(models.DecimalField):
    """A rate or factor: numeric(20,10)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 20, "decimal_places": 10, **kwargs})


class XidField(models.Field):
    """The transaction id (xid8) that last wrote the row; feeds read it, the database sets it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, db_default=RawSQL("pg_current_xact_id()", []))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        kwargs.pop("db_default", None)
        return name, path, list(args), kwargs

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or hasattr(value, "resolve_expression") else str(value)


ZERO = Decimal(0)
