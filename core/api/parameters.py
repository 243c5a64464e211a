"""Query parameters that every list has."""

from rest_framework.request import Request

from core.errors import InvalidInput

# Of every list, whatever its filters; `fresh` only where the view supports it.
COMMON = frozenset({"cursor", "limit", "count", "ordering", "fields", "updated_after"})

_WORDS = {"true": True, "1": True, "false": False, "0": False, "": False}


class UnknownParameter(InvalidInput):
    """A query parameter that the list doesn't have."""

    code = "unknown_parameter"


def boolean(request: Request, name: str) -> bool:
    """Whether a parameter says `true`.

    :raises InvalidInput: for anything but true and false.
    """
    text = request.query_params.get(name, "").lower()
    if text not in _WORDS:
        raise InvalidInput(errors={name: f"“{text[:20]}” is neither true nor false."})
    return _WORDS[text]


def whole(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """A parameter's whole number.

    :raises InvalidInput: for anything but digits, and no more of them than `most` has.
    """
    text = request.query_params.get(name, str(default))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not (is_number and least <= int(text) <= most):
        raise InvalidInput(errors={name: f"“{text[:20]}” is not a whole number from {least} to {most}."})
    return int(text)


def words(request: Request, name: str) -> list[str]:
    """A parameter's comma-separated words."""
    return [word for word in (part.strip() for part in request.query_params.get(name, "").split(",")) if word]


def refuse_unknown(request: Request, allowed: frozenset[str]) -> None:
    """:raises UnknownParameter: naming each parameter that isn't allowed, and those that are."""
    if unknown := sorted(set(request.query_params) - allowed):
        text = f"There is no such parameter. Allowed: {', '.join(sorted(allowed))}."
        raise UnknownParameter(errors=dict.fromkeys(unknown, text))
