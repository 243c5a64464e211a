"""Texts that come from outside."""

from typing import Any


def is_storable(text: str) -> bool:
    """Whether the database can hold and compare it: no NUL, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def printable(value: Any) -> Any:
    """What an answer may tell again: the same, with each half of a surrogate pair spelled out as its escape."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {printable(name): printable(inner) for name, inner in value.items()}
    return [printable(inner) for inner in value] if isinstance(value, list | tuple) else value
