"""Runs: their states, their lease and their end."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core import runs
from core.errors import InvalidInput, WrongState
from core.models import Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]

NOW = timezone.now()


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    runs.register("recount", "inventory.tasks.recount", queue="maintenance")
    with django_capture_on_commit_callbacks(execute=True):
        return runs.create("recount", company_id=1, inputs={"site": 7}, actor=None, total=10)


def test_is_sent_to_its_queue_after_the_commit(run, sent):
    assert sent == [("inventory.tasks.recount", [run.pk], "maintenance")]
    assert run.state == "queued"


def test_refuses_a_kind_that_nobody_works_on():
    with pytest.raises(LookupError, match="recoutn"):
        runs.create("recoutn", company_id=1, inputs={}, actor=None)


def test_reports_progress_and_keeps_its_result(run):
    seen = []

    def work(worker):
        worker.progress(4, step="Counting")
        worker.log("Bin A is empty.", now=NOW)
        seen.append(Run.objects.get(pk=run.pk))
        return {"counted": 10}

    runs.work(run.pk, work, now=NOW)

    assert (seen[0].state, seen[0].progress, seen[0].step, seen[0].attempts) == ("running", 4, "Counting", 1)
    run.refresh_from_db()
    assert (run.state, run.result, run.leased_until) == ("done", {"counted": 10}, None)
    assert [line.text for line in run.lines.all()] == ["Bin A is empty."]


def test_a_task_that_comes_twice_works_once(run):
    calls = []
    runs.work(run.pk, calls.append, now=NOW)
    runs.work(run.pk, calls.append, now=NOW)

    assert len(calls) == 1


def test_a_refusal_is_its_error_in_the_words_of_the_refusal(run):
    def refuse(worker):
        raise InvalidInput("Row 3 names no item.")

    runs.work(run.pk, refuse, now=NOW)

    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "Row 3 names no item.")


def test_a_fault_keeps_its_traceback(run):
    runs.work(run.pk, lambda worker: 1 / 0, now=NOW)

    run.refresh_from_db()
    assert run.state == "failed"
    assert "ZeroDivisionError" in run.error


def test_cancel_ends_a_waiting_run_at_once(run):
    assert runs.cancel(run.pk, actor=None).state == "canceled"

    calls = []
    runs.work(run.pk, calls.append, now=NOW)
    assert calls == []


def test_cancel_ends_a_running_one_at_its_next_heartbeat(run):
    def work(worker):
        runs.cancel(run.pk, actor=None)
        worker.progress(1)
        raise AssertionError("went on")

    runs.work(run.pk, work, now=NOW)

    run.refresh_from_db()
    assert (run.state, run.error) == ("canceled", "")


def test_refuses_to_cancel_what_has_ended(run):
    runs.work(run.pk, lambda worker: None, now=NOW)

    with pytest.raises(WrongState, match="already done"):
        runs.cancel(run.pk, actor=None)


def test_the_sweep_restarts_a_run_whose_worker_was_lost(run, sent):
    Run.objects.update(state="running", attempts=1, leased_until=Now() - timedelta(seconds=1))

    assert runs.restart_lost() == 1
    assert runs.restart_lost() == 0

    assert sent[-1] == ("inventory.tasks.recount", [run.pk], "maintenance")
    runs.work(run.pk, lambda worker: "again", now=NOW)
    run.refresh_from_db()
    assert (run.state, run.result, run.attempts) == ("done", "again", 2)


def test_a_worker_thought_lost_writes_nothing_over_its_successor(run):
    def work(worker):
        Run.objects.update(state="running", attempts=2, leased_until=Now() + timedelta(seconds=60))
        return "late"

    runs.work(run.pk, work, now=NOW)

    run.refresh_from_db()
    assert (run.state, run.result, run.attempts) == ("running", None, 2)


def test_what_lost_its_worker_three_times_has_failed(run, sent):
    Run.objects.update(state="running", attempts=3, leased_until=Now() - timedelta(seconds=1))
    sent.clear()

    assert runs.restart_lost() == 0
    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "Its worker was lost three times.")
