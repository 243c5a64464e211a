"""The drainer, alone with its rows."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core import drainer, events, sweep
from core.locks import MOST_ATTEMPTS
from core.models import OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


def record(*keys, handler="levels"):
    events.record("posting.made", companies=[1], keys_by_handler={handler: [list(key) for key in keys]})


def let_leases_end():
    OutboxEvent.objects.filter(leased_until__isnull=False).update(leased_until=Now() - timedelta(seconds=1))


def test_coalesces_a_batch_to_its_distinct_keys(make_handler):
    levels = make_handler("levels")
    record((1, 7), (2, 7))
    record((2, 7), (3, 7))

    assert drainer.drain() == 2

    assert levels.calls == [[(1, 7), (2, 7), (3, 7)]]
    assert OutboxEvent.objects.filter(done_at=None).count() == 0


def test_works_in_batches_until_the_outbox_is_empty(make_handler):
    levels = make_handler("levels", batch_size=2)
    for number in range(5):
        record((number,))

    assert drainer.drain() == 5

    assert [len(keys) for keys in levels.calls] == [2, 2, 1]


def test_leaves_the_work_of_another_queue(make_handler):
    webhooks = make_handler("webhooks", queue="integrations")
    record((1,), handler="webhooks")

    assert drainer.drain("events") == 0
    assert webhooks.calls == []
    assert drainer.drain("integrations") == 1


def test_one_poison_key_stops_nobody(make_handler):
    levels = make_handler("levels")
    levels.poison = {(2,)}
    record((1,))
    record((2,), (3,))
    record((4,))

    assert drainer.drain() == 2

    assert levels.calls == [[(1,), (2,), (3,), (4,)], [(1,)], [(2,)], [(3,)], [(4,)]]
    left = OutboxEvent.objects.get(done_at=None)
    assert (left.keys, left.attempts, left.dead_at) == ([[2], [3]], 1, None)
    assert "cannot work on [(2,)]" in left.error


def test_a_failed_row_waits_before_its_next_attempt(make_handler):
    levels = make_handler("levels")
    levels.poison = {(2,)}
    record((2,))

    drainer.drain()
    drainer.drain()

    assert OutboxEvent.objects.get().attempts == 1


def test_the_fifth_failure_is_a_dead_letter(make_handler):
    levels = make_handler("levels")
    levels.poison = {(2,)}
    record((2,))

    for _ in range(MOST_ATTEMPTS + 2):
        let_leases_end()
        drainer.drain()

    row = OutboxEvent.objects.get()
    assert row.attempts == 5
    assert row.dead_at is not None
    assert "ValueError" in row.error


def test_a_row_that_recovers_is_done_and_keeps_no_error(make_handler):
    levels = make_handler("levels")
    levels.poison = {(2,)}
    record((2,))
    drainer.drain()

    levels.poison = set()
    let_leases_end()

    assert drainer.drain() == 1
    row = OutboxEvent.objects.get()
    assert (row.error, row.done_at is None) == ("", False)


def test_rows_that_lost_their_worker_twice_are_claimed_one_by_one(make_handler):
    levels = make_handler("levels")
    record((1,))
    record((2,))
    OutboxEvent.objects.update(attempts=2, leased_until=Now() - timedelta(seconds=1))

    assert drainer.drain() == 2

    assert levels.calls == [[(1,)], [(2,)]]


def test_a_row_under_lease_is_left_alone(make_handler):
    levels = make_handler("levels")
    record((1,))
    OutboxEvent.objects.update(attempts=1, leased_until=Now() + timedelta(seconds=30))

    assert drainer.drain() == 0
    assert levels.calls == []


def test_the_sweep_rings_for_rows_that_nobody_works_on(make_handler, sent):
    make_handler("levels")
    record((1,))

    assert sweep.sweep() == {"events"}
    assert sent == [("core.tasks.drain", ["events"], "events")]


def test_the_sweep_is_silent_when_all_is_done(make_handler, sent):
    make_handler("levels")
    record((1,))
    drainer.drain()

    assert sweep.sweep() == set()
    assert sent == []


def test_the_sweep_buries_what_lost_its_worker_five_times(make_handler):
    make_handler("levels")
    record((1,))
    OutboxEvent.objects.update(attempts=MOST_ATTEMPTS, leased_until=Now() - timedelta(seconds=1))

    sweep.sweep()

    row = OutboxEvent.objects.get()
    assert row.dead_at is not None
    assert row.error == "Its worker was lost at each of its attempts."


def test_the_sweep_purges_what_was_done_the_day_before_yesterday(make_handler):
    make_handler("levels")
    record((1,))
    record((2,))
    drainer.drain()
    oldest = OutboxEvent.objects.order_by("id").first()
    OutboxEvent.objects.filter(pk=oldest.pk).update(done_at=timezone.now() - timedelta(days=2))

    sweep.sweep()

    assert [row.keys for row in OutboxEvent.objects.all()] == [[[2]]]
