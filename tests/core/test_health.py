"""Health: alive by itself, ready with all that it needs."""

from datetime import UTC, datetime

import pytest
from celery import current_app
from django.test import Client
from redis import RedisError

from core import canaries, health, redis

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def workers():
    redis.client().flushdb()
    for queue in current_app.conf.task_queues:
        canaries.sing(queue.name, now=NOW)


def test_is_alive_without_asking_anybody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/health/live").json() == {"status": "ok"}


def test_is_ready_when_all_is_well(workers):
    response = Client().get("/health/ready")

    assert response.status_code == 200, response.json()
    assert response.json()["checks"] == {"database": "ok", "migrations": "ok", "redis": "ok", "workers": "ok"}
    assert "no-store" in response["Cache-Control"]


def test_names_the_queue_that_nobody_works_on(workers):
    redis.client().delete("mfg:canary:planning")

    response = Client().get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["workers"] == "nobody works on planning"


def test_names_a_redis_that_is_away(workers, monkeypatch):
    def away():
        raise RedisError("Connection refused")

    monkeypatch.setattr(redis, "client", away)

    response = Client().get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["redis"] == "RedisError: Connection refused"


def test_names_migrations_that_are_missing(workers, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [("core.0009_more", False)])

    assert Client().get("/health/ready").json()["checks"]["migrations"].startswith("1 migrations are not applied")


def test_a_canary_is_heard_until_it_fades(workers):
    heard = canaries.last_heard(["events", "nobody"])

    assert heard == {"events": NOW, "nobody": None}
    assert 0 < redis.client().ttl("mfg:canary:events") <= canaries.LIFETIME_SECONDS
