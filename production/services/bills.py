"""Bills of materials: making, changing, putting away. An item is never a component of itself, at any level."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core import versions
from core.errors import InvalidInput
from core.transactions import service
from inventory.drafts import LevelKey
from inventory.models import ItemCompany
from production import events, locks
from production.drafts import BillDraft, BillLineEdit
from production.models import BillOfMaterials, BillOfMaterialsLine, BillOfMaterialsSubstitute
from production.services import bill_checks as checks
from production.services import lead_times
from production.services.manufacturing_orders.reviewing import mark_changed
from sites.access import PLANNERS, require
from sites.models import Site


@service
def create(draft: BillDraft, *, now: datetime, actor: Any) -> BillOfMaterials:
    """A new bill of materials with its lines. Emits `bill_of_materials.created`.

    Keeps other changes of recipes out until the commit.

    :raises InvalidInput: naming each field that is wrong, such as `lines.0.component`.
    :raises BillCycle: naming the way from the item back to itself.
    """
    site = _site(draft.site_id)
    company_id = draft.company_id or (site.default_owner_id if site else None)
    require(actor, company_id=company_id, site_id=draft.site_id, roles=PLANNERS)
    head = {name: getattr(draft, name) for name in checks.HEAD}
    bill = BillOfMaterials(item_id=draft.item_id, company_id=company_id, site=site, **checks.checked_head(head))
    lines = checks.new_lines(bill, draft.lines, "lines")

    locks.structure()

    checks.check(bill, lines)

    bill.save(force_insert=True)
    for line in lines:
        line.bill_id = bill.pk
    BillOfMaterialsLine.objects.bulk_create(lines)
    _write_substitutes(lines)
    if company_id is not None:
        ItemCompany.objects.filter(item_id=bill.item_id, company_id=company_id, is_made=False).update(is_made=True)
    _record("created", bill, now=now, actor=actor)
    return bill


@service
def change(
    bill_id: int,
    *,
    changes: dict[str, Any] | None = None,
    line_edits: Sequence[BillLineEdit] = (),
    expected: int | None = None,
    now: datetime,
    actor: Any,
) -> BillOfMaterials:
    """Change fields of a bill and some of its lines; what is not named stays. Emits `bill_of_materials.changed`.

    Orders that are released keep what they froze and are marked for review; planned ones take it on release.

    :raises StaleVersion: when the bill's version is no longer the one `expected`.
    :raises InvalidInput, BillCycle: as `create`.
    """
    changes = checks.checked_head(changes or {})

    locks.structure()
    bill = locks.bill(bill_id)
    require(actor, company_id=bill.company_id, site_id=bill.site_id, roles=PLANNERS)
    versions.check(bill, expected)
    if bill.archived_at is not None:
        raise InvalidInput(errors={"bill": f"{bill} is archived."})

    for name, value in changes.items():
        setattr(bill, name, value)
    kept, new, removed = checks.edited_lines(bill, line_edits)
    checks.check(bill, [*kept, *new])

    _write(bill, changes, kept, new, removed)
    mark_changed(bill_id=bill.pk, reason=f"The bill of materials {bill} has changed.", actor=actor)
    _record("changed", bill, now=now, actor=actor)
    return bill


@service
def archive(bill_id: int, *, now: datetime, actor: Any) -> BillOfMaterials:
    """Put a bill away: no new order follows it. Emits `bill_of_materials.archived`."""
    locks.structure()
    bill = locks.bill(bill_id)
    require(actor, company_id=bill.company_id, site_id=bill.site_id, roles=PLANNERS)
    if bill.archived_at is None:
        bill.archived_at = now
        bill.version += 1
        bill.save(update_fields=["archived_at", "version"])
        _record("archived", bill, now=now, actor=actor)
    return bill


def _site(site_id: int | None) -> Site | None:
    if site_id is None:
        return None
    site = Site.objects.filter(pk=site_id, archived_at=None).first()
    if site is None:
        raise InvalidInput(errors={"site": "Not found."})
    return site


def _write(
    bill: BillOfMaterials,
    changes: dict[str, Any],
    kept: Sequence[BillOfMaterialsLine],
    new: Sequence[BillOfMaterialsLine],
    removed: Sequence[int],
) -> None:
    bill.version += 1
    bill.save(update_fields=[*changes, "version"])
    BillOfMaterialsLine.objects.filter(pk__in=list(removed)).delete()
    BillOfMaterialsLine.objects.bulk_update(kept, [*checks.LINE, "component"])
    BillOfMaterialsLine.objects.bulk_create(new)
    _write_substitutes([*kept, *new])


def _write_substitutes(lines: Iterable[BillOfMaterialsLine]) -> None:
    """Those of the lines that said which: the whole list of each."""
    put = [line for line in lines if hasattr(line, "put_substitutes")]
    if not put:
        return
    BillOfMaterialsSubstitute.objects.filter(line__in=[line.pk for line in put]).delete()
    substitutes: list[BillOfMaterialsSubstitute] = [one for line in put for one in line.put_substitutes]
    for one in substitutes:
        one.line_id = one.line.pk
    BillOfMaterialsSubstitute.objects.bulk_create(substitutes)


def _record(verb: str, bill: BillOfMaterials, *, now: datetime, actor: Any) -> None:
    changed = [] if verb == "created" else [bill.pk]
    keys = lead_times.follow_bills([bill.item_id], on=now.date(), changed_bill_ids=changed)
    if verb != "archived" and bill.site is not None and bill.lead_time_days is not None:
        key = LevelKey(bill.item_id, bill.site.pk, bill.company_id or bill.site.default_owner_id)
        keys |= lead_times.put({key: bill.lead_time_days})
    events.record_bill(verb, bill, keys=keys, actor=actor)
