"""Operators: people on the shop floor, known by a badge or a PIN."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import check_password, make_password

from core import versions
from core.errors import InvalidInput, NotFound
from core.transactions import service
from production.models import Operator, Skill
from production.services import masters
from sites import checking
from sites.access import PLANNERS, require

BADGE_PREFIX = "mfgb-"


@service
def create(*, skills: Sequence[Skill] = (), pin: str = "", actor: Any, **values: Any) -> Operator:
    """A new operator of a site. Emits `operator.created`.

    :raises InvalidInput: naming the field; team and work center are of the same site.
    """
    _check(values, values["site"].pk)
    operator = masters.create(Operator, actor=actor, **{**values, **_pin(pin)})
    operator.skills.set(skills)
    return operator


@service
def edit(
    operator: Operator,
    *,
    skills: Sequence[Skill] | None = None,
    pin: str = "",
    expected: int | None = None,
    actor: Any,
    **changes: Any,
) -> Operator:
    """Change an operator; `skills`, if given, are all of his, and without a `pin` his own stays.

    Emits `operator.changed`.

    :raises StaleVersion, InvalidInput: as for every master.
    """
    _require(operator, actor)
    _check(changes, operator.site_id)
    changes |= _pin(pin)
    if skills is None:
        return masters.edit(operator, expected=expected, actor=actor, **changes)
    # Skills count as a change of the row, so that the second of two editors is refused.
    changes.pop("site", None)
    operator = checking.update(operator, expected=expected, changes=changes, is_forced=True)
    operator.skills.set(skills)
    masters.record("changed", operator, actor)
    return operator


@service
def set_pin(operator_id: int, pin: str, *, actor: Any) -> Operator:
    """Let an operator sign on by these digits; an empty PIN takes it away. Emits `operator.changed`.

    :raises InvalidInput: when it is none.
    """
    operator = _operator(operator_id, actor)
    return _edited(operator, actor, **{"pin_hash": "", **_pin(pin)})


@service
def issue_badge(operator_id: int, *, actor: Any) -> str:
    """A new badge's token, to be shown once: only its SHA-256 is kept. The badge before ends.

    Emits `operator.changed`.
    """
    operator = _operator(operator_id, actor)
    token = new_badge()
    _edited(operator, actor, badge_hash=badge_hash(token))
    return token


@service
def revoke_badge(operator_id: int, *, actor: Any) -> Operator:
    """End an operator's badge. Emits `operator.changed`."""
    return _edited(_operator(operator_id, actor), actor, badge_hash="")


def new_badge() -> str:
    """The text in a badge's QR code, 160 bits; its prefix tells a scanner's badge from a lot."""
    return f"{BADGE_PREFIX}{secrets.token_hex(20)}"


def badge_hash(token: str) -> str:
    """What is kept of a badge's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_pin_of(operator: Operator, pin: str) -> bool:
    """Whether this is the operator's PIN."""
    return bool(operator.pin_hash) and check_password(pin, operator.pin_hash)


def _edited(operator: Operator, actor: Any, **changes: Any) -> Operator:
    operator = versions.edit(operator, **changes)
    masters.record("changed", operator, actor)
    return operator


def _operator(operator_id: int, actor: Any) -> Operator:
    operator = Operator.objects.select_related("site").filter(pk=operator_id).first()
    if operator is None:
        raise NotFound(f"There is no operator {operator_id}.")
    _require(operator, actor)
    return operator


def _require(operator: Operator, actor: Any) -> None:
    require(actor, company_id=operator.site.company_id, site_id=operator.site_id, roles=PLANNERS)


def pin_hash(pin: str) -> str:
    """What is kept of a PIN.

    :raises InvalidInput: unless it has 4 to 12 digits that are not all the same.
    """
    if not re.fullmatch(r"[0-9]{4,12}", pin) or len(set(pin)) == 1:
        raise InvalidInput(errors={"pin": "A PIN has 4 to 12 digits, and not all the same."})
    return make_password(pin)


def _pin(pin: str) -> dict[str, str]:
    return {"pin_hash": pin_hash(pin)} if pin else {}


def _check(values: dict[str, Any], site_id: int) -> None:
    for name in ("team", "work_center"):
        other = values.get(name)
        if other is not None and other.site_id != site_id:
            raise InvalidInput(errors={name: f"{other.code} is of another site."})
