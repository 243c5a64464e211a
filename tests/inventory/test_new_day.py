"""After each site's midnight its levels are asked for again, once."""

from datetime import UTC, datetime, timedelta

import pytest

from core import drainer
from core.models import Event, OutboxEvent
from inventory.models import DocumentStatus, StockLevel
from inventory.services import new_day
from inventory.services.recompute import recompute
from inventory.tasks import mark_new_day
from sites.models import Site
from tests.inventory.levels_world import NOW, day

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 11, 24, 0, 1, tzinfo=UTC)


@pytest.fixture
def key(world):
    recompute([world.key], now=NOW)
    return world.key


def test_marks_the_levels_of_a_site_that_has_begun_a_new_day(key):
    assert new_day.mark(now=MIDNIGHT) == 1

    assert OutboxEvent.objects.get().keys == [list(key)]
    event = Event.objects.get(kind="site.day_began")
    assert (event.site_ids, event.payload) == ([key.site_id], {"on": "2026-11-24"})


def test_marks_nothing_while_it_is_the_same_day_there(key):
    Site.objects.filter(id=key.site_id).update(time_zone="America/Chicago")

    assert new_day.mark(now=MIDNIGHT) == 0
    assert not OutboxEvent.objects.exists()


def test_a_second_mark_asks_for_nothing_while_the_first_still_waits(key):
    new_day.mark(now=MIDNIGHT)

    assert new_day.mark(now=MIDNIGHT + timedelta(minutes=5)) == 0
    assert OutboxEvent.objects.count() == 1


def test_the_next_day_is_marked_though_the_last_one_still_waits(key):
    new_day.mark(now=MIDNIGHT)

    assert new_day.mark(now=MIDNIGHT + timedelta(days=1)) == 1


def test_drained_it_moves_dates_and_lateness_on(world):
    world.stock(5)
    world.demand(5)
    world.demand(1)
    recompute([world.key], now=NOW)
    assert StockLevel.objects.get().stock_out_on == day(0)
    new_day.mark(now=MIDNIGHT)

    drainer.drain(now=lambda: MIDNIGHT)

    assert (StockLevel.objects.get().stock_out_on, StockLevel.objects.get().computed_for) == (day(1), day(1))
    assert set(DocumentStatus.objects.values_list("late_days", flat=True)) == {1}
    assert new_day.mark(now=MIDNIGHT + timedelta(minutes=5)) == 0


def test_many_levels_come_in_batches(key, monkeypatch, world):
    monkeypatch.setattr(new_day, "BATCH", 2)
    recompute([key._replace(item_id=world.new_item().id) for _ in range(4)], now=NOW)

    assert new_day.mark(now=MIDNIGHT) == 5
    assert sorted(len(row.keys) for row in OutboxEvent.objects.all()) == [1, 2, 2]


def test_the_task_asks_the_clock(world):
    assert mark_new_day() == 0
