"""Events and their outbox rows."""

import pytest
from django.db import connection, transaction
from redis import RedisError

from core import events, pubsub, redis
from core.models import Event, OutboxEvent

pytestmark = pytest.mark.django_db


def record(**changes):
    given = {"companies": [2, 1], "sites": [7], "payload": {"documents": [["sales_order", 12]]}}
    return events.record("sales_order.shipped", **(given | changes))


def test_writes_the_event_and_one_row_for_each_handler_in_one_statement(make_handler, django_assert_num_queries):
    make_handler("levels")
    make_handler("costs")
    record()  # plans the statement

    with django_assert_num_queries(1):
        event_id = record(keys_by_handler={"levels": [[5, 7, 1]], "costs": [[5]]})

    event = Event.objects.get(pk=event_id)
    assert (event.kind, event.company_ids, event.site_ids) == ("sales_order.shipped", [1, 2], [7])
    assert event.payload == {"documents": [["sales_order", 12]]}
    rows = OutboxEvent.objects.filter(event=event).order_by("handler")
    assert [(row.handler, row.keys) for row in rows] == [("costs", [[5]]), ("levels", [[5, 7, 1]])]


def test_handlers_without_keys_get_no_row(make_handler):
    make_handler("levels")

    record(keys_by_handler={"levels": []})

    assert not OutboxEvent.objects.exists()


def test_handlers_that_follow_a_kind_get_the_event_itself(make_handler):
    make_handler("webhooks", queue="integrations", follows=("sales_order.*",))
    make_handler("costs", follows=("purchase_order.*",))

    event_id = record()

    assert list(OutboxEvent.objects.values_list("handler", "keys")) == [("webhooks", [[event_id]])]


def test_refuses_a_handler_that_nobody_registered():
    with pytest.raises(LookupError, match="levles"):
        record(keys_by_handler={"levles": [[1]]})

    assert not Event.objects.exists()


def test_refuses_to_rewrite_or_delete_an_event():
    event_id = record()

    for refused in ("UPDATE core_event SET kind = 'x'", "DELETE FROM core_event"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(refused)

    assert Event.objects.filter(pk=event_id, kind="sales_order.shipped").exists()


def test_maintenance_may_delete_events():
    record()

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL mfg.maintenance = 'on'")
        cursor.execute("DELETE FROM core_event")

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAfterCommit:
    def test_rings_once_for_many_events_of_a_transaction(self, make_handler, sent):
        make_handler("levels")

        with transaction.atomic():
            for _ in range(3):
                record(keys_by_handler={"levels": [[1, 2, 3]]})
            assert sent == []

        assert sent == [("core.tasks.drain", ["events"], "events")]

    def test_rings_each_queue_of_its_handlers(self, make_handler, sent):
        make_handler("levels")
        make_handler("webhooks", queue="integrations", follows=("*",))

        record(keys_by_handler={"levels": [[1, 2, 3]]})

        assert [queue for _, _, queue in sent] == ["events", "integrations"]

    def test_does_not_ring_after_a_rollback(self, make_handler, sent):
        make_handler("levels")

        with transaction.atomic():
            record(keys_by_handler={"levels": [[1, 2, 3]]})
            transaction.set_rollback(True)

        assert sent == []
        assert not Event.objects.exists()

    def test_a_second_ring_within_a_second_sends_no_second_drain(self, make_handler, sent):
        make_handler("levels")

        record(keys_by_handler={"levels": [[1]]})
        record(keys_by_handler={"levels": [[2]]})

        assert len(sent) == 1

    def test_a_redis_that_is_down_breaks_no_commit(self, make_handler, monkeypatch):
        def down():
            raise RedisError("gone")

        make_handler("levels")
        monkeypatch.setattr(redis, "client", down)

        record(keys_by_handler={"levels": [[1]]})

        assert OutboxEvent.objects.count() == 1

    def test_tells_open_pages_of_the_documents(self, monkeypatch):
        told = []
        monkeypatch.setattr(pubsub, "publish", told.append)

        record(payload={"documents": [["sales_order", 12], ["purchase_order", 3, [9], []]]})

        assert told == [{"documents": [["sales_order", 12, [1, 2], [7]], ["purchase_order", 3, [9], []]]}]
