"""API keys: shown once, hashed, limited to reading where so made, and revoked."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from integrations.models import ApiKey
from integrations.selectors import user_of_token
from integrations.services import api_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return User.objects.create(username="integrator")


def client_with(text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def client(user):
    _, text = api_keys.create(name="Shop", user=user, actor=user)
    return client_with(text)


def test_signs_its_user_in_and_notes_its_use(client, user):
    response = client.get("/api/v1/api-keys/")

    (row,) = response.json()["results"]
    assert row["user"] == {"id": user.pk, "username": "integrator"}
    assert row["last_used_at"] is not None


def test_notes_its_use_once_a_minute(client, django_assert_num_queries):
    client.get("/api/v1/api-keys/")

    with django_assert_num_queries(2):  # the key with its user, and the page
        client.get("/api/v1/api-keys/")


def test_the_key_itself_is_not_stored(client):
    text = client.post("/api/v1/api-keys/", {"name": "Warehouse"}, HTTP_IDEMPOTENCY_KEY="k1").json()["key"]

    assert text.startswith("mfg_")
    row = ApiKey.objects.get(name="Warehouse")
    assert text not in str(ApiKey.objects.filter(pk=row.pk).values())
    assert text.startswith(row.prefix)
    replayed = client.post("/api/v1/api-keys/", {"name": "Warehouse"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert (replayed.json()["id"], replayed.json()["key"]) == (row.pk, None)


def test_a_reading_key_reads_and_does_not_write(user):
    _, text = api_keys.create(name="Reports", user=user, access="read", actor=user)
    client = client_with(text)

    assert client.get("/api/v1/api-keys/").status_code == 200
    refused = client.post("/api/v1/api-keys/", {"name": "More"})
    assert (refused.status_code, refused.json()["code"]) == (403, "read_only_key")
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("text", ["", "nonsense", "mfg_" + "x" * 5000])
def test_an_unknown_key_is_refused(user, text):
    response = client_with(text).get("/api/v1/api-keys/")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_refused(client):
    key = ApiKey.objects.get()

    revoked = client.post(f"/api/v1/api-keys/{key.pk}/revoke/")

    assert revoked.json()["revoked_at"] is not None
    assert client.get("/api/v1/api-keys/").status_code == 401


def test_the_key_of_an_inactive_user_is_refused(client, user):
    User.objects.update(is_active=False)

    assert client.get("/api/v1/api-keys/").status_code == 401


def test_other_users_keys_are_out_of_sight(client):
    other, _ = api_keys.create(name="Theirs", user=User.objects.create(username="other"), actor=None)

    assert client.get(f"/api/v1/api-keys/{other.pk}/").status_code == 404
    assert client.post(f"/api/v1/api-keys/{other.pk}/revoke/").status_code == 404


def test_the_command_prints_the_key_and_nothing_else(user, capsys):
    call_command("create_api_key", "Shop", "--user", "integrator")

    text = capsys.readouterr().out
    assert text.count("\n") == 1
    assert user_of_token(text.strip()) == user


def test_the_command_refuses_an_unknown_user():
    with pytest.raises(CommandError, match="no user"):
        call_command("create_api_key", "Shop", "--user", "nobody")
