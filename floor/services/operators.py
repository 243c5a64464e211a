"""Who stands before a tablet: known by badge or by PIN, and proved to us with each command.

A badge's token proves its operator wherever it is scanned, offline too. A PIN is checked here alone; the tablet then
holds a proof that we signed, good for one shift.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing

from core.transactions import service
from floor import throttle
from floor.access import require_supervisor
from floor.errors import UnknownOperator
from floor.models import Device
from floor.tokens import LONGEST
from production.models import Operator
from production.services.operators import badge_hash, new_badge, pin_hash
from sites.events import record

_SALT = "floor.operator"
SHIFT_SECONDS = 16 * 3600
# What was done before a shift ended may come in much later; how old the proof was then is looked at instead.
KEPT_SECONDS = 90 * 24 * 3600


@dataclass(frozen=True)
class SignedIn:
    """The operator, and the proof that the tablet sends with each command."""

    operator: Operator
    proof: str


@service
def give_badge(operator_id: int, *, actor: Any) -> tuple[Operator, str]:
    """A new badge; the one before is worth nothing from now on. Returns its text, which nobody can read again.

    Emits `operator.changed`.
    """
    operator = _operator(operator_id, actor)
    text = new_badge()
    Operator.objects.filter(pk=operator.pk).update(badge_hash=badge_hash(text))
    record("operator.changed", operator.pk, site_ids=[operator.site_id], actor=actor)
    return operator, text


@service
def set_pin(operator_id: int, pin: str, *, actor: Any) -> Operator:
    """Set the PIN as a supervisor of the floor; empty takes it away. Emits `operator.changed`.

    :raises InvalidInput: when it is none.
    """
    operator = _operator(operator_id, actor)
    Operator.objects.filter(pk=operator.pk).update(pin_hash=pin_hash(pin) if pin else "")
    record("operator.changed", operator.pk, site_ids=[operator.site_id], actor=actor)
    return operator


def sign_in(device: Device, *, badge: str = "", code: str = "", pin: str = "", now: datetime) -> SignedIn:
    """The operator of this badge, or of this code with its PIN; wrong PINs are counted by operator and device.

    :raises UnknownOperator: for a badge of another site, too, and for a wrong PIN as for an unknown code.
    :raises TooManyTries: after five wrong PINs for an operator, or twenty on a device, in a quarter of an hour.
    """
    operator = by_badge(device, badge) if badge else _by_pin(device, code, pin)
    return SignedIn(operator, _proof(device, operator, now))


def by_badge(device: Device, badge: str) -> Operator:
    """The operator at the device's site whose badge this is.

    :raises UnknownOperator: when there is none.
    """
    found = _at(device).filter(badge_hash=badge_hash(badge)).first() if len(badge) <= LONGEST else None
    if found is None:
        raise UnknownOperator("Nobody here has this badge.")
    return found


def by_proof(device: Device, proof: str, *, at: datetime) -> Operator:
    """The operator whom we signed in on this device, if `at` lies within his shift.

    :raises UnknownOperator: when the proof is not ours, another device's, or had run out.
    """
    try:
        said = signing.loads(proof[:1000], salt=_SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise UnknownOperator("Who did this can't be told: the sign-in is not known here.") from None
    found = _at(device).filter(pk=said["operator"]).first() if said["device"] == device.pk else None
    if found is None or at.timestamp() - said["at"] > SHIFT_SECONDS:
        raise UnknownOperator("Who did this can't be told: the sign-in was another tablet's, or had run out.")
    return found


def _by_pin(device: Device, code: str, pin: str) -> Operator:
    operator = _at(device).filter(code__iexact=code[:32]).exclude(pin_hash="").first()
    places = {"device": device.pk, "operator": operator.pk if operator else f"{device.site_id} {code[:32].lower()}"}
    throttle.check(**places)
    # An unknown code takes as long as a wrong PIN.
    if not check_password(pin[:12], operator.pin_hash if operator else _nobody()) or operator is None:
        throttle.miss(**places)
        raise UnknownOperator("Number and PIN do not match.")
    throttle.clear(operator=operator.pk)
    return operator


def _proof(device: Device, operator: Operator, now: datetime) -> str:
    return signing.dumps({"device": device.pk, "operator": operator.pk, "at": int(now.timestamp())}, salt=_SALT)


def _at(device: Device) -> Any:
    return Operator.objects.filter(site_id=device.site_id, archived_at=None)


def _operator(operator_id: int, actor: Any) -> Operator:
    operator = Operator.objects.select_related("site").get(pk=operator_id)
    require_supervisor(actor, operator.site)
    return operator


@cache
def _nobody() -> str:
    return make_password("nobody has this")
