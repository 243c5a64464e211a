"""Pictures and files: told by their bytes, kept under a name that nobody guesses, shown with what they hang on."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.errors import Forbidden, InvalidInput, NotFound
from production.models import Attachment, Operation, OperationInstruction, Routing, WorkCenter
from production.selectors import attachments as selectors
from production.services import attachments, masters
from sites.access import access_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(name="saw.png", content=PNG):
    return SimpleUploadedFile(name, content, content_type="text/html")


@pytest.fixture
def shown_at_rix(cast):
    """A picture of Nordwood, in the instructions of an operation that Lakk does in RIX."""
    row = attachments.upload(company=cast.maker, file=picture(), actor=cast.planner)
    center = masters.create(WorkCenter, site=cast.rix, code="COAT", actor=cast.planner)
    routing = Routing.objects.create(item=cast.table, company=cast.maker)
    operation = Operation.objects.create(routing=routing, number=10, name="Coat", work_center=center)
    OperationInstruction.objects.create(operation=operation, number=1, text="Two coats.", attachment=row)
    return row


def test_a_picture_is_what_its_bytes_say_and_lies_under_a_name_of_its_own(cast, media):
    row = attachments.upload(company=cast.maker, file=picture("../../etc/evil.html"), actor=cast.planner)
    assert (row.name, row.content_type, row.size_bytes) == ("evil.html", "image/png", 48)
    kept = [path for path in media.rglob("*") if path.is_file()]
    assert [(path.suffix, len(path.stem), "evil" in path.name) for path in kept] == [(".png", 40, False)]


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"RIFF0000WAVE", b"MZ"]
)
def test_what_is_no_picture_and_no_pdf_is_refused(cast, media, content):
    with pytest.raises(InvalidInput) as refusal:
        attachments.upload(company=cast.maker, file=picture(content=content), actor=cast.planner)
    assert list(refusal.value.errors) == ["file"]
    assert not Attachment.objects.exists()
    assert not list(media.rglob("*.*"))


def test_a_file_over_ten_megabytes_is_refused_unread(cast):
    with pytest.raises(InvalidInput, match="10 MB"):
        attachments.upload(company=cast.maker, file=picture(content=PNG + b"\0" * 10 * 2**20), actor=cast.planner)


@pytest.mark.parametrize(("who", "error"), [("viewer", Forbidden), ("lakk_planner", NotFound), ("outsider", NotFound)])
def test_others_bring_nothing_in_for_a_company(cast, who, error):
    with pytest.raises(error):
        attachments.upload(company=cast.maker, file=picture(), actor=getattr(cast, who))


def test_who_works_at_the_operations_site_sees_its_picture_and_no_other(cast, shown_at_rix):
    other = attachments.upload(company=cast.maker, file=picture("plan.png"), actor=cast.planner)
    seen = {
        who: set(selectors.attachments(access_of(getattr(cast, who))))
        for who in ("planner", "viewer", "lakk_planner", "partner", "supplier_planner", "outsider")
    }
    assert seen["planner"] == seen["viewer"] == {shown_at_rix, other}
    assert seen["lakk_planner"] == seen["partner"] == {shown_at_rix}
    assert not seen["supplier_planner"]
    assert not seen["outsider"]


def test_the_api_takes_a_form_with_a_file_and_gives_it_again(cast):
    api = APIClient()
    api.force_authenticate(cast.planner)
    said = {"company": cast.maker.code, "file": picture()}
    made = api.post("/api/v1/attachments/", said, format="multipart", headers={"Idempotency-Key": "p-1"})
    assert made.status_code == 201, made.json()
    assert "file" not in made.json()
    url = f"/api/v1/attachments/{made.json()['id']}/content/"
    assert b"".join(api.get(url).streaming_content) == PNG
    api.force_authenticate(cast.outsider)
    assert api.get(url).status_code == 404
    svg = picture("a.png", b"<svg/>")
    api.force_authenticate(cast.planner)
    refused = api.post("/api/v1/attachments/", {**said, "file": svg}, format="multipart")
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (400, ["file"])
