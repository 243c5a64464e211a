"""Checks in the API and on their pages: the same services, within the reader's sight."""

import pytest
from rest_framework.test import APIClient

from quality.models import QualityCheck
from quality.services import checks
from tests.quality.test_checks import check, good, plan, receive  # noqa: F401 - fixtures


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.planner)
    return client


def test_a_plan_is_entered_and_archived(cast, api):
    body = {
        "company": "NORDWOOD",
        "code": "T-1",
        "name": "Tops",
        "trigger": "finish",
        "item": "TOP",
        "characteristics": [{"name": "Gloss", "kind": "measure", "min_value": "30"}, {"name": "Clean"}],
    }
    answer = api.post("/api/v1/quality-plans/", body, format="json")

    assert answer.status_code == 201, answer.json()
    assert [row["name"] for row in answer.json()["characteristics"]] == ["Gloss", "Clean"]
    body["characteristics"] = [{"name": "Gloss", "kind": "measure"}]
    assert "characteristics.0.min_value" in str(api.post("/api/v1/quality-plans/", body, format="json").json())
    assert api.post(f"/api/v1/quality-plans/{answer.json()['id']}/archive/", {}, format="json").json()["archived_at"]


def test_a_check_is_recorded_decided_and_undone(cast, api, check):  # noqa: F811
    url = f"/api/v1/quality-checks/{check.pk}"
    results = [{"line_no": 1, "value": "21"}, {"line_no": 2, "is_ok": True}]
    assert api.post(f"{url}/record/", {"results": results}, format="json").json()["state"] == "failed"
    said = {"decision": "use_as_is", "reason": "Fine"}
    assert api.post(f"{url}/decide/", said, format="json").json()["state"] == "decided"
    assert api.post(f"{url}/undo-decision/", {}, format="json").json()["state"] == "failed"
    assert api.post(f"{url}/reopen/", {}, format="json").json()["state"] == "open"


def test_the_form_records_and_decides(cast, client, check):  # noqa: F811
    client.force_login(cast.planner)
    url = f"/s/TLL/quality-checks/{check.pk}/"
    assert check.number in client.get("/s/TLL/quality-checks/").content.decode()
    assert client.post(f"{url}record/", {"value_1": "21"}).status_code == 400
    page = client.post(f"{url}record/", {"value_1": "21", "ok_2": "yes"}, follow=True).content.decode()
    assert "What becomes of it?" in page
    client.post(f"{url}decide/", {"decision": "scrap", "reason": "Too thick"})
    assert QualityCheck.objects.get().decision == "scrap"
    client.post(f"{url}undo/")
    assert QualityCheck.objects.get().state == "failed"
    assert client.get(f"/s/TLL/quality-plans/{check.plan_id}/").status_code == 200


def test_others_find_no_check(cast, client, api, check):  # noqa: F811
    client.force_login(cast.outsider)
    assert client.get(f"/s/all/quality-checks/{check.pk}/").status_code == 404
    api.force_authenticate(cast.outsider)
    assert api.get("/api/v1/quality-checks/").json()["results"] == []
    api.force_authenticate(cast.viewer)
    assert api.post(f"/api/v1/quality-checks/{check.pk}/reopen/", {}, format="json").status_code == 403
    checks.record(check.pk, good(), now=cast.now, actor=cast.planner)
