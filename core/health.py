"""`/health/live`: this process answers. `/health/ready`: all that a user needs works, or what doesn't."""

from collections.abc import Callable

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from redis import RedisError

from core import canaries, redis


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Asks nobody else: a database that is away is no reason to restart the web process."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Each part as `ok` or what is wrong with it; 503 if one is not well."""
    parts = {name: _checked(check) for name, check in _CHECKS.items()}
    is_ok = all(said == "ok" for said in parts.values())
    return JsonResponse({"status": "ok" if is_ok else "failing", "checks": parts}, status=200 if is_ok else 503)


def _checked(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, RedisError, OSError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no answer'}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


_migrated = False


def _migrations() -> str:
    # Once applied they stay applied for the life of this process, so the plan is made until then.
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return f"{len(plan)} migrations are not applied, the first is {plan[0][0]}"
        _migrated = True
    return "ok"


def _redis() -> str:
    redis.client().ping()
    return "ok"


def _workers() -> str:
    queues = [queue.name for queue in current_app.conf.task_queues or ()]
    silent = [queue for queue, heard_at in canaries.last_heard(queues).items() if heard_at is None]
    return f"nobody works on {', '.join(silent)}" if silent else "ok"


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "workers": _workers,
}
