"""The Celery app. Postgres is the truth and Redis a doorbell, so nothing here has to survive the loss of a message.

Conventions for tasks: they are idempotent and take ids; a task of more than two minutes belongs to a ``Run``, acks
early (``acks_late=False``) and sets its own ``time_limit``, because Redis hands out a message again after the
visibility timeout while the first worker still runs it.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_postrun, task_prerun, worker_process_init, worker_ready
from kombu import Exchange, Queue

from launcher.paths import home
from launcher.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfg.settings")

QUEUES = ("events", "planning", "integrations", "maintenance")
VISIBILITY_SECONDS = 300
# Under half the visibility timeout: a task is dead before its message can be handed out again.
HARD_LIMIT_SECONDS = 120
SOFT_LIMIT_SECONDS = 110


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address: it writes the scheme and the number of a socket's database its own way."""
    address, _, text = redis_url.partition("?")
    if not address.startswith("unix:"):
        return redis_url
    query = dict(parse_qsl(text))
    query["virtual_host"] = query.pop("db", "0")
    return f"redis+socket{address.removeprefix('unix')}?{urlencode(query)}"


def route(name: str, *_: Any, **__: Any) -> dict[str, str]:
    """The queue of a task that names none: plans and imports wait for their own kind, chores for nobody."""
    app_label = name.partition(".")[0]
    return {"queue": app_label if app_label in QUEUES else "maintenance"}


def _schedule() -> dict[str, dict[str, Any]]:
    # A message that nobody took by the next turn is worthless, so each expires instead of piling up.
    entries = {
        "sweep": _every(5, "core.tasks.sweep", "events"),
        "new-day": _every(300, "inventory.tasks.mark_new_day", "maintenance"),
        "invariants": {
            "task": "core.tasks.check_invariants",
            "schedule": crontab(hour=2, minute=20),
            "options": {"queue": "maintenance"},
        },
    }
    for queue in QUEUES:
        entries[f"canary-{queue}"] = _every(10, "core.tasks.canary", queue, queue)
    return entries


def _every(seconds: int, task: str, queue: str, *arguments: str) -> dict[str, Any]:
    options = {"queue": queue, "expires": max(seconds, 10)}
    return {"task": task, "schedule": seconds, "args": arguments, "options": options}


def configuration(redis_url: str) -> dict[str, Any]:
    """Celery's settings for the broker at `redis_url`."""
    return {
        "broker_url": broker_url(redis_url),
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {"visibility_timeout": VISIBILITY_SECONDS, "socket_connect_timeout": 2},
        # Each with a key of its own: queues that share the default one get every message four times.
        "task_queues": [Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
        "task_create_missing_queues": False,
        "task_default_queue": "maintenance",
        "task_routes": (route,),
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_time_limit": HARD_LIMIT_SECONDS,
        "task_soft_time_limit": SOFT_LIMIT_SECONDS,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 5,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_hijack_root_logger": False,
        "beat_schedule": _schedule(),
        "beat_schedule_filename": str(home() / "beat-schedule"),
        "timezone": "UTC",
    }


def _from_django() -> dict[str, Any]:
    """Read when first needed, because the settings themselves live in this package."""
    from django.conf import settings

    return configuration(settings.REDIS_URL)


app = Celery("mfg")
app.add_defaults(_from_django)
app.autodiscover_tasks()


@worker_ready.connect
def _sing_at_once(sender: Any, **_: Any) -> None:
    """Let the first canary of each queue be heard now and not with the next turn of beat."""
    for queue in sender.task_consumer.queues:
        app.send_task("core.tasks.canary", args=[queue.name], queue=queue.name)


@worker_process_init.connect
def _follow_the_worker(**_: Any) -> None:
    """A pool process whose worker was killed would sit on its database connection for ever."""
    die_with_parent()


@task_prerun.connect
def _mark_busy(**_: Any) -> None:
    """Tell the launcher that this process works: a worker full of long tasks answers no canary and is well."""
    if mark := _busy_mark():
        mark.touch()


@task_postrun.connect
def _mark_idle(**_: Any) -> None:
    if mark := _busy_mark():
        mark.unlink(missing_ok=True)


def _busy_mark() -> Path | None:
    folder = os.environ.get("MFG_BUSY_FOLDER")
    return Path(folder) / str(os.getpid()) if folder else None
