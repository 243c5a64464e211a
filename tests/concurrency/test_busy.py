"""A web request that waits too long for a lock answers 503, in the API and on pages."""

import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory

from core.api import problems
from core.middleware import RequestLimitsMiddleware
from core.models import NumberSequence

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy_error():
    """What the database raises when another holds the row for longer than the limit."""
    row = NumberSequence.objects.create(company_id=1, prefix="SO")
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            NumberSequence.objects.select_for_update().get(pk=row.pk)
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    with pytest.raises(OperationalError) as refusal:
        _write_impatiently()
    done.set()
    thread.join(10)
    return refusal.value


def _write_impatiently():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        cursor.execute("UPDATE core_numbersequence SET last_number = 1")


def test_the_api_answers_503_busy(busy_error):
    response = problems.exception_handler(busy_error, {})

    assert (response.status_code, response.data["code"], response["Retry-After"]) == (503, "busy", "1")


def test_a_page_answers_503_and_when_to_try_again(busy_error):
    middleware = RequestLimitsMiddleware(lambda request: None)

    page = middleware.process_exception(RequestFactory().get("/s/all/stock/"), busy_error)

    assert (page.status_code, page["Retry-After"]) == (503, "1")
    assert page["Content-Type"].startswith("text/html")


def test_other_faults_stay_faults(busy_error):
    middleware = RequestLimitsMiddleware(lambda request: None)

    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None
    assert problems.exception_handler(ValueError(), {}) is None
