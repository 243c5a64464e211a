import subprocess
import sys

import pytest
from django.conf import settings
from redis import Redis

from launcher.commands import WORKERS
from mfg.celery import HARD_LIMIT_SECONDS, QUEUES, VISIBILITY_SECONDS, app, broker_url, route
from tests.runtime.helpers import ROOT


@pytest.fixture
def broker():
    with Redis.from_url(settings.REDIS_URL) as client:
        client.delete(*QUEUES)
        yield client
        client.delete(*QUEUES)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("unix:///run/v.sock?db=4", "redis+socket:///run/v.sock?virtual_host=4"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0"),
        ("redis://:secret@host:6379/2", "redis://:secret@host:6379/2"),
        ("rediss://host/0", "rediss://host/0"),
    ],
)
def test_celery_spells_a_redis_address_its_own_way(given, expected):
    assert broker_url(given) == expected


@pytest.mark.parametrize("queue", QUEUES)
def test_a_message_reaches_its_queue_alone(broker, queue):
    app.send_task("tests.nothing", queue=queue)
    assert [broker.llen(name) for name in QUEUES] == [int(name == queue) for name in QUEUES]


def test_a_task_without_a_queue_goes_where_its_app_works():
    assert route("planning.tasks.plan") == {"queue": "planning"}
    assert route("integrations.tasks.deliver") == {"queue": "integrations"}
    assert route("inventory.tasks.mark_new_day") == {"queue": "maintenance"}


def test_every_queue_has_a_worker_and_a_canary():
    served = [queue for worker in WORKERS for queue in worker.queues]
    assert sorted(served) == sorted(QUEUES)
    canaries = [entry for entry in app.conf.beat_schedule.values() if entry["task"] == "core.tasks.canary"]
    assert sorted(entry["options"]["queue"] for entry in canaries) == sorted(QUEUES)
    assert all(entry["args"] == (entry["options"]["queue"],) for entry in canaries)


def test_beat_sends_only_tasks_that_exist():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_task_is_dead_before_its_message_comes_again():
    assert HARD_LIMIT_SECONDS < VISIBILITY_SECONDS / 2
    assert app.conf.task_time_limit == HARD_LIMIT_SECONDS
    assert app.conf.broker_transport_options["visibility_timeout"] == VISIBILITY_SECONDS


def test_long_tasks_set_their_own_limit_and_acknowledge_early():
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    long = [task for task in ours if task.time_limit and task.time_limit > HARD_LIMIT_SECONDS]
    assert [task.name for task in long if task.acks_late] == []


def test_beat_has_the_same_configuration_without_django():
    script = (
        "import sys\n"
        "from mfg.beat import app\n"
        "print(app.conf.broker_url, sorted(app.conf.beat_schedule))\n"
        "sys.exit('django.apps' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{app.conf.broker_url} {sorted(app.conf.beat_schedule)}"
