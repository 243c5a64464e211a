"""The page of dead letters."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from core import drainer, events
from core.models import OutboxEvent
from core.services import dead_letters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]

URL = "/settings/dead-letters/"


@pytest.fixture
def letters(make_handler):
    make_handler("levels")
    for number in range(3):
        events.record("posting.made", companies=[1], keys_by_handler={"levels": [[number]]})
    OutboxEvent.objects.update(dead_at=timezone.now(), attempts=5, error="Traceback\nValueError: <b>no such item</b>")
    return list(OutboxEvent.objects.order_by("id"))


@pytest.fixture
def client():
    client = Client()
    client.force_login(User.objects.create_superuser("admin"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_shows_what_failed_and_why(client, letters):
    page = client.get(URL)

    assert page.status_code == 200
    text = page.content.decode()
    assert text.count('id="letter-') == 3
    assert "ValueError: &lt;b&gt;no such item&lt;/b&gt;" in text


def test_says_so_when_there_is_none(client):
    assert "all work has been done" in client.get(URL).content.decode()


def test_retries_those_that_were_selected(client, letters):
    response = client.post(f"{URL}retry/", {"selected": [letters[0].pk, letters[1].pk]}, follow=True)

    assert "2 letters are tried again." in response.content.decode()
    assert [row.pk for row in OutboxEvent.objects.exclude(dead_at=None)] == [letters[2].pk]
    assert drainer.drain() == 2


def test_retries_all(client, letters):
    client.post(f"{URL}retry/", {"all": "1"})

    assert dead_letters.count() == 0
    assert set(OutboxEvent.objects.values_list("attempts", flat=True)) == {0}


def test_rings_after_a_retry(letters, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert dead_letters.retry([letters[0].pk]) == 1

    assert sent == [("core.tasks.drain", ["events"], "events")]


def test_what_is_not_dead_is_left_alone(letters):
    OutboxEvent.objects.update(dead_at=None, done_at=timezone.now())

    assert dead_letters.retry(None) == 0
    assert set(OutboxEvent.objects.values_list("attempts", flat=True)) == {5}


def test_goes_on_to_older_ones(client, letters):
    page = client.get(URL, {"before": letters[1].pk}).content.decode()

    assert page.count('id="letter-') == 1


def test_is_for_staff_alone(letters):
    client = Client()
    assert client.get(URL).status_code == 302
    client.force_login(User.objects.create(username="planner"), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}retry/", {"all": "1"}).status_code == 403
    assert dead_letters.count() == 3
