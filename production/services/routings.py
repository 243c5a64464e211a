"""Routings: making, changing, putting away. Orders that are released keep what they froze."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import versions
from core.errors import InvalidInput
from core.transactions import service
from inventory.models import ItemCompany
from production import locks
from production.models import Operation, OperationAlternative, OperationInstruction, Routing
from production.routing_drafts import OperationEdit, RoutingDraft
from production.services import routing_checks as checks
from production.services.manufacturing_orders.reviewing import mark_changed
from sites import events
from sites.access import PLANNERS, require
from sites.models import Site


@service
def create(draft: RoutingDraft, *, now: datetime, actor: Any) -> Routing:
    """A new routing with its operations. Emits `routing.created`.

    :raises InvalidInput: naming each field that is wrong, such as `operations.0.work_center`.
    """
    site = Site.objects.filter(pk=draft.site_id, archived_at=None).first() if draft.site_id else None
    if draft.site_id and site is None:
        raise InvalidInput(errors={"site": "Not found."})
    company_id = draft.company_id or (site.default_owner_id if site else None)
    require(actor, company_id=company_id, site_id=draft.site_id, roles=PLANNERS)
    head = checks.checked_head({name: getattr(draft, name) for name in checks.HEAD})
    routing = Routing(item_id=draft.item_id, company_id=company_id, site=site, **head)
    edited = checks.edited(routing, {}, draft.operations)

    locks.structure()
    checks.check(routing, edited, actor=actor)

    routing.save(force_insert=True)
    _write(routing, edited)
    if company_id is not None:
        ItemCompany.objects.filter(item_id=draft.item_id, company_id=company_id, is_made=False).update(is_made=True)
    _record("created", routing, actor)
    return routing


@service
def change(
    routing_id: int,
    *,
    changes: dict[str, Any] | None = None,
    operation_edits: Sequence[OperationEdit] = (),
    expected: int | None = None,
    now: datetime,
    actor: Any,
) -> Routing:
    """Change fields of a routing and some of its operations; what is not named stays. Emits `routing.changed`.

    :raises StaleVersion: when the routing's version is no longer the one `expected`.
    :raises InvalidInput: as `create`.
    """
    changes = checks.checked_head(changes or {})

    locks.structure()
    routing = locks.routing(routing_id)
    require(actor, company_id=routing.company_id, site_id=routing.site_id, roles=PLANNERS)
    versions.check(routing, expected)
    if routing.archived_at is not None:
        raise InvalidInput(errors={"routing": f"{routing} is archived."})

    for name, value in changes.items():
        setattr(routing, name, value)
    known = {row.pk: row for row in routing.operations.order_by("number", "pk")}
    edited = checks.edited(routing, known, operation_edits)
    checks.check(routing, edited, actor=actor)

    routing.version += 1
    routing.save(update_fields=[*changes, "version"])
    _write(routing, edited)
    mark_changed(routing_id=routing.pk, reason=f"The routing {routing} has changed.", actor=actor)
    _record("changed", routing, actor)
    return routing


@service
def archive(routing_id: int, *, now: datetime, actor: Any) -> Routing:
    """Put a routing away: no new order follows it. Emits `routing.archived`."""
    routing = locks.routing(routing_id)
    require(actor, company_id=routing.company_id, site_id=routing.site_id, roles=PLANNERS)
    if routing.archived_at is None:
        routing.archived_at = now
        routing.version += 1
        routing.save(update_fields=["archived_at", "version"])
        _record("archived", routing, actor)
    return routing


def _write(routing: Routing, edited: checks.Edited) -> None:
    """The operations and their parts, a statement a table; numbers are swapped by way of ones that are free."""
    Operation.objects.filter(pk__in=list(edited.removed_ids)).delete()
    kept = [one.operation for one in edited.operations if one.operation.pk]
    if edited.is_renumbered:
        for operation in kept:
            Operation.objects.filter(pk=operation.pk).update(number=checks.FREE_NUMBERS + operation.pk % 10**8)
    for operation in kept:
        operation.version += 1
    Operation.objects.bulk_update(kept, [*checks.OPERATION, "version"])
    new = [one.operation for one in edited.operations if not one.operation.pk]
    for operation in new:
        operation.routing_id = routing.pk
    Operation.objects.bulk_create(new)
    for one in edited.operations:
        if one.skill_ids is not None:
            one.operation.skills.set(one.skill_ids)
        if one.tool_ids is not None:
            one.operation.tools.set(one.tool_ids)
    _write_parts(edited)


def _write_parts(edited: checks.Edited) -> None:
    """Alternatives and instructions of those that said which: the whole list of each."""
    said = [one for one in edited.operations if one.alternatives is not None]
    OperationAlternative.objects.filter(operation__in=[one.operation.pk for one in said]).delete()
    OperationAlternative.objects.bulk_create([part for one in said for part in one.alternatives_of()])
    said = [one for one in edited.operations if one.instructions is not None]
    OperationInstruction.objects.filter(operation__in=[one.operation.pk for one in said]).delete()
    OperationInstruction.objects.bulk_create([part for one in said for part in one.instructions_of()])


def _record(verb: str, routing: Routing, actor: Any) -> None:
    sites = [routing.site_id] if routing.site_id else []
    events.record(f"routing.{verb}", routing.pk, company_ids=[routing.company_id], site_ids=sites, actor=actor)
