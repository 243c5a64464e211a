"""Tablets: made with a one-time code, enrolled by whoever types it on the tablet, revoked when lost."""

from datetime import datetime, timedelta
from typing import Any

from core.errors import InvalidInput, WrongState
from core.transactions import service
from floor import events, locks, throttle
from floor.access import require_supervisor
from floor.errors import DeviceRevoked, NotEnrolled
from floor.models import Device
from floor.tokens import LONGEST, code_of, digest_of, new_code, new_token
from production.models import WorkCenter
from sites import checking
from sites.models import Site

CODE_LIVES = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=1)


@service
def create(
    *, site: Site, name: str, work_center: WorkCenter | None = None, now: datetime, actor: Any
) -> tuple[Device, str]:
    """A device to be, and the code to type on it, which nobody can read again. Emits `device.created`.

    :raises InvalidInput: without a name, or where the work center is another site's.
    """
    require_supervisor(actor, site)
    _check_place(site, work_center)
    code = new_code()
    device = checking.insert(
        Device(
            company_id=site.company_id,
            site=site,
            work_center=work_center,
            name=name.strip(),
            code_hash=digest_of(code),
            code_expires_at=now + CODE_LIVES,
            enrolled_by=actor,
        )
    )
    events.record_device("created", device, actor=actor)
    return device, code


@service
def edit(device: Device, *, expected: int | None = None, actor: Any, **changes: Any) -> Device:
    """Change its name or work center. Emits `device.changed`.

    :raises StaleVersion: when somebody was faster.
    """
    require_supervisor(actor, device.site)
    _check_place(device.site, changes.get("work_center"))
    device = checking.update(device, expected=expected, changes=changes)
    events.record_device("changed", device, actor=actor)
    return device


@service
def renew_code(device_id: int, *, now: datetime, actor: Any) -> tuple[Device, str]:
    """Another one-time code for a device: for a tablet that lost its token, or a code that has run out.

    The token it had stays good until the new code is typed. Emits `device.changed`.

    :raises WrongState: when it is revoked.
    """
    device = locks.device(device_id)
    require_supervisor(actor, device.site)
    if device.revoked_at:
        raise WrongState(f"{device.name} is revoked. Add the tablet anew.")
    code = new_code()
    device.code_hash, device.code_expires_at = digest_of(code), now + CODE_LIVES
    device.enrolled_by = actor
    device.save(update_fields=["code_hash", "code_expires_at", "enrolled_by"])
    events.record_device("changed", device, actor=actor)
    return device, code


def enroll(typed: str, *, address: str, now: datetime) -> tuple[Device, str]:
    """Make this tablet the device that the code stands for; returns it and its token. The code is used up.

    Wrong codes are counted by network address. Emits `device.enrolled`.

    :raises InvalidInput: when the code is unknown, used or has run out.
    :raises TooManyTries: after twenty wrong ones in a quarter of an hour.
    """
    throttle.check(address=address)
    try:
        return _enroll(typed, now=now)
    except InvalidInput:
        throttle.miss(address=address)
        raise


@service
def _enroll(typed: str, *, now: datetime) -> tuple[Device, str]:
    known = Device.objects.filter(code_hash=digest_of(code_of(typed)), revoked_at=None, code_expires_at__gt=now)
    device_id = known.values_list("pk", flat=True).first()
    device = locks.device(device_id) if device_id else None
    if device is None or not device.code_hash:
        raise InvalidInput(errors={"code": "This code is wrong, used, or older than half an hour. Ask for a new one."})
    token = new_token()
    device.token_hash, device.code_hash, device.code_expires_at = digest_of(token), "", None
    device.enrolled_at = device.last_seen_at = now
    device.save(update_fields=["token_hash", "code_hash", "code_expires_at", "enrolled_at", "last_seen_at"])
    events.record_device("enrolled", device, actor=device.enrolled_by)
    return device, token


@service
def revoke(device_id: int, *, now: datetime, actor: Any) -> Device:
    """Take its enrollment back, at once; what it still has in its queue comes in as conflicts. Emits `device.revoked`.

    :raises WrongState: when it was revoked before.
    """
    device = locks.device(device_id)
    require_supervisor(actor, device.site)
    if device.revoked_at:
        raise WrongState(f"{device.name} has been revoked before.", revoked_at=str(device.revoked_at))
    device.revoked_at, device.code_hash, device.code_expires_at = now, "", None
    device.save(update_fields=["revoked_at", "code_hash", "code_expires_at"])
    events.record_device("revoked", device, actor=actor)
    return device


def known(token: str, *, now: datetime, is_revoked_too: bool = False) -> Device:
    """The device that has this token; notes that it was seen, at most once a minute.

    :raises NotEnrolled: when there is none.
    :raises DeviceRevoked: when it is revoked, unless that is asked for too.
    """
    rows = Device.objects.select_related("site", "work_center")
    device = rows.filter(token_hash=digest_of(token)).first() if 0 < len(token) <= LONGEST else None
    if device is None:
        raise NotEnrolled("This tablet is not enrolled.")
    if device.revoked_at and not is_revoked_too:
        raise DeviceRevoked(f"{device.name} was revoked. What it had waiting is kept for a supervisor.")
    if device.last_seen_at is None or now - device.last_seen_at >= SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
    return device


def _check_place(site: Site, work_center: WorkCenter | None) -> None:
    if work_center is not None and work_center.site_id != site.pk:
        raise InvalidInput(errors={"work_center": f"{work_center.code} is not at {site.code}."})
