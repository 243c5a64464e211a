"""Two drainers at once, one that dies, and messages that come three times."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.db.models.functions import Now

from core import drainer, events, handlers, redis
from core.locks import claim_fresh
from core.models import OutboxEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counted():
    """A handler that writes, per key, how often it was called."""
    calls: dict[tuple, int] = {}
    lock = threading.Lock()

    def count(keys, *, now):
        with lock:
            for key in keys:
                calls[key] = calls.get(key, 0) + 1

    redis.client().flushdb()
    handlers.register("counted", count, batch_size=7)
    yield calls
    handlers.remove("counted")


def record(count):
    for number in range(count):
        events.record("posting.made", companies=[1], keys_by_handler={"counted": [[number]]})


def in_threads(*functions):
    def closing(function):
        try:
            function()
        finally:
            connection.close()

    threads = [threading.Thread(target=closing, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    close_old_connections()


def test_two_drainers_share_the_work_and_do_each_row_once(counted):
    record(60)

    in_threads(drainer.drain, drainer.drain)

    assert counted == {(number,): 1 for number in range(60)}
    assert not OutboxEvent.objects.filter(done_at=None).exists()


def test_a_second_drainer_passes_over_what_the_first_is_claiming(counted):
    record(10)
    claims = []
    barrier = threading.Barrier(2, timeout=10)

    def claim():
        barrier.wait()
        claims.append({row.id for row in claim_fresh("counted", limit=10)})

    in_threads(claim, claim)

    first, second = claims
    assert first & second == set()
    assert len(first | second) == 10


def test_what_a_dead_drainer_had_claimed_is_worked_on_after_its_lease(counted):
    record(5)
    claim_fresh("counted", limit=5)

    assert drainer.drain() == 0
    assert counted == {}

    OutboxEvent.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert drainer.drain() == 5
    assert counted == {(number,): 1 for number in range(5)}


def test_a_drainer_that_dies_after_its_work_has_the_work_done_again(counted, monkeypatch):
    record(3)

    def die(ids):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(drainer, "_mark_done", die)
        with pytest.raises(KeyboardInterrupt):
            drainer.drain()
    OutboxEvent.objects.update(leased_until=Now() - timedelta(seconds=1))

    assert drainer.drain() == 3
    assert counted == {(number,): 2 for number in range(3)}


def test_messages_delivered_three_times_work_once(counted):
    record(20)

    in_threads(drainer.drain, drainer.drain, drainer.drain)
    assert drainer.drain() == 0

    assert set(counted.values()) == {1}
