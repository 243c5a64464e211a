"""Lanes: how one company's goods get from site to site."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from core import versions
from core.transactions import service
from sites import access, checking, events, rules
from sites.models import Company, Lane, Site


class LaneFields(TypedDict, total=False):
    """Transit time in calendar days; costs in the company's currency; capacity per departure."""

    transit_days: int
    departure_weekdays: list[int]
    cost_per_kg: Decimal
    cost_per_unit: Decimal
    cost_per_shipment: Decimal
    capacity_kg: Decimal | None


@service
def create(*, company: Company, origin: Site, destination: Site, actor: Any, **fields: Unpack[LaneFields]) -> Lane:
    """A new lane; the company's planners may. Emits `lane.created`.

    :raises InvalidInput: naming the field, or the lane that is there already.
    """
    access.require(actor, company_id=company.pk, roles=access.PLANNERS)
    lane = checking.insert(Lane(company=company, origin=origin, destination=destination, **_clean(dict(fields))))
    _record("created", lane, actor)
    return lane


@service
def edit(lane: Lane, *, expected: int | None = None, actor: Any, **changes: Unpack[LaneFields]) -> Lane:
    """Change a lane's times, costs or capacity. Emits `lane.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    access.require(actor, company_id=lane.company_id, roles=access.PLANNERS)
    lane = checking.update(lane, expected=expected, changes=_clean(dict(changes)))
    _record("changed", lane, actor)
    return lane


@service
def archive(lane: Lane, *, now: datetime, actor: Any) -> Lane:
    """Put a lane away; transfers on their way keep going. Emits `lane.archived`."""
    access.require(actor, company_id=lane.company_id, roles=access.PLANNERS)
    lane = versions.edit(lane, archived_at=now)
    _record("archived", lane, actor)
    return lane


def _record(verb: str, lane: Lane, actor: Any) -> None:
    events.record(f"lane.{verb}", lane.pk, company_ids=[lane.company_id], actor=actor)


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    if "departure_weekdays" in values:
        values["departure_weekdays"] = rules.check_weekdays(values["departure_weekdays"])
    return values
