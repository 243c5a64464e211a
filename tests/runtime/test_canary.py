import os

import pytest
from django.conf import settings
from redis import Redis

from launcher import canary
from launcher.commands import WORKERS, Worker

EVENTS, BACKGROUND = WORKERS


@pytest.fixture
def heard():
    keys = [f"mfg:canary:{queue}" for worker in WORKERS for queue in worker.queues]
    with Redis.from_url(settings.REDIS_URL) as client:
        client.delete(*keys)
        yield lambda queue: client.set(f"mfg:canary:{queue}", "now")
        client.delete(*keys)


def test_a_worker_with_no_sign_of_life_on_any_queue_is_silent(heard):
    heard("maintenance")
    assert canary.silent(WORKERS, settings.REDIS_URL) == {"events"}
    assert canary.is_heard("background", settings.REDIS_URL)
    assert canary.is_heard("beat", settings.REDIS_URL)
    assert not canary.is_heard("events", settings.REDIS_URL)


def test_nobody_is_accused_while_redis_is_down(tmp_path):
    assert canary.silent(WORKERS, f"unix://{tmp_path}/absent.sock") == set()


def test_a_worker_all_of_whose_processes_work_is_busy(tmp_path):
    worker = Worker("background", ("planning",), concurrency=1)
    assert not canary.is_fully_busy(worker, tmp_path)
    (tmp_path / "4194305").touch()  # above the largest process id: one that died at its work
    assert not canary.is_fully_busy(worker, tmp_path)
    (tmp_path / str(os.getpid())).touch()
    assert canary.is_fully_busy(worker, tmp_path)
