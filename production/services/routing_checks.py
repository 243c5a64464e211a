"""What a routing may say, checked before it is written; nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.dates import check_dates
from core.errors import InvalidInput
from core.quantities import fits, to_decimal
from inventory.models import Item, ItemCompany
from production.choices import OrderKind
from production.models import Attachment, Operation, OperationAlternative, OperationInstruction, Routing, Skill, Tool
from production.routing_drafts import (
    AlternativeDraft,
    InstructionDraft,
    OperationChange,
    OperationDraft,
    OperationEdit,
)
from production.selectors import masters
from sites.access import access_of

HEAD = ("kind", "code", "revision", "valid_from_on", "valid_until_on")
_TIMES = ("setup_time_minutes", "run_time_minutes_per_unit", "queue_time_minutes")
_NUMBERS = (*_TIMES, "overlap_quantity", "yield_factor", "service_unit_price")
OPERATION = ("number", "name", "work_center_id", *_NUMBERS)
_LISTS = ("skill_ids", "tool_ids", "alternatives", "instructions")
_DECIMALS = {"overlap_quantity": 6, "service_unit_price": 8}
_STEP = 10
# Numbers of operations stay below; those above are for the moment in which two change places.
FREE_NUMBERS = 10**9


@dataclass(slots=True)
class EditedOperation:
    """An operation with checked values, and the lists it shall have; a list of None stays as it is."""

    operation: Operation
    field: str
    skill_ids: Sequence[int] | None = None
    tool_ids: Sequence[int] | None = None
    alternatives: Sequence[AlternativeDraft] | None = None
    instructions: Sequence[InstructionDraft] | None = None

    def alternatives_of(self) -> list[OperationAlternative]:
        """The rows of `alternatives`."""
        names = ("setup_time_minutes", "run_time_minutes_per_unit", "service_unit_price")
        rows = []
        for place, one in enumerate(self.alternatives or ()):
            at = f"{self.field}.alternatives.{place}"
            numbers = {name: _number(getattr(one, name), name, at, is_optional=True) for name in names}
            rows.append(
                OperationAlternative(
                    operation=self.operation,
                    work_center_id=one.work_center_id,
                    preference=one.preference,
                    **numbers,
                )
            )
        return rows

    def instructions_of(self) -> list[OperationInstruction]:
        """The rows of `instructions`, numbered as they come."""
        return [
            OperationInstruction(
                operation=self.operation, number=number, text=one.text, attachment_id=one.attachment_id
            )
            for number, one in enumerate(self.instructions or (), start=1)
        ]


@dataclass(slots=True)
class Edited:
    """All operations that the routing shall have, and those that go."""

    operations: list[EditedOperation]
    removed_ids: list[int]
    is_renumbered: bool = False


def checked_head(values: dict[str, Any]) -> dict[str, Any]:
    """The head's fields, checked; only those that are given."""
    if unknown := values.keys() - set(HEAD):
        raise InvalidInput(errors=dict.fromkeys(sorted(unknown), "There is no such field to change."))
    check_dates(values)
    if "kind" in values and values["kind"] not in OrderKind.values:
        raise InvalidInput(errors={"kind": f"“{values['kind']}” is none of {', '.join(OrderKind.values)}."})
    return dict(values)


def edited(routing: Routing, known: Mapping[int, Operation], edits: Sequence[OperationEdit]) -> Edited:
    """The operations after the edits; those known that no edit names stay.

    :raises InvalidInput: naming each field that is wrong.
    """
    rows = {pk: EditedOperation(operation, "operations") for pk, operation in known.items()}
    before = {pk: operation.number for pk, operation in known.items()}
    new: list[EditedOperation] = []
    last = max(before.values(), default=0)
    removed = []
    for place, edit in enumerate(edits):
        field = f"operations.{place}"
        if isinstance(edit, OperationDraft):
            values = {name: getattr(edit, name) for name in (*OPERATION, *_LISTS)}
            values["number"] = values["number"] or (last // _STEP + 1) * _STEP
            last = max(last, values["number"])
            new.append(_put(EditedOperation(Operation(routing=routing), field), values))
        elif edit.line_id not in rows:
            raise InvalidInput(errors={f"{field}.id": f"{routing} has no operation {edit.line_id}."})
        elif isinstance(edit, OperationChange):
            rows[edit.line_id].field = field
            _put(rows[edit.line_id], edit.values)
        else:
            removed.append(edit.line_id)
            del rows[edit.line_id]
    is_renumbered = any(row.operation.number != before[pk] for pk, row in rows.items())
    return Edited([*rows.values(), *new], removed, is_renumbered)


def check(routing: Routing, edited: Edited, *, actor: Any) -> None:
    """What only the routing as a whole can tell.

    :raises InvalidInput: naming each field that is wrong.
    """
    errors: dict[str, str] = {}
    begins, ends = routing.valid_from_on, routing.valid_until_on
    if begins and ends and ends <= begins:
        errors["valid_until_on"] = f"{ends} is not after {begins}, when it begins."
    if not edited.operations:
        errors["operations"] = "A routing needs at least one operation."
    seen: set[int] = set()
    for one in edited.operations:
        if one.operation.number in seen:
            errors[f"{one.field}.number"] = f"There are two operations {one.operation.number}."
        seen.add(one.operation.number)
    errors |= _item_errors(routing) | _reference_errors(routing, edited, actor)
    if not errors and _is_taken(routing):
        errors["revision"] = "There is one already for this item, site, company, kind, revision and first day."
    if errors:
        raise InvalidInput(errors=errors)


def _put(row: EditedOperation, values: Mapping[str, Any]) -> EditedOperation:
    field, operation = row.field, row.operation
    if unknown := values.keys() - {*OPERATION, *_LISTS}:
        raise InvalidInput(errors={f"{field}.{name}": "There is no such field to change." for name in sorted(unknown)})
    for name, value in values.items():
        if name in _LISTS:
            setattr(row, name, value)
        else:
            setattr(operation, name, _number(value, name, field) if name in _NUMBERS else value)
    errors = {}
    if not 0 < operation.number < FREE_NUMBERS:
        errors[f"{field}.number"] = f"{operation.number} is no number of an operation, such as 10."
    if not operation.name.strip():
        errors[f"{field}.name"] = "What is done there?"
    if not 0 < operation.yield_factor <= 1:
        errors[f"{field}.yield_factor"] = f"{operation.yield_factor} is not allowed; above 0 and at most 1."
    if errors:
        raise InvalidInput(errors=errors)
    row.alternatives_of()
    return row


def _number(value: object, name: str, field: str, *, is_optional: bool = False) -> Decimal | None:
    if value is None and (is_optional or name == "service_unit_price"):
        return None
    number, decimals = to_decimal(value, field=f"{field}.{name}"), _DECIMALS.get(name, 10)
    if not fits(number, decimals):
        raise InvalidInput(errors={f"{field}.{name}": f"{number} has more than {decimals} decimals."})
    # What numeric(20,10) can hold.
    if not 0 <= number < 10**10:
        raise InvalidInput(errors={f"{field}.{name}": f"{number} is not allowed; it is 0 or more, below 10^10."})
    return number


def _item_errors(routing: Routing) -> dict[str, str]:
    any_sight = ItemCompany.objects.filter(item_id=OuterRef("pk"))
    items = Item.objects.filter(pk=routing.item_id)
    if routing.company_id is not None:
        items = items.filter(~Exists(any_sight) | Exists(any_sight.filter(company_id=routing.company_id)))
    return {} if items.exists() else {"item": "Not found."}


def _reference_errors(routing: Routing, edited: Edited, actor: Any) -> dict[str, str]:
    """Work centers, skills, tools and files that the writer may name; an archived one only where it stands already."""
    errors: dict[str, str] = {}
    centers = {}
    files = {}
    for one in edited.operations:
        centers[f"{one.field}.work_center"] = one.operation.work_center_id
        seen = {one.operation.work_center_id}
        for place, other in enumerate(one.alternatives or ()):
            centers[f"{one.field}.alternatives.{place}.work_center"] = other.work_center_id
            if other.work_center_id in seen:
                errors[f"{one.field}.alternatives.{place}.work_center"] = "It is named already."
            seen.add(other.work_center_id)
        for place, step in enumerate(one.instructions or ()):
            files[f"{one.field}.instructions.{place}.attachment"] = step.attachment_id
    rows = masters.WorkCenter.objects.all() if actor is None else masters.work_centers(access_of(actor))
    errors |= _missing(centers, rows)
    errors |= _missing(files, Attachment.objects.filter(company_id=routing.company_id) if routing.company_id else
                       Attachment.objects.all())  # fmt: skip
    for name, model in (("skill", Skill), ("tool", Tool)):
        named = {
            f"{one.field}.{name}s.{place}": pk
            for one in edited.operations
            for place, pk in enumerate(getattr(one, f"{name}_ids") or ())
        }
        errors |= _missing(named, model._default_manager.all())
    return errors


def _missing(named: Mapping[str, int | None], rows: Any) -> dict[str, str]:
    wanted = {pk for pk in named.values() if pk is not None}
    known = set(rows.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    return {field: "Not found." for field, pk in named.items() if pk is not None and pk not in known}


def _is_taken(routing: Routing) -> bool:
    same = Routing.objects.filter(
        Q(company_id=routing.company_id, site_id=routing.site_id),
        item_id=routing.item_id,
        kind=routing.kind,
        revision=routing.revision,
        valid_from_on=routing.valid_from_on,
    )
    return same.exclude(pk=routing.pk).exists()
