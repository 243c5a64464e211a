"""What core's tests share: a broker that only listens, and handlers that only note what they are given."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from celery import current_app

from core import handlers, redis


class Notes:
    """A handler that notes each call's keys; keys in `poison` make it fail."""

    def __init__(self) -> None:
        self.calls: list[list[tuple[Any, ...]]] = []
        self.poison: set[tuple[Any, ...]] = set()

    def __call__(self, keys: list[tuple[Any, ...]], *, now: datetime) -> None:
        self.calls.append(keys)
        if bad := self.poison & set(keys):
            raise ValueError(f"cannot work on {sorted(bad)}")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any], str]]:
    """The tasks that were sent, as (name, arguments, queue); none of them runs."""
    tasks: list[tuple[str, list[Any], str]] = []
    monkeypatch.setattr(
        current_app._get_current_object(),
        "send_task",
        lambda name, args, queue, retry: tasks.append((name, args, queue)),
    )
    redis.client().flushdb()
    return tasks


@pytest.fixture
def make_handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Notes]]:
    """Registers handlers for one test, in a table of its own; the product's come back after it."""
    monkeypatch.setattr(handlers, "_handlers", {})
    handlers.following.cache_clear()

    def make(name: str, **options: Any) -> Notes:
        notes = Notes()
        handlers.register(name, notes, **options)
        return notes

    yield make
    handlers.following.cache_clear()
