"""The retry of a whole service after a deadlock."""

import threading

import pytest
from django.db import OperationalError, connection, transaction
from psycopg2 import errors as postgres

from core.models import NumberSequence
from core.transactions import service

pytestmark = pytest.mark.django_db(transaction=True)


def crossing(own, other, meet, attempts):
    """Adds one to two rows, locking `own` before `other`, so that two of these deadlock."""

    @service
    def add():
        attempts.append(own)
        NumberSequence.objects.select_for_update().get(prefix=own)
        if len(attempts) <= 2:
            meet.wait()
        for prefix in (own, other):
            row = NumberSequence.objects.select_for_update().get(prefix=prefix)
            NumberSequence.objects.filter(pk=row.pk).update(last_number=row.last_number + 1)

    return add


def run_both(first, second):
    failures = []

    def guarded(function):
        try:
            function()
        except OperationalError as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(function,)) for function in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failures


@pytest.fixture
def two_rows():
    for prefix in ("A", "B"):
        NumberSequence.objects.create(company_id=1, prefix=prefix)


def test_a_deadlock_retries_the_whole_service(two_rows):
    meet, attempts = threading.Barrier(2, timeout=10), []

    failures = run_both(crossing("A", "B", meet, attempts), crossing("B", "A", meet, attempts))

    assert failures == []
    assert len(attempts) == 3
    assert set(NumberSequence.objects.values_list("last_number", flat=True)) == {2}


def test_control_without_the_retry_one_of_them_fails(two_rows):
    meet, attempts = threading.Barrier(2, timeout=10), []
    plain = [transaction.atomic(crossing(*pair, meet, attempts).__wrapped__) for pair in (("A", "B"), ("B", "A"))]

    (failure,) = run_both(*plain)

    assert isinstance(failure.__cause__, postgres.DeadlockDetected)


def test_gives_up_after_three_retries():
    attempts = []

    @service
    def always():
        attempts.append(1)
        raise OperationalError from postgres.DeadlockDetected()

    with pytest.raises(OperationalError):
        always()
    assert len(attempts) == 4


def test_never_retries_inside_a_transaction_of_its_caller():
    attempts = []

    @service
    def inner():
        attempts.append(1)
        raise OperationalError from postgres.DeadlockDetected()

    with pytest.raises(OperationalError), transaction.atomic():
        inner()
    assert len(attempts) == 1
