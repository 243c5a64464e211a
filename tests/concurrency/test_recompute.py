"""Workers that meet on a key, on a document, and on rows that change under them."""

import threading
from decimal import Decimal

import pytest
from django.db import transaction

from inventory.drafts import LevelKey
from inventory.locks import levels as locks
from inventory.models import Allocation, DocumentStatus, StockBalance, StockLevel
from inventory.services import recompute as service
from inventory.services.recompute import preview, recompute
from tests.cast import restore_units
from tests.concurrency.waiting import WAIT_SECONDS, Worker, wait_until_blocked
from tests.inventory.levels_world import NOW, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    restore_units()
    return make_world()


def statement_that_lets_the_other_catch_up(statement, has_written):
    """`statement`, after whose first run the worker commits only once the other one waits for it."""

    class Slow:
        is_first = True

        def all(self, params):
            if not self.is_first:
                return statement.all(params)
            self.is_first = False
            rows = statement.all(params)
            has_written.set()
            wait_until_blocked()
            return rows

    return Slow()


def two_lines_turn_bad(world, monkeypatch):
    """One order with a line on each of two keys; two workers find one of them missing and the other late."""
    first, second = world.key, world.key._replace(item_id=world.new_item().id)
    for key in (first, second):
        world.stock(5, key=key)
        world.demand(5, document_id=1, key=key)
    recompute([first, second], now=NOW)
    StockBalance.objects.update(quantity=0)
    world.supply(5, 3, key=second)
    has_written = threading.Event()
    slow = statement_that_lets_the_other_catch_up(service._DOCUMENTS, has_written)
    monkeypatch.setattr(service, "_DOCUMENTS", slow)

    one = Worker(lambda: recompute([first], now=NOW))
    assert has_written.wait(WAIT_SECONDS)
    other = Worker(lambda: recompute([second], now=NOW))
    one.finish()
    other.finish()
    assert set(Allocation.objects.values_list("availability", flat=True)) == {"not_available", "expected"}
    return DocumentStatus.objects.get().availability


def test_two_workers_on_two_lines_leave_the_worst_of_both(world, monkeypatch):
    assert two_lines_turn_bad(world, monkeypatch) == "not_available"


def test_control_without_the_status_lock_the_second_overwrites_the_worst(world, monkeypatch):
    monkeypatch.setattr(locks, "lock_statuses", lambda documents: None)

    assert two_lines_turn_bad(world, monkeypatch) == "expected"


def stock_changes_while_a_worker_writes(world, monkeypatch):
    """A worker has read 5 and not committed; 3 more come, and a second worker recomputes the same key."""
    world.stock(5)
    StockLevel.objects.create(item=world.item, site=world.site, used_by=world.company)
    has_written = threading.Event()
    monkeypatch.setattr(service, "_WRITE", statement_that_lets_the_other_catch_up(service._WRITE, has_written))

    one = Worker(lambda: recompute([world.key], now=NOW))
    assert has_written.wait(WAIT_SECONDS)
    StockBalance.objects.update(quantity=8)
    other = Worker(lambda: recompute([world.key], now=NOW))
    one.finish()
    other.finish()
    return StockLevel.objects.get().on_hand


def test_the_second_worker_on_a_key_reads_after_the_first_has_committed(world, monkeypatch):
    assert stock_changes_while_a_worker_writes(world, monkeypatch) == 8


def test_a_worker_waits_for_no_posting_and_no_posting_for_it(world):
    """A posting holds the balance and has not committed: the recompute reads what was before, and ends."""
    balance = world.stock(5)
    with transaction.atomic():
        StockBalance.objects.filter(id=balance.id).update(quantity=1)
        worker = Worker(lambda: recompute([world.key], now=NOW))
        worker.finish()
    assert StockLevel.objects.get().on_hand == 5

    recompute([world.key], now=NOW)
    assert StockLevel.objects.get().on_hand == 1


def test_many_workers_on_overlapping_keys_end_at_what_a_preview_shows(world):
    keys = [world.key._replace(item_id=world.new_item().id) for _ in range(12)]
    for number, key in enumerate(keys):
        world.stock(number, key=key)
        world.demand(4, document_id=number % 3 + 1, key=key)

    def work(start):
        for step in range(6):
            chosen = [keys[(start * 5 + step * 3 + place) % len(keys)] for place in range(5)]
            with transaction.atomic():
                StockBalance.objects.filter(item_id=chosen[0].item_id).update(quantity=Decimal(start + step))
            recompute(chosen, now=NOW)

    workers = [Worker(work, number) for number in range(4)]
    for worker in workers:
        worker.finish()
    recompute(keys, now=NOW)

    shown = preview(keys, now=NOW)
    stored = {LevelKey(row.item_id, row.site_id, row.used_by_id): row.available for row in StockLevel.objects.all()}
    assert stored == {key: figures.available for key, figures in shown.levels.items()}
    served = {row.demand_id: row.availability for rows in shown.allocations.values() for row in rows}
    assert dict(Allocation.objects.values_list("demand_id", "availability")) == served


def test_a_recount_shared_by_two_connections_writes_all_once(world, monkeypatch):
    monkeypatch.setattr(service, "MASS", 3)
    monkeypatch.setattr(service, "MASS_CHUNK", 2)
    keys = [world.key._replace(item_id=world.new_item().id) for _ in range(11)]
    for number, key in enumerate(keys):
        world.stock(number, key=key)
        world.demand(4, document_id=number % 3 + 1, key=key)

    changed = recompute(keys, now=NOW)

    assert changed.levels == sorted(keys)
    assert set(changed.documents) == {("sales_order", number) for number in (1, 2, 3)}
    assert set(DocumentStatus.objects.values_list("availability", flat=True)) == {"not_available"}
    again = recompute(keys, now=NOW)
    assert (again.levels, again.documents) == ([], [])
