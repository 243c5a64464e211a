"""What a command means when it is applied, at once or by a supervisor, and whether it may be now."""

from floor.choices import CommandKind, CommandState
from floor.drafts import Meant
from floor.errors import EarlierConflict
from floor.models import FloorCommand


def meant(command: FloorCommand) -> Meant:
    """A command as it is applied, with what a supervisor has changed of it."""
    return Meant(
        kind=command.kind,
        site_id=command.site_id,
        device_id=command.device_id,
        task_id=command.task_id,
        operator=command.operator,
        payload={**command.payload, **command.changed},
        device_at=command.device_at,
        happened_at=command.happened_at,
    )


def refuse_after_conflict(command: FloorCommand) -> None:
    """A task is not finished while something that was done at it before waits for a supervisor.

    :raises EarlierConflict: naming the oldest of them.
    """
    if command.kind != CommandKind.FINISH or command.task_id is None:
        return
    rows = FloorCommand.objects.filter(task=command.task_id, state=CommandState.CONFLICT)
    if command.pk:
        rows = rows.filter(pk__lt=command.pk)
    earlier = rows.order_by("pk").first()
    if earlier is not None:
        raise EarlierConflict(
            "Something done at this task before waits for a supervisor. Settle that first.", earlier=earlier.pk
        )
