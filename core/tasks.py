"""Interfaces of the workers, each a few lines; the work stands in the modules that they call."""

import logging

from celery import shared_task

from core import canaries, clock, drainer, invariants
from core import sweep as sweeper

log = logging.getLogger(__name__)


@shared_task(name="core.tasks.drain")
def drain(queue: str = "events") -> int:
    """Work on a queue's outbox until it is empty."""
    return drainer.drain(queue)


@shared_task(name="core.tasks.sweep")
def sweep() -> None:
    """Every five seconds: find what the doorbell missed."""
    sweeper.sweep()


@shared_task(name="core.tasks.canary")
def canary(queue: str) -> None:
    """Every fifteen seconds and queue: prove that its worker works."""
    canaries.sing(queue, now=clock.now())


@shared_task(name="core.tasks.check_invariants")
def check_invariants() -> int:
    """Every night: prove what must always hold; returns how many checks failed."""
    failed = [outcome for outcome in invariants.check() if not outcome.is_ok]
    for outcome in failed:
        log.error("Invariant %s does not hold: %s", outcome.name, outcome.rows[:20])
    return len(failed)
