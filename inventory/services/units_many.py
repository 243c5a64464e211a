"""Many units at once, by code, for imports."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Lower

from core.errors import InvalidInput
from core.upserts import Put, Wanted, put
from inventory.models import UnitOfMeasure
from inventory.services.items import require_some_planner
from sites import access


def put_many(rows: Sequence[tuple[str, Mapping[str, Any]]], *, actor: Any) -> Put[UnitOfMeasure]:
    """Write units by code; what is not given stays.

    :raises InvalidInput: for fewer decimals than a unit has: quantities that are there might not fit.
    """
    require_some_planner(actor, roles=access.ADMINISTRATORS)
    codes = {code.lower() for code, _ in rows}
    units = UnitOfMeasure.objects.annotate(_key=Lower("code")).filter(_key__in=codes)
    known = {unit.code.lower(): unit for unit in units}
    wanted = []
    for code, fields in rows:
        unit = known.get(code.lower())
        if unit is not None and fields.get("decimals", unit.decimals) < unit.decimals:
            text = f"{unit.code} has {unit.decimals} decimals; there can only be more."
            raise InvalidInput(errors={"decimals": text})
        wanted.append(Wanted(unit, dict(fields) if unit else {"name": code, **fields, "code": code}))
    return put(UnitOfMeasure, wanted)
