"""What a tablet's own pages and calls stand on: the device of its cookie, in place of a signed-in user.

The cookie is HttpOnly and SameSite=Strict and goes to `/floor/` alone. A page kept by the service worker may be days
old, so its forms can't carry a fresh CSRF token; what changes something takes JSON with a header of our own instead,
which no other site can send without asking first, and asking is answered with no.
"""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from core import clock
from core.api import problems
from core.errors import DomainError, Forbidden, InvalidInput
from core.texts import printable
from floor.models import Device
from floor.services import devices

COOKIE = "mfg_floor"
HEADER = "X-Floor"
MOST_BYTES = 2_000_000
_YEARS = 5 * 365 * 24 * 3600

View = Callable[..., HttpResponse]


def keep_token(response: HttpResponse, token: str) -> None:
    """Give the browser the device's token."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=_YEARS,
        path="/floor/",
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Strict",
    )


def device_of(request: HttpRequest, *, is_revoked_too: bool = False) -> Device:
    """The tablet that asks.

    :raises NotEnrolled, DeviceRevoked: see `floor.services.devices.known`.
    """
    return devices.known(request.COOKIES.get(COOKIE, ""), now=clock.now(), is_revoked_too=is_revoked_too)


def answers_json(*methods: str) -> Callable[[View], View]:
    """A call of the tablet's script; a refusal becomes a problem document with its `code`."""

    def decorate(view: View) -> View:
        def answered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return problem(405, "method_not_allowed", "This method is not allowed here.")
            try:
                if request.method == "POST" and HEADER not in request.headers:
                    raise Forbidden("This is for tablets.")
                return view(request, **kwargs)
            except DomainError as error:
                fields = {"errors": errors} if (errors := getattr(error, "errors", None)) else {}
                return problem(error.status, error.code, error.message, **error.details, **fields)

        return csrf_exempt(answered)

    return decorate


def problem(status: int, code: str, detail: str, **extra: Any) -> HttpResponse:
    """A problem document that nobody keeps."""
    return _private(JsonResponse(problems.document(status, code, detail, **extra), status=status))


def answer(data: dict[str, Any]) -> HttpResponse:
    """JSON that nobody keeps but the tablet's own script."""
    return _private(JsonResponse(data))


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object sent, without what Postgres takes in no text.

    :raises InvalidInput: when it is none, or too large.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise InvalidInput(f"At most {MOST_BYTES} bytes at once.")
    try:
        data = _storable(json.loads(request.body))
    except (ValueError, RecursionError):
        raise InvalidInput("This is no JSON.") from None
    if not isinstance(data, dict):
        raise InvalidInput("Send a JSON object.")
    return data


def _storable(value: Any) -> Any:
    """The same without what the database can't hold: a command is never lost for a stray character."""
    if isinstance(value, str):
        return printable(value.replace("\0", ""))
    if isinstance(value, dict):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
