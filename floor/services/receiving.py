"""What tablets send: each command is applied once, in the order in which it was done.

A command comes with the tablet's own `uuid` and number. The same `uuid` again is answered as the first time. Numbers
leave no gap: what comes too early waits on the tablet until what is missing has come. What the services refuse is kept
as a conflict for a supervisor, and the next commands go on: each is judged by itself, as things stand then. Commands
that follow one another at one task are tried in one go, which costs a tenth; where one of them is refused, nothing of
it was written, and the halves are tried, down to the one that becomes a conflict. Two kinds build on what came before:
`finish` is kept too while another command of its task is in conflict, for a finished task takes no report any more;
`undo_last` of a command in conflict dismisses that one.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction

from core.dates import EARLIEST
from core.errors import Busy, DomainError
from core.transactions import service
from floor import events, locks
from floor.choices import CommandKind, CommandState
from floor.drafts import Answer, CommandDraft
from floor.errors import DeviceRevoked, SequenceGap, SequenceUsed, UnknownOperator
from floor.models import Device, FloorCommand
from floor.services import operators
from floor.services.applying import TOGETHER, apply, apply_together
from floor.services.judging import meant, refuse_after_conflict
from floor.services.resolving import dismiss_undone
from production.models import Operator, Task

log = logging.getLogger(__name__)

MOST_COMMANDS = 500
# So many at a time hold a task's order for some tenths of a second.
MOST_TOGETHER = 100
# A revoked tablet brings what it had waiting, and cannot fill the database.
MOST_FROM_REVOKED = 5_000
_BEGINNING = datetime.combine(EARLIEST, datetime.min.time()).astimezone()


@dataclass
class Batch:
    """What holds for all commands of one request: how far the tablet's clock is behind ours, and whom it proved."""

    device_id: int
    behind: timedelta
    now: datetime
    known: dict[tuple[str, str], Operator] = field(default_factory=dict)


def receive(device_id: int, drafts: Sequence[CommandDraft], *, sent_at: datetime | None, now: datetime) -> list[Answer]:
    """Take a batch of a tablet's commands in order of their numbers; answers stand in the order of `drafts`.

    `sent_at` is when it sent them, by its own clock: what lies between that and our `now` corrects its times. What is
    answered is committed, so whatever interrupts a batch, it is sent again and nothing is lost.

    :raises Busy: when a lock took too long; the tablet tries again.
    """
    batch = Batch(device_id, now - sent_at if sent_at else timedelta(), now)
    answers: dict[Any, Answer] = {}
    for run in _runs(sorted(drafts, key=lambda draft: draft.sequence)):
        answers |= {answer.uuid: answer for answer in _receive_run(batch, run)}
    return [answers[draft.uuid] for draft in drafts]


def _runs(drafts: Sequence[CommandDraft]) -> Iterator[list[CommandDraft]]:
    """What follows one another at one task and can be done in one go; everything else by itself."""
    run: list[CommandDraft] = []
    for draft in drafts:
        if run and not (len(run) < MOST_TOGETHER and _goes_with(run[-1], draft)):
            yield run
            run = []
        run.append(draft)
    if run:
        yield run


def _goes_with(last: CommandDraft, draft: CommandDraft) -> bool:
    follows = (draft.task_id, draft.sequence) == (last.task_id, last.sequence + 1)
    return follows and last.kind in TOGETHER and draft.kind in TOGETHER


def _receive_run(batch: Batch, run: Sequence[CommandDraft]) -> list[Answer]:
    if len(run) == 1:
        return [_receive_one(batch, run[0])]
    try:
        return [told(command) for command in _receive_together(batch, run)]
    except (OperationalError, Busy):
        raise
    except Exception as error:  # whatever it is, the one command that it belongs to will say so
        if not isinstance(error, DomainError):
            log.info("%d commands of device %s could not be done in one go: %s", len(run), batch.device_id, error)
    middle = len(run) // 2
    return [*_receive_run(batch, run[:middle]), *_receive_run(batch, run[middle:])]


def _receive_one(batch: Batch, draft: CommandDraft) -> Answer:
    try:
        return told(_receive(batch, draft))
    except SequenceGap as error:
        return Answer(draft.uuid, "waiting", problem=problem_of(error))
    except (SequenceUsed, DeviceRevoked) as error:
        return Answer(draft.uuid, "refused", problem=problem_of(error))


def told(command: FloorCommand) -> Answer:
    """What the tablet hears of a command, the first time and again."""
    return Answer(command.uuid, str(command.state), command.result, command.problem)


def problem_of(error: DomainError) -> dict[str, Any]:
    """A refusal as it is kept and told: code, message, and the numbers."""
    fields = {"errors": errors} if (errors := getattr(error, "errors", None)) else {}
    return {"code": error.code, "message": error.message, **error.details, **fields}


@service
def _receive_together(batch: Batch, run: Sequence[CommandDraft]) -> list[FloorCommand]:
    """Apply all of them or none; whatever hinders one of them is raised."""
    device = locks.device(batch.device_id)
    _check_sequence(device, run[0])
    task = _task(device, run[0])
    commands = []
    for draft in run:
        command = _command(batch, device, draft, task)
        command.operator = _operator(batch, device, command, draft)
        refuse_after_conflict(command)
        device.last_happened_at = command.happened_at
        commands.append(command)
    _check_device(device)
    results = apply_together([meant(command) for command in commands], now=batch.now, actor=None)
    for command, result in zip(commands, results, strict=True):
        command.result = result
    FloorCommand.objects.bulk_create(commands)
    device.last_sequence = run[-1].sequence
    device.save(update_fields=["last_sequence", "last_happened_at"])
    return commands


@service
def _receive(batch: Batch, draft: CommandDraft) -> FloorCommand:
    device = locks.device(batch.device_id)
    known = FloorCommand.objects.filter(device=device, uuid=draft.uuid).first()
    if known is not None:
        return known
    _check_sequence(device, draft)
    command = _command(batch, device, draft, _task(device, draft))
    try:
        # A savepoint: what the refused step had written is undone, the command stays.
        with transaction.atomic():
            _apply(batch, device, command, draft)
    except (OperationalError, Busy):
        raise
    except DomainError as error:
        _keep(command, problem_of(error))
    except Exception:
        log.exception("Command %s of device %s failed", draft.uuid, device.pk)
        _keep(command, {"code": "failed", "message": "This could not be done, for a fault of the program."})
    command.save(force_insert=True)
    device.last_sequence, device.last_happened_at = draft.sequence, command.happened_at
    device.save(update_fields=["last_sequence", "last_happened_at"])
    if command.state == CommandState.CONFLICT:
        events.record_command("refused", command, actor=None)
    return command


def _check_sequence(device: Device, draft: CommandDraft) -> None:
    if draft.sequence <= device.last_sequence:
        raise SequenceUsed(
            f"Another command has number {draft.sequence}; count on from {device.last_sequence}.",
            last_sequence=device.last_sequence,
        )
    if draft.sequence > device.last_sequence + 1:
        raise SequenceGap(f"Number {device.last_sequence + 1} has not come yet.", last_sequence=device.last_sequence)
    if device.revoked_at and device.last_sequence >= MOST_FROM_REVOKED:
        waiting = FloorCommand.objects.filter(device=device, received_at__gte=device.revoked_at).count()
        if waiting >= MOST_FROM_REVOKED:
            raise DeviceRevoked(f"{device.name} was revoked, and has sent {waiting} commands since.")


def _task(device: Device, draft: CommandDraft) -> Task | None:
    return Task.objects.filter(pk=draft.task_id, site=device.site_id).first() if draft.task_id else None


def _command(batch: Batch, device: Device, draft: CommandDraft, task: Task | None) -> FloorCommand:
    return FloorCommand(
        company_id=device.company_id,
        site=device.site,
        device=device,
        uuid=draft.uuid,
        sequence=draft.sequence,
        kind=draft.kind[:16],
        task=task,
        payload=draft.payload,
        device_at=draft.device_at,
        happened_at=_happened_at(batch, device, draft.device_at),
        received_at=batch.now,
        state=CommandState.APPLIED,
    )


def _happened_at(batch: Batch, device: Device, device_at: datetime) -> datetime:
    """By our clock: not after now, and not before what the tablet did last."""
    try:
        moment = device_at + batch.behind
    except OverflowError:
        moment = batch.now
    return min(max(moment, device.last_happened_at or _BEGINNING), batch.now)


def _apply(batch: Batch, device: Device, command: FloorCommand, draft: CommandDraft) -> None:
    command.operator = _operator(batch, device, command, draft)
    _check_device(device)
    undone = _undone(device, draft)
    if undone is not None and undone.state == CommandState.CONFLICT:
        dismiss_undone(undone, now=batch.now)
        command.result = {"dismissed": str(undone.uuid)}
        return
    refuse_after_conflict(command)
    event_id = undone.result.get("event") if undone is not None else None
    command.result = apply(meant(command), undone_event_id=event_id, now=batch.now, actor=None)


def _check_device(device: Device) -> None:
    if device.revoked_at:
        raise DeviceRevoked(f"{device.name} was revoked before this came in.")


def _operator(batch: Batch, device: Device, command: FloorCommand, draft: CommandDraft) -> Operator:
    said = (draft.badge, draft.proof)
    if draft.badge:
        if said not in batch.known:
            batch.known[said] = operators.by_badge(device, draft.badge)
        return batch.known[said]
    if not draft.proof:
        raise UnknownOperator("Nobody was signed in.")
    return operators.by_proof(device, draft.proof, at=command.happened_at)


def _undone(device: Device, draft: CommandDraft) -> FloorCommand | None:
    """The command that an undo names, the device's own."""
    if draft.kind != CommandKind.UNDO_LAST:
        return None
    try:
        uuid = UUID(str(draft.payload.get("of")))
    except ValueError:
        return None
    return FloorCommand.objects.filter(device=device, uuid=uuid, task=draft.task_id).first()


def _keep(command: FloorCommand, problem: dict[str, Any]) -> None:
    command.state, command.problem, command.result = CommandState.CONFLICT, problem, {}
