"""Runs: long work with inputs, progress, a log and a result, restarted when its worker is lost.

A task wraps its work in `working_on`:

    @shared_task(name="planning.tasks.plan", acks_late=False)
    def plan(run_id: int) -> None:
        runs.work(run_id, plans.calculate, now=clock.now())

and the app names that task once, in `AppConfig.ready`:

    runs.register("plan", "planning.tasks.plan", queue="planning")
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError
from redis import RedisError

from core import pubsub
from core.access import scope_of
from core.errors import DomainError, Forbidden, WrongState
from core.models import Run, RunLine

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 3
OPEN = (Run.State.QUEUED, Run.State.RUNNING)


class Canceled(Exception):
    """Raised inside a run's work by its heartbeat when somebody asked for its end."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of run is made by: a task's name and its queue."""

    task: str
    queue: str


_kinds: dict[str, Kind] = {}


def register(kind: str, task: str, *, queue: str) -> None:
    """Name the task that works on runs of this kind; called in `AppConfig.ready`."""
    _kinds[kind] = Kind(task, queue)


def create(
    kind: str,
    *,
    company_id: int,
    inputs: dict[str, Any],
    actor: Any,
    site_id: int | None = None,
    total: int = 0,
) -> Run:
    """A queued run, sent to its worker after the commit; if Redis is down, the sweep sends it.

    :raises LookupError: when no app has registered the kind.
    """
    if kind not in _kinds:
        raise LookupError(f"No task is registered for runs of kind “{kind}”.")
    run = Run.objects.create(kind=kind, company_id=company_id, site_id=site_id, user=actor, inputs=inputs, total=total)
    transaction.on_commit(lambda: send(run.pk, kind), robust=True)
    return run


def send(run_id: int, kind: str) -> bool:
    """Hand a run to the workers of its queue. Never raises for a Redis that is down."""
    known = _kinds.get(kind)
    if known is None:
        return False
    try:
        current_app.send_task(known.task, args=[run_id], queue=known.queue, retry=False)
    except (RedisError, OperationalError, OSError):
        log.warning("Run %s waits for the sweep: the broker does not answer.", run_id)
        return False
    return True


@dataclass(slots=True)
class Worker:
    """What a run's work holds in its hands: it reports progress, writes the log, and hears of a cancel."""

    run: Run

    def progress(self, done: int, *, total: int | None = None, step: str | None = None) -> None:
        """Heartbeat and progress in one statement, renewing the lease.

        :raises Canceled: when somebody asked for the run's end, or another worker has taken it over.
        """
        changes: dict[str, Any] = {"progress": done, "leased_until": Now() + LEASE}
        if total is not None:
            changes["total"] = total
        if step is not None:
            changes["step"] = step[:200]
        mine = Run.objects.filter(
            pk=self.run.pk, state=Run.State.RUNNING, attempts=self.run.attempts, is_cancel_requested=False
        )
        if not mine.update(**changes):
            raise Canceled
        _announce(self.run)

    def log(self, text: str, *, now: datetime, level: str = "info") -> None:
        """One line of the run's log."""
        RunLine.objects.create(run=self.run, at=now, level=level, text=text)


def work(run_id: int, function: Callable[[Worker], Any], *, now: datetime) -> None:
    """Do a run's work: take the lease, call `function(worker)`, keep its JSON result or its error.

    A run that another worker holds, or that has ended, is left alone: a task may come twice.
    """
    run = _take(run_id, now=now)
    if run is None:
        return
    try:
        result = function(Worker(run))
    except Canceled:
        _end(run, Run.State.CANCELED)
    except DomainError as error:
        _end(run, Run.State.FAILED, error=error.message)
    except Exception:
        log.exception("Run %s failed.", run_id)
        _end(run, Run.State.FAILED, error=traceback.format_exc()[-8000:])
    else:
        _end(run, Run.State.DONE, result=result)


def cancel(run_id: int, *, actor: Any) -> Run:
    """Ask for a run's end: one that still waits ends at once, a running one at its next heartbeat.

    Who began it may, and the planners of its company; `actor=None` is the system.

    :raises Forbidden: to anybody else, whoever may see it.
    :raises WrongState: when it has already ended.
    """
    _require(actor, Run.objects.get(pk=run_id))
    changed = Run.objects.filter(pk=run_id, state=Run.State.QUEUED).update(
        state=Run.State.CANCELED, is_cancel_requested=True, ended_at=Now()
    ) or Run.objects.filter(pk=run_id, state=Run.State.RUNNING).update(is_cancel_requested=True)
    run = Run.objects.get(pk=run_id)
    if not changed:
        raise WrongState(f"This run is already {run.get_state_display().lower()}.", state=run.state)
    _announce(run)
    return run


def _require(actor: Any, run: Run) -> None:
    if actor is None or actor.pk == run.user_id or scope_of(actor).plans(run.company_id):
        return
    raise Forbidden("You may see this run, but not cancel it.")


def restart_lost() -> int:
    """Send again what waits or lost its worker; what lost it three times has failed. Returns how many were sent.

    A queued run gets a short lease when it is sent, so that the next sweep doesn't send it again.
    """
    lost = Q(leased_until__lt=Now()) | Q(leased_until=None, created_at__lt=Now() - timedelta(seconds=10))
    for run in Run.objects.filter(lost, state=Run.State.RUNNING, attempts__gte=MOST_ATTEMPTS):
        _end(run, Run.State.FAILED, error="Its worker was lost three times.")
    sent = 0
    for run in Run.objects.filter(lost, state__in=OPEN).order_by("id")[:50]:
        if send(run.pk, run.kind):
            Run.objects.filter(pk=run.pk, state=run.state, attempts=run.attempts).update(
                state=Run.State.QUEUED, leased_until=Now() + LEASE
            )
            sent += 1
    return sent


def _take(run_id: int, *, now: datetime) -> Run | None:
    free = Q(state=Run.State.QUEUED) | Q(state=Run.State.RUNNING, leased_until__lt=Now())
    taken = Run.objects.filter(free, pk=run_id).update(
        state=Run.State.RUNNING, started_at=now, attempts=F("attempts") + 1, leased_until=Now() + LEASE
    )
    return Run.objects.get(pk=run_id) if taken else None


def _end(run: Run, state: str, *, result: Any = None, error: str = "") -> None:
    # A worker that was thought lost must not write over the one that took its place.
    changed = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, attempts=run.attempts).update(
        state=state, result=result, error=error, ended_at=Now(), leased_until=None
    )
    if changed:
        _announce(run)


def _announce(run: Run) -> None:
    sites = [run.site_id] if run.site_id else []
    entry = ["run", run.pk, [run.company_id], sites]
    transaction.on_commit(lambda: pubsub.publish({"documents": [entry]}), robust=True)
