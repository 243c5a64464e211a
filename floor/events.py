"""What the shop floor tells the world; the people of the site's operator hear of it."""

from typing import Any

from floor.models import Device, FloorCommand
from sites import events


def record_device(verb: str, device: Device, *, actor: Any) -> None:
    """Record `device.<verb>`."""
    events.record(f"device.{verb}", device.pk, company_ids=[device.company_id], site_ids=[device.site_id], actor=actor)


def record_command(verb: str, command: FloorCommand, *, actor: Any) -> None:
    """Record `floor_command.<verb>`: refused, applied, dismissed. What was applied at once is the task's own event."""
    events.record(
        f"floor_command.{verb}", command.pk, company_ids=[command.company_id], site_ids=[command.site_id], actor=actor
    )
