"""Work centers, skills, tools, reasons and teams: entered and changed alike, archived, never deleted."""

from datetime import datetime
from typing import Any, TypeVar

from core import versions
from core.errors import Forbidden, InvalidInput, plain
from core.models import Master
from core.quantities import to_decimal
from core.transactions import service
from production.models import Operator, Reason, Skill, Team, Tool, WorkCenter
from sites import checking, events
from sites.access import PLANNERS, Access, access_of, require
from sites.models import Site
from sites.rules import check_code

Row = TypeVar("Row", bound=Master)

NOUNS: dict[type[Master], str] = {
    WorkCenter: "work_center",
    Skill: "skill",
    Tool: "tool",
    Reason: "reason",
    Team: "team",
    Operator: "operator",
}
# What the owner of the goods plans as well, at a site that another company operates.
_PLANNED = (WorkCenter, Tool)
_ABOVE_ZERO = ("parallel_machines", "efficiency_factor")
RATES = ("machine_rate_per_hour", "labor_rate_per_hour", "overhead_rate_per_hour")


@service
def create(model: type[Row], *, actor: Any, **values: Any) -> Row:
    """A new row of one of `NOUNS`; its name is the code unless given. Emits `<noun>.created`.

    :raises InvalidInput: naming the field, above all a code that is taken.
    """
    site = values.get("site")
    _require(model, site, actor)
    _check_rates(model, site, values, actor)
    _check_numbers(values)
    values["code"] = check_code(values["code"])
    row = checking.insert(model(**{"name": values["code"], **values}))
    record("created", row, actor)
    return row


@service
def edit(row: Row, *, expected: int | None = None, actor: Any, **changes: Any) -> Row:
    """Change a row; what is not named stays, and so does its site. Emits `<noun>.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    site = getattr(row, "site", None)
    _require(type(row), site, actor)
    if changes.get("site", site) != site:
        raise InvalidInput(errors={"site": "It stays where it is; archive it and enter another."})
    changes.pop("site", None)
    _check_rates(type(row), site, changes, actor)
    _check_numbers(changes)
    if "code" in changes:
        changes["code"] = check_code(changes["code"])
    row = checking.update(row, expected=expected, changes=changes)
    record("changed", row, actor)
    return row


@service
def archive(row: Row, *, now: datetime, actor: Any) -> Row:
    """Put a row away: nothing new names it. Emits `<noun>.archived`."""
    _require(type(row), getattr(row, "site", None), actor)
    if row.archived_at is None:
        row = versions.edit(row, archived_at=now)
        record("archived", row, actor)
    return row


@service
def restore(row: Row, *, actor: Any) -> Row:
    """Take an archived row back. Emits `<noun>.changed`."""
    _require(type(row), getattr(row, "site", None), actor)
    if row.archived_at is not None:
        row = versions.edit(row, archived_at=None)
        record("changed", row, actor)
    return row


def record(verb: str, row: Master, actor: Any) -> None:
    """Record `<noun>.<verb>`, heard by the site's operator and people; without a site by all planners' companies."""
    site: Site | None = getattr(row, "site", None)
    events.record(
        f"{NOUNS[type(row)]}.{verb}",
        row.pk,
        company_ids=[site.company_id] if site else sorted(access_of(actor).company_ids) if actor else [],
        site_ids=[site.pk] if site else [],
        actor=actor,
    )


def may_change(access: Access, model: type[Master], site: Site | None) -> bool:
    """Whether a reader enters and changes rows of a site.

    So do the planners of its operator; for a work center or tool those of its default owner too, who plan what is done
    there; where there is no site, who plans for a company as a whole.
    """
    if site is None:
        return access.is_superuser or bool(access.company_ids_of(PLANNERS))
    if model in _PLANNED and access.has_role(PLANNERS, company_id=site.default_owner_id):
        return True
    return access.has_role(PLANNERS, company_id=site.company_id, site_id=site.pk)


def _require(model: type[Master], site: Site | None, actor: Any) -> None:
    if actor is None:
        return
    access = access_of(actor)
    if may_change(access, model, site):
        return
    if site is None:
        raise Forbidden("Only a planner of a company may change what is for all sites.")
    if model in _PLANNED and access.sees(company_id=site.default_owner_id):
        raise Forbidden("You may see this, but not change it.")
    require(actor, company_id=site.company_id, site_id=site.pk, roles=PLANNERS)


def _check_rates(model: type[Master], site: Site | None, values: dict[str, Any], actor: Any) -> None:
    """Rates are the site's operator's own: nobody else enters them."""
    if model is not WorkCenter or site is None or actor is None:
        return
    named = [name for name in RATES if values.get(name)]
    if named and not access_of(actor).sees_prices(site.company_id):
        raise InvalidInput(errors=dict.fromkeys(named, f"Only {site.code}'s operator enters rates."))


def _check_numbers(values: dict[str, Any]) -> None:
    """What the table's one check says of all numbers together, told of each."""
    errors = {}
    for name in values.keys() & {*RATES, *_ABOVE_ZERO}:
        number = to_decimal(values[name], field=name)
        if number < 0 or (number == 0 and name in _ABOVE_ZERO):
            errors[name] = f"{plain(number)} is not allowed; {'above 0' if name in _ABOVE_ZERO else '0 or more'}."
    if errors:
        raise InvalidInput(errors=errors)
