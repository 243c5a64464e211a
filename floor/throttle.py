"""Counts wrong tries of PINs and codes in Redis. Where Redis does not answer, nothing short can be tried at all."""

from redis import RedisError

from core import redis
from core.errors import Busy
from floor.errors import TooManyTries

SECONDS = 15 * 60
MOST_TRIES = {"operator": 5, "device": 20, "address": 20}


def check(**places: object) -> None:
    """Refuse where one of these places (`operator`, `device`, `address`) has had its tries.

    :raises TooManyTries: for a quarter of an hour since the last wrong one.
    """
    for kind, tries in zip(places, _ask("mget", [_key(*place) for place in places.items()]), strict=True):
        if int(tries or 0) >= MOST_TRIES[kind]:
            raise TooManyTries("Too many wrong tries. Wait a quarter of an hour, or use a badge.")


def miss(**places: object) -> None:
    """Count a wrong try for each place."""
    for place in places.items():
        _ask("incr", _key(*place))
        _ask("expire", _key(*place), SECONDS)


def clear(**places: object) -> None:
    """Forget the tries of a place whose right PIN was typed."""
    _ask("delete", *(_key(*place) for place in places.items()))


def _key(kind: str, name: object) -> str:
    return f"floor tries {kind} {name}"


def _ask(command: str, *arguments: object) -> list[str | None]:
    try:
        return getattr(redis.client(), command)(*arguments)
    except RedisError:
        raise Busy("Codes and PINs can't be checked right now. A badge works.") from None
