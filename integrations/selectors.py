"""Reads of integrations."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from integrations.models import ApiKey

NOTED_EVERY = timedelta(minutes=1)
# Nothing of ours is longer; a megabyte in the header is not hashed.
LONGEST_KEY = 200


def digest_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def usable_key(text: str) -> ApiKey | None:
    """The key in force with its active user, or None; notes its use, at most once a minute."""
    if not text or len(text) > LONGEST_KEY:
        return None
    keys = ApiKey.objects.select_related("user").filter(revoked_at=None, user__is_active=True)
    key = keys.filter(digest=digest_of(text)).first()
    if key is not None:
        _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    # Decided on the row that was read, so that a busy key costs no write and waits for no other request.
    if key.last_used_at is None or key.last_used_at < timezone.now() - NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=Now())


def user_of_token(text: str) -> Any:
    """The user of a key in force, or None; what the live stream asks."""
    key = usable_key(text)
    return key and key.user


def api_keys_of(user: Any) -> QuerySet[ApiKey]:
    """A user's keys; a superuser sees all."""
    return ApiKey.objects.all() if user.is_superuser else ApiKey.objects.filter(user=user)
