"""The pages of work centers and their like, and of routings with their operations: forms, refusals, rights, files."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from production.models import Attachment, Operator, Reason, Routing, Skill, Tool, WorkCenter
from production.services import masters, operators
from production.web.master_kinds import KINDS

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SAW = {"code": "SAW", "name": "Panel saw", "parallel_machines": "2", "machine_rate_per_hour": "60.5",
       "efficiency_factor": "90"}  # fmt: skip


@pytest.fixture
def as_planner(client, cast):
    client.force_login(cast.planner)
    return client


@pytest.fixture
def saw(cast):
    return masters.create(
        WorkCenter, site=cast.tll, code="SAW", name="Panel saw", machine_rate_per_hour="60.5", actor=cast.planner
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path)
def test_every_kind_has_its_list_form_and_export(as_planner, cast, kind):
    values = {"code": "X-1", "name": "First", "site": cast.tll.pk, "parallel_machines": "1",
              "efficiency_factor": "100", "kind": "pause"}  # fmt: skip
    assert as_planner.get(f"/s/TLL/{kind.path}/").status_code == 200
    assert as_planner.get(f"/s/TLL/{kind.path}/new/").status_code == 200
    made = as_planner.post(f"/s/TLL/{kind.path}/new/", values)
    assert (made.status_code, made.headers.get("Location")) == (302, f"/s/TLL/{kind.path}/")
    row = kind.model.objects.get()
    assert (row.code, row.name) == ("X-1", "First")
    assert "X-1" in as_planner.get(f"/s/TLL/{kind.path}/?search=first").content.decode()
    assert "X-1" not in as_planner.get(f"/s/TLL/{kind.path}/?search=second").content.decode()
    assert "X-1" in b"".join(as_planner.get(f"/s/TLL/{kind.path}/export/").streaming_content).decode()

    url = f"/s/TLL/{kind.path}/{row.pk}/"
    assert as_planner.post(f"{url}archive/").status_code == 302
    assert as_planner.get(f"/s/TLL/{kind.path}/").context["rows"] == []
    assert [one["row"] for one in as_planner.get(f"/s/TLL/{kind.path}/?tab=archived").context["rows"]] == [row]
    assert as_planner.get(f"{url}archive/").status_code == 404
    assert as_planner.post(f"{url}restore/").status_code == 302
    row.refresh_from_db()
    assert row.archived_at is None


def test_a_work_center_is_entered_and_changed(as_planner, cast):
    assert as_planner.post("/s/TLL/work-centers/new/", {**SAW, "site": cast.tll.pk}).status_code == 302
    row = WorkCenter.objects.get()
    assert (row.parallel_machines, row.machine_rate_per_hour) == (2, Decimal("60.5"))
    assert row.efficiency_factor == Decimal("0.9")
    again = {**SAW, "labor_rate_per_hour": "1 200", "version": row.version}
    assert as_planner.post(f"/s/TLL/work-centers/{row.pk}/", again).status_code == 302
    row.refresh_from_db()
    assert (row.labor_rate_per_hour, row.version) == (1200, 2)

    late = as_planner.post(f"/s/TLL/work-centers/{row.pk}/", {**SAW, "name": "Other", "version": 1})
    assert late.status_code == 412
    assert "Now: Panel saw" in late.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": ""}, "code"),
        ({"machine_rate_per_hour": "much"}, "machine_rate_per_hour"),
        ({"machine_rate_per_hour": "-1"}, "machine_rate_per_hour"),
        ({"parallel_machines": "0"}, "parallel_machines"),
        ({"efficiency_factor": "0"}, "efficiency_factor"),
    ],
)
def test_what_is_wrong_stands_at_its_field(as_planner, cast, wrong, field):
    page = as_planner.post("/s/TLL/work-centers/new/", {**SAW, "site": cast.tll.pk, **wrong})
    assert page.status_code in {400, 422}
    assert list(page.context["form"].errors) == [field]
    assert not WorkCenter.objects.exists()


def test_an_operator_keeps_his_pin_until_another_is_typed(as_planner, cast, saw):
    weld = masters.create(Skill, code="WELD", actor=cast.planner)
    values = {"code": "MARI", "name": "Mari", "work_center": saw.pk, "skills": [weld.pk], "is_supervisor": "on"}
    assert as_planner.post("/s/all/operators/new/", {**values, "site": cast.tll.pk, "pin": "4711"}).status_code == 302
    mari = Operator.objects.get()
    assert (mari.work_center, list(mari.skills.all()), mari.is_supervisor) == (saw, [weld], True)
    page = as_planner.get(f"/s/all/operators/{mari.pk}/").content.decode()
    assert "4711" not in page
    changed = {**values, "skills": [], "name": "Mari Kask", "version": mari.version}
    assert as_planner.post(f"/s/all/operators/{mari.pk}/", changed).status_code == 302
    mari = Operator.objects.get()
    assert (mari.name, list(mari.skills.all()), operators.is_pin_of(mari, "4711")) == ("Mari Kask", [], True)
    short = {**changed, "version": mari.version, "pin": "12"}
    assert as_planner.post(f"/s/all/operators/{mari.pk}/", short).status_code == 400


def test_who_may_not_change_it_reads_it_without_rates(client, cast, saw):
    client.force_login(cast.operator)
    page = client.get(f"/s/TLL/work-centers/{saw.pk}/").content.decode()
    assert "Panel saw" in page
    assert "60.5" not in page
    assert "60.5" not in client.get("/s/TLL/work-centers/").content.decode()
    assert client.get("/s/TLL/work-centers/new/").status_code == 404
    assert client.post(f"/s/TLL/work-centers/{saw.pk}/", {**SAW, "name": "Mine"}).status_code == 403
    assert client.post(f"/s/TLL/work-centers/{saw.pk}/archive/").status_code == 404
    client.force_login(cast.outsider)
    assert client.get(f"/s/all/work-centers/{saw.pk}/").status_code == 404


def test_a_tool_and_a_reason_may_be_for_all_sites(as_planner, cast):
    assert as_planner.post("/s/TLL/tools/new/", {"code": "JIG", "site": ""}).status_code == 302
    assert as_planner.post("/s/TLL/reasons/new/", {"code": "KNOT", "site": "", "kind": "scrap"}).status_code == 302
    assert (Tool.objects.get().site, Reason.objects.get().site) == (None, None)


def lines(prefix, *rows):
    return {f"{prefix}-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}


@pytest.fixture
def routing(as_planner, cast, saw):
    masters.create(WorkCenter, site=cast.rix, code="COAT", name="Coating", actor=cast.planner)
    operations = lines(
        "operations",
        {"name": "Cut", "work_center": "saw", "setup_time_minutes": "20", "run_time_minutes_per_unit": "1.5",
         "yield_factor": "95"},
        {"name": "Coat", "work_center": "RIX/COAT", "service_unit_price": "3.20"},
    )  # fmt: skip
    head = {"item": "table", "whose": f"company:{cast.maker.pk}", "revision": "A"}
    answer = as_planner.post("/s/all/routings/new/", {**head, **operations})
    assert answer.status_code == 302, answer.context["form"].errors
    return Routing.objects.get()


def test_a_routing_is_entered_over_two_sites(as_planner, cast, routing):
    cut, coat = routing.operations.order_by("number")
    assert (cut.number, cut.setup_time_minutes, cut.run_time_minutes_per_unit) == (10, 20, Decimal("1.5"))
    assert cut.yield_factor == Decimal("0.95")
    assert (coat.number, coat.work_center.site, coat.service_unit_price) == (20, cast.rix, Decimal("3.2"))
    assert (routing.company, routing.site, routing.revision) == (cast.maker, None, "A")
    page = as_planner.get(f"/s/all/routings/{routing.pk}/")
    assert page.context["way"] == ["TLL", "RIX"]
    assert "TABLE" in as_planner.get("/s/RIX/routings/?center=coat").content.decode()
    assert "RIX" in b"".join(as_planner.get("/s/all/routings/export/").streaming_content).decode()


def test_a_routing_is_changed_line_by_line(as_planner, cast, routing):
    cut = routing.operations.get(number=10)
    url = f"/s/all/routings/{routing.pk}/edit/"
    rows = as_planner.get(url).context["rows"].rows
    said = [dict(row.said) for row in rows]
    said[0]["run_time_minutes_per_unit"] = "2"
    changed = {"revision": "A", "code": "R-1", "version": routing.version}
    new = {"name": "Pack", "work_center": "TLL/SAW", "number": "40"}
    assert as_planner.post(url, {**changed, **lines("operations", said[0], new)}).status_code == 302
    routing.refresh_from_db()
    assert routing.code == "R-1"
    found = list(routing.operations.order_by("number").values_list("pk", "number", "name", "run_time_minutes_per_unit"))
    assert [row[1:] for row in found] == [(10, "Cut", 2), (40, "Pack", 0)]
    assert found[0][0] == cut.pk
    assert as_planner.post(url, {**changed, **lines("operations", said[0])}).status_code == 412

    wrong = {**said[0], "work_center": "NONE", "id": str(cut.pk)}
    page = as_planner.post(url, {**changed, "version": routing.version, **lines("operations", wrong)})
    assert page.status_code == 400
    assert page.context["rows"].rows[0].errors == {"work_center": "There is no work center “NONE”."}


def test_instructions_carry_pictures_to_those_who_do_the_work(as_planner, client, cast, routing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    coat = routing.operations.get(number=20)
    spray = masters.create(Skill, code="SPRAY", actor=cast.planner)
    gun = masters.create(Tool, code="GUN", actor=cast.planner)
    url = f"/s/all/routings/{routing.pk}/operations/{coat.pk}/"
    assert as_planner.get(url).status_code == 200
    body = {
        "version": routing.version, "skills": [spray.pk], "tools": [gun.pk],
        **lines("alternatives", {"work_center": "TLL/SAW", "run_time_minutes_per_unit": "4"}),
        "instructions-0-text": "Shake it.\nTwice.",
        "instructions-1-file": SimpleUploadedFile("coat.png", PNG),
    }  # fmt: skip
    assert as_planner.post(url, body).status_code == 302
    coat.refresh_from_db()
    assert [step.text for step in coat.instructions.order_by("number")] == ["Shake it.\nTwice.", ""]
    kept = Attachment.objects.get()
    assert coat.instructions.get(number=2).attachment == kept
    assert [(one.work_center.code, one.run_time_minutes_per_unit) for one in coat.alternatives.all()] == [("SAW", 4)]
    assert ([row.code for row in coat.skills.all()], [row.code for row in coat.tools.all()]) == (["SPRAY"], ["GUN"])
    assert f"/s/all/attachments/{kept.pk}/" in as_planner.get(f"/s/all/routings/{routing.pk}/").content.decode()

    picture = as_planner.get(f"/s/all/attachments/{kept.pk}/")
    assert (b"".join(picture.streaming_content), picture["Content-Type"]) == (PNG, "image/png")
    assert (picture["X-Content-Type-Options"], "sandbox" in picture["Content-Security-Policy"]) == ("nosniff", True)
    client.force_login(cast.lakk_planner)
    assert client.get(f"/s/RIX/attachments/{kept.pk}/").status_code == 200
    client.force_login(cast.outsider)
    assert client.get(f"/s/all/attachments/{kept.pk}/").status_code == 404


def test_a_refused_file_is_named_and_nothing_is_changed(as_planner, routing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cut = routing.operations.get(number=10)
    url = f"/s/all/routings/{routing.pk}/operations/{cut.pk}/"
    file = SimpleUploadedFile("x.svg", b"<svg/>")
    body = {"version": routing.version, "instructions-0-text": "Look", "instructions-0-file": file}
    page = as_planner.post(url, body)
    assert page.status_code == 400
    assert list(page.context["steps_rows"].rows[0].errors) == ["file"]
    assert not cut.instructions.exists()


def test_a_routing_is_put_away(as_planner, routing):
    assert as_planner.get(f"/s/all/routings/{routing.pk}/archive/").status_code == 200
    assert as_planner.post(f"/s/all/routings/{routing.pk}/archive/").status_code == 302
    routing.refresh_from_db()
    assert routing.archived_at is not None
    assert as_planner.get(f"/s/all/routings/{routing.pk}/edit/").status_code == 302
