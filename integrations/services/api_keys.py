"""Services on API keys."""

import secrets
from datetime import datetime
from typing import Any

from core.errors import Forbidden, InvalidInput, WrongState
from core.transactions import service
from integrations.models import ApiKey
from integrations.selectors import digest_of

PREFIX_LENGTH = 12


@service
def create(*, name: str, user: Any, actor: Any, access: str = ApiKey.Access.WRITE) -> tuple[ApiKey, str]:
    """A new key for a user, and its text, which nobody can read again. `actor` is None for the system itself.

    :raises InvalidInput: without a name.
    :raises Forbidden: when the actor is another user and no superuser.
    """
    if not name.strip():
        raise InvalidInput(errors={"name": "Give the key a name, such as that of the system that uses it."})
    if actor is not None and actor.pk != user.pk and not actor.is_superuser:
        raise Forbidden("You may make keys for yourself alone.")
    text = f"mfg_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        user=user, name=name.strip(), prefix=text[:PREFIX_LENGTH], digest=digest_of(text), access=access
    )
    return key, text


@service
def revoke(key_id: int, *, now: datetime, actor: Any) -> ApiKey:
    """End a key; it stays listed.

    :raises Forbidden: when it is another user's and the actor is no superuser.
    :raises WrongState: when it has been revoked before.
    """
    key = ApiKey.objects.get(pk=key_id)
    if actor is not None and actor.pk != key.user_id and not actor.is_superuser:
        raise Forbidden("This key is another user's.")
    if not ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now):
        raise WrongState("This key has been revoked before.", revoked_at=key.revoked_at)
    key.revoked_at = now
    return key
