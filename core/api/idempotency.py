"""`Idempotency-Key`: the first answer to a POST again, kept in the transaction of the service itself."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http.request import RawPostDataException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import DomainError, InvalidInput
from core.models import IdempotencyKey

HEADER = "Idempotency-Key"
LONGEST = 255
_KEPT_HEADERS = ("Location", "ETag")


class IdempotencyKeyReused(DomainError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


class IdempotencyInFlight(DomainError):
    """The first request with this key has not ended yet."""

    code = "idempotency_in_flight"


def answer_once(request: Request, work: Callable[[], Response]) -> Response:
    """Do `work`, or give its first answer again. To be called in the transaction that `work` writes in.

    Locks the key by an advisory lock until the transaction ends. Answers of 400 and above are not kept: they
    are raised, or roll the transaction back.

    :raises IdempotencyKeyReused: when the key came with another method, path or body.
    :raises IdempotencyInFlight: when the first request is still at work.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return _kept_only_if_good(work())
    if not key.strip() or len(key) > LONGEST or not key.isprintable():
        raise InvalidInput(errors={HEADER: f"The key must have 1 to {LONGEST} printable characters."})
    fingerprint = _fingerprint(request)
    user_id: int = request.user.pk  # type: ignore[assignment]  # permissions let nobody in without a login
    _lock(user_id, key)
    if (first := IdempotencyKey.objects.filter(user=user_id, key=key).first()) is not None:
        return _again(first, fingerprint)
    response = _kept_only_if_good(work())
    if response.status_code < 400:
        _keep(user_id, key, fingerprint, response)
    return response


def _fingerprint(request: Request) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode()
    try:
        body = request._request.body
    except RawPostDataException:  # an upload that was read as a form: its size must do
        body = request.headers.get("Content-Length", "").encode()
    return hashlib.sha256(head + body).hexdigest()


def _lock(user_id: int, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"idempotency {user_id} {key}"])
        (is_free,) = cursor.fetchone()
    if not is_free:
        raise IdempotencyInFlight("The first request with this key is still at work. Ask again in a moment.")


def _again(first: IdempotencyKey, fingerprint: str) -> Response:
    if first.request_hash != fingerprint:
        raise IdempotencyKeyReused("This key was used for another request.", key=first.key)
    return Response(first.body, status=first.status, headers={**first.headers, "Idempotent-Replayed": "true"})


def _kept_only_if_good(response: Response) -> Response:
    if response.status_code >= 400:
        transaction.set_rollback(True)
    return response


def _keep(user_id: int, key: str, fingerprint: str, response: Response) -> None:
    body: Any = None if response.data is None else json.loads(JSONRenderer().render(response.data))
    for name in getattr(response, "secret_members", ()):
        body[name] = None  # shown once means once: a replay must not store it
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    IdempotencyKey.objects.create(
        user_id=user_id, key=key, request_hash=fingerprint, status=response.status_code, body=body, headers=headers
    )
