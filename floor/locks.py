"""Every lock that the shop floor takes. A device comes before any document: its commands are applied one by one.

Nothing that holds a document locks a device, so no circle can close.
"""

from core.errors import NotFound
from floor.models import Device, FloorCommand


def device(device_id: int) -> Device:
    """The device, locked, with its site.

    :raises NotFound: when there is none.
    """
    rows = Device.objects.select_for_update(no_key=True, of=("self",)).select_related("site")
    found = rows.filter(pk=device_id).first()
    if found is None:
        raise NotFound(f"There is no device {device_id}.")
    return found


def command(command_id: int) -> FloorCommand:
    """A command, locked. The caller holds its device.

    :raises NotFound: when there is none.
    """
    rows = FloorCommand.objects.select_for_update(no_key=True, of=("self",)).select_related("site", "task", "operator")
    found = rows.filter(pk=command_id).first()
    if found is None:
        raise NotFound(f"There is no command {command_id}.")
    return found
