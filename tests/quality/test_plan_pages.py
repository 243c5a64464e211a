"""Plans entered by page, and pictures taken at checks."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from production.models import Attachment
from quality.models import QualityPlan
from tests.quality.test_checks import check, good, plan, receive  # noqa: F401 - fixtures

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
URL = "/s/all/quality-plans/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def body(cast, **said):
    lines = {
        "characteristics-0-name": "Gloss", "characteristics-0-kind": "measure", "characteristics-0-min_value": "30",
        "characteristics-0-unit": "GU", "characteristics-1-name": "Clean", "characteristics-1-kind": "pass_fail",
    }  # fmt: skip
    return {"code": "T-1", "name": "Tops", "whose": f"company:{cast.maker.pk}", "trigger": "finish", "item": "top",
            **lines, **said}  # fmt: skip


def test_a_plan_is_entered_and_put_away(cast, client):
    client.force_login(cast.planner)
    assert client.get(f"{URL}new/").status_code == 200
    assert client.post(f"{URL}new/", body(cast)).status_code == 302
    made = QualityPlan.objects.get()
    assert (made.company, made.site, made.item, made.trigger) == (cast.maker, None, cast.top, "finish")
    assert list(made.characteristics.order_by("line_no").values_list("name", "kind", "min_value", "unit")) == [
        ("Gloss", "measure", 30, "GU"), ("Clean", "pass_fail", None, ""),
    ]  # fmt: skip
    assert client.get(f"{URL}{made.pk}/archive/").status_code == 200
    assert client.post(f"{URL}{made.pk}/archive/").status_code == 302
    made.refresh_from_db()
    assert made.archived_at is not None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"item": "NONE"}, "item"),
        ({"supplier": "S-9"}, "supplier"),
        ({"code": ""}, "code"),
        ({"trigger": "x"}, "trigger"),
    ],
)
def test_what_is_wrong_stands_at_its_field(cast, client, wrong, field):
    client.force_login(cast.planner)
    page = client.post(f"{URL}new/", body(cast, **wrong))
    assert page.status_code in {400, 422}
    assert list(page.context["form"].errors) == [field]
    assert not QualityPlan.objects.exists()


def test_what_is_wrong_with_a_line_stands_there(cast, client):
    client.force_login(cast.planner)
    page = client.post(f"{URL}new/", body(cast, **{"characteristics-0-min_value": ""}))
    assert list(page.context["rows"].rows[0].errors) == ["min_value"]
    page = client.post(f"{URL}new/", body(cast, **{"characteristics-0-min_value": "much"}))
    assert list(page.context["rows"].rows[0].errors) == ["min_value"]


def test_others_enter_none(cast, client, plan):  # noqa: F811
    client.force_login(cast.operator)
    assert client.get(f"{URL}new/").status_code == 404
    client.force_login(cast.viewer)
    assert client.post(f"{URL}{plan.pk}/archive/").status_code == 403
    client.force_login(cast.outsider)
    assert client.post(f"{URL}{plan.pk}/archive/").status_code == 404


def test_a_photo_is_kept_with_its_check(cast, client, check):  # noqa: F811
    client.force_login(cast.planner)
    url = f"/s/TLL/quality-checks/{check.pk}/"
    wrong = {"value_1": "50", "ok_2": "yes", "photo_2": SimpleUploadedFile("x.svg", b"<svg/>")}
    page = client.post(f"{url}record/", wrong)
    assert page.status_code == 400
    assert "Only pictures" in page.content.decode()
    answer = client.post(f"{url}record/", {**wrong, "photo_2": SimpleUploadedFile("x.png", PNG)})
    assert answer.status_code == 302
    kept = Attachment.objects.get()
    assert check.results.get(line_no=2).attachment == kept
    assert f"/s/TLL/attachments/{kept.pk}/" in client.get(url).content.decode()
    assert client.get(f"/s/TLL/attachments/{kept.pk}/").status_code == 200
    client.force_login(cast.outsider)
    assert client.get(f"/s/all/attachments/{kept.pk}/").status_code == 404
