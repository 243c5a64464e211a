"""Lots and places that a line of a body names: only the document says whose item and which site they are of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Lower
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import LARGEST_ID, LONGEST_KEY
from core.errors import InvalidInput
from core.texts import is_storable
from inventory.models import Location
from inventory.selectors import masters
from sites.access import Access

Key = int | str


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class KeyField(serializers.Field):
    """An id (a number) or a natural key (a string), to be looked up by who knows the document."""

    default_error_messages = {"not_a_key": "{value} is neither an id (a number) nor a key (a string)."}

    def to_internal_value(self, data: Any) -> Key:
        if isinstance(data, int) and not isinstance(data, bool) and 0 < data <= LARGEST_ID:
            return data
        if isinstance(data, str) and data.strip() and len(data) <= LONGEST_KEY and is_storable(data):
            return data.strip()
        return self.fail("not_a_key", value=str(data)[:LONGEST_KEY])

    def to_representation(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class Named:
    """What a line names: a lot of its item, a location of its site."""

    field: str
    item_id: int
    site_id: int
    lot: Key | None = None
    location: Key | None = None


@dataclass(frozen=True)
class Found:
    """The ids of what a line named."""

    lot_id: int | None
    location_id: int | None


def find(named: Sequence[Named], access: Access) -> list[Found]:
    """Look lots and locations up, three queries at most. A lot that the reader does not see is not there.

    :raises InvalidInput: naming `lines.0.lot` or `lines.0.location` that is not there, or is one of several.
    """
    lots = _lots([row for row in named if isinstance(row.lot, str)], access)
    hidden = _hidden({row.lot for row in named if isinstance(row.lot, int)}, access)
    locations = _locations([row for row in named if isinstance(row.location, str)])
    errors = {f"{row.field}.lot": f"There is no lot {row.lot}." for row in named if row.lot in hidden}
    found = [
        Found(
            _one(row.lot, lots.get((row.item_id, str(row.lot).lower()), []), f"{row.field}.lot", errors),
            _one(
                row.location,
                locations.get((row.site_id, str(row.location).lower()), []),
                f"{row.field}.location",
                errors,
            ),
        )
        for row in named
    ]
    if errors:
        raise InvalidInput(errors=errors)
    return found


def chosen_lines(lines: Iterable[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The order's line that each row names by `line` (its id) or `line_no`.

    :raises InvalidInput: naming each `lines.0.line` that the order does not have.
    """
    known = {line.pk: line for line in lines}
    by_number = {line.line_no: line for line in known.values()}
    chosen = [known.get(row["line"]) if "line" in row else by_number.get(row.get("line_no", 0)) for row in rows]
    errors = {
        f"lines.{place}.line": f"The order has no line {row.get('line', row.get('line_no', 'without a number'))}."
        for place, (row, line) in enumerate(zip(rows, chosen, strict=True))
        if line is None
    }
    if errors:
        raise InvalidInput(errors=errors)
    return chosen


def _one(key: Key | None, ids: list[int], field: str, errors: dict[str, str]) -> int | None:
    if key is None or isinstance(key, int):
        return key
    if len(ids) != 1:
        errors[field] = f"There is no “{key}” here." if not ids else f"“{key}” is the key of several; give the id."
        return None
    return ids[0]


def _hidden(lot_ids: set[int], access: Access) -> set[int]:
    return lot_ids - set(masters.lots(access).filter(pk__in=lot_ids).values_list("pk", flat=True)) if lot_ids else set()


def _lots(rows: Sequence[Named], access: Access) -> dict[tuple[int, str], list[int]]:
    if not rows:
        return {}
    lots = (
        masters.lots(access)
        .annotate(_key=Lower("number"))
        .filter(item_id__in={row.item_id for row in rows}, _key__in={str(row.lot).lower() for row in rows})
    )
    return _grouped(lots.values_list("item_id", "_key", "pk"))


def _locations(rows: Sequence[Named]) -> dict[tuple[int, str], list[int]]:
    if not rows:
        return {}
    locations = Location.objects.annotate(_key=Lower("code")).filter(
        site_id__in={row.site_id for row in rows}, _key__in={str(row.location).lower() for row in rows}
    )
    return _grouped(locations.values_list("site_id", "_key", "pk"))


def _grouped(rows: Any) -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = {}
    for around_id, key, row_id in rows:
        found.setdefault((around_id, key), []).append(row_id)
    return found
