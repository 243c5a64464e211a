"""Problem documents (RFC 9457): every refusal of the API has a stable `code`, and names the fields it is about."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import DataError, Error, IntegrityError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from psycopg2 import errors as postgres
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error

from core.errors import DomainError, InvalidInput
from core.texts import printable

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1

_TITLES = {
    400: "The request is not valid",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "This method is not allowed here",
    406: "No such format",
    409: "Refused",
    412: "Changed meanwhile",
    413: "Too large",
    415: "This media type is not understood",
    422: "The request can't be repeated",
    428: "Say which version you edit",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Busy, try again",
}
_WAITED_TOO_LONG = (
    postgres.LockNotAvailable,
    postgres.QueryCanceled,
    postgres.DeadlockDetected,
    postgres.SerializationFailure,
)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: a problem document for each refusal; None for a fault, which stays a fault."""
    problem = _problem(error)
    if problem is None:
        return None
    return Response(printable(problem), status=problem["status"], headers=_headers(error), content_type=CONTENT_TYPE)


def document(status: int, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """A problem document; `extra` holds the numbers of the refusal."""
    return {
        "type": f"urn:mfg:problem:{code}",
        "title": _TITLES.get(status, "Refused"),
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }


def _problem(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, DomainError):
        return _of_domain(error)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, Http404):
        return document(404, "not_found", "There is nothing here that you may see.")
    if isinstance(error, PermissionDenied):
        return document(403, "forbidden", str(error) or "You may not do this.")
    if isinstance(error, ModelInvalid):
        return _of_framework(exceptions.ValidationError(as_serializer_error(error)))
    if isinstance(error, RequestDataTooBig):
        return document(413, "too_large", "The body is too large.")
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return document(400, "malformed", "The request could not be read.")
    return _of_database(error)


def _of_domain(error: DomainError) -> dict[str, Any]:
    extra = dict(error.details)
    if isinstance(error, InvalidInput) and error.errors:
        extra["errors"] = [
            {"field": field, "message": text, "code": error.code} for field, text in error.errors.items()
        ]
    elif field := getattr(error, "field", None):
        extra["errors"] = [{"field": field, "message": error.message, "code": error.code}]
    return document(error.status, error.code, error.message, **_renamed(extra))


def _renamed(extra: dict[str, Any]) -> dict[str, Any]:
    # The members that every problem has are taken.
    return {
        f"{name}_" if name in {"type", "title", "status", "code", "detail"} else name: extra[name] for name in extra
    }


def _of_framework(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flattened(error.detail))
        detail = "; ".join(
            f"{item['field']}: {item['message']}" if item["field"] else item["message"] for item in errors
        )
        return document(400, "invalid", detail, errors=errors)
    code = _CODES.get(type(error), getattr(error.detail, "code", None) or error.default_code)
    return document(error.status_code, code, str(error.detail))


_CODES = {
    exceptions.ParseError: "malformed",
    exceptions.NotFound: "not_found",
    exceptions.PermissionDenied: "forbidden",
}


def _flattened(detail: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """`{"lines": [{}, {"quantity": ["too small"]}]}` as `lines.1.quantity`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flattened(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _flattened(inner, (*path, str(index)) if isinstance(inner, dict | list) else path)
    else:
        yield {"field": ".".join(path), "message": str(detail), "code": getattr(detail, "code", None) or "invalid"}


def _of_database(error: Exception) -> dict[str, Any] | None:
    """What the database itself refuses: waiting too long, nonsense, and races that a constraint decided."""
    if isinstance(error, ProtectedError | RestrictedError):
        return document(409, "in_use", "Other rows still refer to this one.")
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if isinstance(cause, _WAITED_TOO_LONG):
        return document(503, "busy", "Others are working on the same rows. Try again in a moment.")
    if isinstance(error, OperationalError) and getattr(cause, "pgcode", None) is None:
        return document(503, "unavailable", "The database does not answer. Try again in a moment.")
    if isinstance(error, IntegrityError):
        return _of_constraint(cause)
    if isinstance(error, DataError):
        return document(400, "invalid", "A value is out of range.")
    return None


def _of_constraint(cause: BaseException | None) -> dict[str, Any] | None:
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if isinstance(cause, postgres.UniqueViolation):
        return document(409, "duplicate", "There is one already.", constraint=constraint)
    if isinstance(cause, postgres.ForeignKeyViolation):
        return document(409, "in_use", "Other rows still refer to this one, or one it refers to is gone.")
    if isinstance(cause, postgres.CheckViolation):
        return document(400, "invalid", f"The database refuses these values ({constraint}).", constraint=constraint)
    return None


def _headers(error: Exception) -> dict[str, str]:
    if header := getattr(error, "auth_header", None):
        return {"WWW-Authenticate": header}
    if wait := getattr(error, "wait", None):
        return {"Retry-After": str(int(wait) + 1)}
    if isinstance(error, OperationalError) or getattr(error, "status", None) == 503:
        return {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return {}


def is_waited_too_long(error: BaseException) -> bool:
    """Whether this is a lock or a statement that the database gave up on."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, _WAITED_TOO_LONG)


def respond(status: int, code: str, detail: str) -> HttpResponseBase:
    """A problem document outside the API's views: for missing paths, faults and middleware."""
    return JsonResponse(document(status, code, detail), status=status, content_type=CONTENT_TYPE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """The answer to a path below `/api/` that is none of ours; a read without its slash is sent to the right one."""
    if request.path.endswith("/"):
        return respond(404, "not_found", f"There is no {request.path} here.")
    if request.method in {"GET", "HEAD"}:
        query = request.META.get("QUERY_STRING")
        return HttpResponsePermanentRedirect(f"{request.path}/{'?' if query else ''}{query}")
    return respond(404, "not_found", f"Addresses end in a slash: {request.path}/")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """The answer to a fault below `/api/`; the log has the rest."""
    return respond(500, "server_error", "Something went wrong here. Nothing was changed.")
