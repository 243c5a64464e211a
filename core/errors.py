"""Domain errors. Each carries a stable `code`, the fields it is about, and the numbers."""

from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """A value as it stands in a problem document: decimals as plain strings without trailing zeros."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


class DomainError(Exception):
    """A refusal. Nothing was changed. `status` is the HTTP status that the API answers with."""

    code = "refused"
    status = 409

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = {name: plain(value) for name, value in details.items() if value is not None}


class InvalidInput(DomainError):
    """Input that can never be right; `errors` maps a field's path (`lines.0.quantity`) to what is wrong."""

    code = "invalid"
    status = 400

    def __init__(self, message: str = "", *, errors: dict[str, str] | None = None, **details: Any) -> None:
        errors = errors or {}
        super().__init__(message or "; ".join(f"{field}: {text}" for field, text in errors.items()), **details)
        self.errors = errors


class NotFound(DomainError):
    """Missing or out of the reader's scope: both answer alike."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """Seen, but not his to change."""

    code = "forbidden"
    status = 403


class StaleVersion(DomainError):
    """Somebody else changed the row meanwhile; `current` holds its values now."""

    code = "stale_version"
    status = 412


class WrongState(DomainError):
    """The document's state does not allow this step."""

    code = "wrong_state"


class Busy(DomainError):
    """A lock or a statement took too long; try again."""

    code = "busy"
    status = 503
