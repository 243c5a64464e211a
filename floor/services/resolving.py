"""Conflicts on the shop floor: a supervisor applies what was meant after all, as it is or changed, or dismisses it."""

from datetime import datetime
from typing import Any

from core.errors import DomainError, InvalidInput, WrongState
from core.transactions import service
from floor import events, locks
from floor.access import require_supervisor
from floor.choices import CommandState
from floor.errors import EarlierConflict
from floor.models import FloorCommand
from floor.services.applying import apply
from floor.services.judging import meant, refuse_after_conflict

# What may be changed: how much, of what, and why.
CHANGEABLE = frozenset({"good", "scrap", "rework", "quantity", "lot", "item", "reason", "serial_numbers"})


@service
def retry(
    command_id: int, *, changes: dict[str, Any] | None = None, is_today: bool = False, now: datetime, actor: Any
) -> FloorCommand:
    """Apply a command in conflict after all, with other quantities, lot or reason if given, in the supervisor's name.

    It is booked when it happened; `is_today` books it now, for a period that is closed. Commands that waited for it are
    tried again after it. Locks the device, the command, then what the service needs. Emits `floor_command.applied`.

    :raises WrongState: when it is no conflict any more.
    :raises DomainError: when it is refused again; nothing has changed then.
    """
    command = _locked(command_id, actor)
    if unknown := sorted((changes or {}).keys() - CHANGEABLE):
        raise InvalidInput(errors=dict.fromkeys(unknown, "This can't be changed."))
    command.changed = {name: value for name, value in (changes or {}).items() if value is not None}
    if is_today:
        command.happened_at = now
    _apply(command, now=now, actor=actor)
    _go_on(command, now=now, actor=actor)
    return command


@service
def dismiss(command_id: int, *, reason: str, now: datetime, actor: Any) -> FloorCommand:
    """Let a command in conflict be as if it had not been done; it stays on record with the reason.

    Commands that waited for it are tried again. Emits `floor_command.dismissed`.

    :raises InvalidInput: without a reason.
    :raises WrongState: when it is no conflict any more.
    """
    if not reason.strip():
        raise InvalidInput(errors={"reason": "Say why it does not count."})
    command = _locked(command_id, actor)
    _settle(command, CommandState.DISMISSED, reason.strip()[:500], now=now, actor=actor)
    _go_on(command, now=now, actor=actor)
    return command


def dismiss_undone(command: FloorCommand, *, now: datetime) -> None:
    """Dismiss a conflict that its operator has undone himself. The caller holds the device's lock."""
    _settle(command, CommandState.DISMISSED, "Undone by the operator.", now=now, actor=None)


def _locked(command_id: int, actor: Any) -> FloorCommand:
    device_id = FloorCommand.objects.filter(pk=command_id).values_list("device", flat=True).first()
    if device_id is not None:
        locks.device(device_id)
    command = locks.command(command_id)
    require_supervisor(actor, command.site)
    if command.state != CommandState.CONFLICT:
        raise WrongState("This has been settled before.", state=str(command.state))
    return command


def _apply(command: FloorCommand, *, now: datetime, actor: Any) -> None:
    refuse_after_conflict(command)
    command.result = apply(meant(command), now=now, actor=actor)
    _settle(command, CommandState.APPLIED, "", now=now, actor=actor)


def _settle(command: FloorCommand, state: str, resolution: str, *, now: datetime, actor: Any) -> None:
    command.state, command.resolution = state, resolution
    command.resolved_at, command.resolved_by = now, actor
    command.save(
        update_fields=["state", "resolution", "resolved_at", "resolved_by", "result", "changed", "happened_at"]
    )
    events.record_command("applied" if state == CommandState.APPLIED else "dismissed", command, actor=actor)


def _go_on(settled: FloorCommand, *, now: datetime, actor: Any) -> None:
    """Try again what was kept only because the task had a conflict before it; what is refused stays one."""
    if settled.task_id is None:
        return
    waiting = FloorCommand.objects.filter(
        task=settled.task_id, state=CommandState.CONFLICT, problem__code=EarlierConflict.code, device=settled.device_id
    )
    for command_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        try:
            command = locks.command(command_id)
            _attempt(command, now=now, actor=actor)
        except DomainError:
            return


@service
def _attempt(command: FloorCommand, *, now: datetime, actor: Any) -> None:
    _apply(command, now=now, actor=actor)
