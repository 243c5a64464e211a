"""`Idempotency-Key`: a POST that is sent twice works once."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from rest_framework.test import APIClient

from core.api import idempotency
from core.models import IdempotencyKey, NumberSequence

pytestmark = pytest.mark.django_db

URL = "/api/v1/numbers/"
BODY = {"company_id": 1, "prefix": "SO", "last_number": 0}


def post(api, body=BODY, key="k1", url=URL):
    return api.post(url, body, HTTP_IDEMPOTENCY_KEY=key)


def written():
    return list(NumberSequence.objects.values_list("prefix", "last_number"))


def test_the_same_request_again_gets_the_first_answer(api):
    first, second = post(api), post(api)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second["Location"] == first["Location"]
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert written() == [("SO", 1)]


def test_another_body_or_path_is_refused(api, companies):
    post(api)

    other_body = post(api, {**BODY, "prefix": "PO"})
    other_path = post(api, url=f"/api/v1/companies/{companies['OWN'].pk}/freeze/", body={})

    assert other_body.status_code == other_path.status_code == 422
    assert other_body.json()["code"] == "idempotency_key_reused"
    assert written() == [("SO", 1)]


def test_keys_belong_to_their_user(api):
    post(api)
    stranger = APIClient()
    stranger.force_authenticate(User.objects.create(username="stranger"))

    response = post(stranger, {**BODY, "prefix": "PO"})

    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response
    assert written() == [("SO", 1), ("PO", 1)]


def test_errors_are_not_kept(api):
    failing = {**BODY, "prefix": "FAIL"}

    assert post(api, failing).status_code == 409
    assert post(api, failing).status_code == 409
    assert not IdempotencyKey.objects.exists()
    assert post(api).status_code == 201


def test_a_read_does_not_use_the_key(api):
    api.get(URL, HTTP_IDEMPOTENCY_KEY="k1")

    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", [" ", "x" * 256])
def test_refuses_a_key_that_is_none(api, key):
    response = post(api, key=key)

    assert response.status_code == 400
    assert written() == []


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_at_work_the_second_is_told_so(api, planner):
    connection_lost = threading.Event()
    locked = threading.Event()

    def first():
        with transaction.atomic():
            idempotency._lock(planner.pk, "k1")
            locked.set()
            connection_lost.wait(10)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    locked.wait(10)
    response = post(api)
    connection_lost.set()
    thread.join(10)

    assert response.status_code == 409
    assert response.json()["code"] == "idempotency_in_flight"
    assert written() == []
    assert post(api).status_code == 201
