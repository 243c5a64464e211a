"""Making, changing and confirming transfers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core import numbers, versions
from core.clock import local_date
from core.dates import check_dates
from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import TransferState
from inventory.locks import documents as locks
from inventory.models import Transfer, TransferLine
from inventory.rules.transfers import Step, check
from inventory.selectors.ordering import Asked, Measured, measured
from inventory.selectors.transfers import arrival_on
from inventory.services import items
from inventory.services.orders.editing import next_line_no, refuse_unknown
from inventory.services.transfers import registers
from inventory.services.transfers.access import require_planner
from inventory.services.transfers.drafts import (
    TransferDraft,
    TransferLineChange,
    TransferLineDraft,
    TransferLineEdit,
)
from inventory.services.transfers.recording import record
from sites.access import PLANNERS, require
from sites.models import Company, Site

PREFIX = "TR"
_PLAIN = ("note", "external_reference", "carrier", "tracking_number")
_DATES = ("ship_by_on", "expected_on")


@service
def create(draft: TransferDraft, *, now: datetime, actor: Any) -> Transfer:
    """A new draft transfer with its lines, kept as DRAFT in both registers. Emits `transfer.created`.

    :raises InvalidInput: naming each field that is wrong, such as `lines.0.quantity`.
    """
    check_dates(vars(draft))
    origin, destination, company, owner = _parties(draft)
    require(actor, company_id=company.pk, site_id=origin.pk, roles=PLANNERS)
    sizes = _measured(company.pk, draft.lines, actor=actor)
    transfer = Transfer(
        company=company,
        owner=owner,
        origin=origin,
        destination=destination,
        ship_by_on=draft.ship_by_on or local_date(now, origin.time_zone),
        expected_on=draft.expected_on,
        carrier=draft.carrier,
        note=draft.note,
        external_reference=draft.external_reference,
        source_kind=draft.source_kind,
        source_id=draft.source_id,
        priority_id=draft.priority_id,
        created_by_id=getattr(actor, "pk", None),
    )
    _expect(transfer)
    lines = [_line(transfer, size, number) for number, size in enumerate(sizes, start=1)]

    (transfer.number,) = numbers.take(company.pk, PREFIX)
    transfer.save(force_insert=True)
    for line in lines:
        line.transfer_id = transfer.pk
    TransferLine.objects.bulk_create(lines)
    items.give_sight([size.item_id for size in sizes if size.is_first_use], company.pk)

    record("created", transfer, keys=registers.put(transfer, lines), actor=actor)
    return transfer


@service
def confirm(transfer_id: int, *, now: datetime, actor: Any) -> Transfer:
    """Confirm a transfer: both registers become FIRM. Locks it. Emits `transfer.confirmed`.

    Confirmed by hand and made for nothing else, it is served before all ranked orders.

    :raises WrongState: unless it is a draft or planned.
    """
    transfer = locks.transfer(transfer_id)
    require_planner(actor, transfer)
    check(transfer.state, Step.CONFIRM, number=transfer.number)

    transfer.state = TransferState.CONFIRMED
    transfer.version += 1
    transfer.save(update_fields=["state", "version"])

    record("confirmed", transfer, keys=registers.put(transfer, _lines(transfer)), actor=actor)
    return transfer


@service
def edit(
    transfer_id: int,
    changes: Mapping[str, Any],
    line_edits: Sequence[TransferLineEdit] = (),
    *,
    expected: int | None = None,
    now: datetime,
    actor: Any,
) -> Transfer:
    """Change a transfer that is not ended; what is not named stays. Its lines only while it is a draft.

    Without an `expected_on` of its own, a new `ship_by_on` moves it along. Locks it. Emits `transfer.changed`.

    :raises StaleVersion: when its version is no longer the one `expected`.
    :raises WrongState: when its state does not allow the change.
    """
    refuse_unknown(changes, allowed={*_PLAIN, *_DATES})
    check_dates(changes)
    transfer = locks.transfer(transfer_id)
    require_planner(actor, transfer)
    versions.check(transfer, expected)
    check(transfer.state, Step.EDIT_LINES if line_edits else Step.EDIT, number=transfer.number)

    for name, value in changes.items():
        setattr(transfer, name, value)
    if "ship_by_on" in changes and "expected_on" not in changes:
        transfer.expected_on = None
    _expect(transfer)
    lines, removed = _edited(transfer, _lines(transfer), line_edits, actor=actor)
    _write(transfer, lines, removed, are_dates_new=not changes.keys().isdisjoint(_DATES))

    keys = registers.put(transfer, lines) | registers.close(removed)
    record("changed", transfer, keys=keys, actor=actor)
    return transfer


def _parties(draft: TransferDraft) -> tuple[Site, Site, Company, Company]:
    sites = Site.objects.select_related("default_owner").in_bulk({draft.origin_id, draft.destination_id})
    companies = Company.objects.in_bulk({draft.company_id, draft.owner_id} - {None})
    errors = {}
    for field, site_id in (("origin", draft.origin_id), ("destination", draft.destination_id)):
        site = sites.get(site_id)
        if site is None or site.archived_at is not None:
            errors[field] = "Not found." if site is None else f"{site.code} is archived."
    if draft.origin_id == draft.destination_id:
        errors["destination"] = "A transfer goes to another site; within a site stock is relocated."
    for field, company_id in (("company", draft.company_id), ("owner", draft.owner_id)):
        if company_id is not None and company_id not in companies:
            errors[field] = "Not found."
    if not draft.lines:
        errors["lines"] = "A transfer needs at least one line."
    if errors:
        raise InvalidInput(errors=errors)
    origin = sites[draft.origin_id]
    company = companies[draft.company_id] if draft.company_id else origin.default_owner
    return origin, sites[draft.destination_id], company, companies[draft.owner_id] if draft.owner_id else company


def _measured(company_id: int, drafts: Sequence[TransferLineDraft], *, actor: Any, start: int = 0) -> list[Measured]:
    return measured(
        [
            Asked(company_id, draft.item_id, draft.quantity, f"lines.{place}", draft.unit_id)
            for place, draft in enumerate(drafts, start=start)
        ],
        actor=actor,
    )


def _expect(transfer: Transfer) -> None:
    """Fill in when it arrives; a date that is given must not lie before it leaves."""
    if transfer.ship_by_on is None:
        raise InvalidInput(errors={"ship_by_on": "Say when it leaves."})
    if transfer.expected_on is None:
        transfer.expected_on = arrival_on(
            company_id=transfer.company_id,
            origin=transfer.origin,
            destination=transfer.destination,
            ship_by_on=transfer.ship_by_on,
        )
    elif transfer.expected_on < transfer.ship_by_on:
        text = f"{transfer.expected_on} lies before {transfer.ship_by_on}, when it leaves."
        raise InvalidInput(errors={"expected_on": text})


def _line(transfer: Transfer, size: Measured, line_no: int) -> TransferLine:
    return TransferLine(
        transfer=transfer,
        company_id=transfer.company_id,
        site_id=transfer.origin_id,
        line_no=line_no,
        item_id=size.item_id,
        ordered_quantity=size.ordered_quantity,
        unit_id=size.unit_id,
        unit_factor=size.unit_factor,
        quantity=size.quantity,
        posted_quantity=Decimal(0),
        closed_quantity=Decimal(0),
        received_quantity=Decimal(0),
        lost_quantity=Decimal(0),
        need_by_on=transfer.ship_by_on,
        expected_on=transfer.expected_on,
    )


def _lines(transfer: Transfer) -> list[TransferLine]:
    return list(transfer.lines.order_by("line_no", "pk"))


def _edited(
    transfer: Transfer, lines: list[TransferLine], edits: Sequence[TransferLineEdit], *, actor: Any
) -> tuple[list[TransferLine], list[int]]:
    """The lines as they shall be (new ones unsaved), and the ids of those taken out."""
    by_id = {line.pk: line for line in lines}
    next_no = next_line_no(lines)
    removed: list[int] = []
    new: list[TransferLine] = []
    for place, edit_ in enumerate(edits):
        if isinstance(edit_, TransferLineDraft):
            (size,) = _measured(transfer.company_id, [edit_], actor=actor, start=place)
            items.give_sight([size.item_id] if size.is_first_use else [], transfer.company_id)
            new.append(_line(transfer, size, next_no + len(new)))
            continue
        line = by_id.get(edit_.line_id)
        if line is None:
            raise InvalidInput(errors={f"lines.{place}.id": f"{transfer.number} has no line {edit_.line_id}."})
        if isinstance(edit_, TransferLineChange):
            _resize(line, edit_, place, actor=actor)
        else:
            removed.append(edit_.line_id)
            del by_id[edit_.line_id]
    if not by_id and not new:
        raise InvalidInput(errors={"lines": "A transfer needs at least one line."})
    return [*by_id.values(), *new], removed


def _resize(line: TransferLine, change: TransferLineChange, place: int, *, actor: Any) -> None:
    if unknown := change.values.keys() - {"quantity", "unit_id"}:
        raise InvalidInput(errors={f"lines.{place}.{name}": "This can't be changed." for name in sorted(unknown)})
    draft = TransferLineDraft(
        item_id=line.item_id,
        quantity=change.values.get("quantity", line.ordered_quantity),
        unit_id=change.values.get("unit_id", line.unit_id),
    )
    (size,) = _measured(line.company_id, [draft], actor=actor, start=place)
    line.ordered_quantity, line.quantity = size.ordered_quantity, size.quantity
    line.unit_id, line.unit_factor = size.unit_id, size.unit_factor


def _write(transfer: Transfer, lines: Sequence[TransferLine], removed: Sequence[int], *, are_dates_new: bool) -> None:
    transfer.version += 1
    transfer.save(update_fields=[*_PLAIN, *_DATES, "version"])
    for line in lines:
        if are_dates_new:
            line.need_by_on, line.expected_on = transfer.ship_by_on, transfer.expected_on
    TransferLine.objects.filter(pk__in=list(removed)).delete()
    written = ["ordered_quantity", "quantity", "unit", "unit_factor", "need_by_on", "expected_on"]
    TransferLine.objects.bulk_update([line for line in lines if line.pk], written)
    TransferLine.objects.bulk_create([line for line in lines if not line.pk])
