"""Work centers, operators and their like: who enters them, who sees what, what is refused."""

import pytest

from core.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from core.models import Event
from production.models import Operator, Reason, Skill, Team, Tool, WorkCenter
from production.selectors import masters as selectors
from production.services import masters, operators
from sites.access import access_of


def test_a_work_center_is_entered_changed_and_put_away(cast):
    row = masters.create(WorkCenter, site=cast.tll, code="SAW", actor=cast.planner)
    row = masters.edit(row, expected=1, actor=cast.planner, machine_rate_per_hour="12.5")
    with pytest.raises(StaleVersion):
        masters.edit(row, expected=1, actor=cast.planner, name="Other")
    row = masters.archive(row, now=cast.now, actor=cast.planner)
    assert (row.name, row.machine_rate_per_hour, row.archived_at) == ("SAW", 12.5, cast.now)
    assert masters.restore(row, actor=cast.planner).archived_at is None
    kinds = [f"work_center.{verb}" for verb in ("created", "changed", "archived", "changed")]
    assert (
        list(Event.objects.filter(kind__startswith="work_center").order_by("pk").values_list("kind", flat=True))
        == kinds
    )


def test_a_code_is_taken_once_a_site(cast):
    masters.create(WorkCenter, site=cast.tll, code="SAW", actor=cast.planner)
    with pytest.raises(InvalidInput) as refusal:
        masters.create(WorkCenter, site=cast.tll, code="saw", actor=cast.planner)
    assert list(refusal.value.errors) == ["code"]


@pytest.mark.parametrize(
    ("who", "error"), [("viewer", Forbidden), ("operator", Forbidden), ("partner", NotFound), ("outsider", NotFound)]
)
def test_others_enter_no_work_center(cast, who, error):
    with pytest.raises(error):
        masters.create(WorkCenter, site=cast.tll, code="SAW", actor=getattr(cast, who))
    assert not WorkCenter.objects.exists()


def test_the_owner_of_the_goods_plans_at_a_contract_manufacturer_without_his_rates(cast):
    row = masters.create(WorkCenter, site=cast.rix, code="COAT", actor=cast.planner)
    with pytest.raises(InvalidInput) as refusal:
        masters.edit(row, actor=cast.planner, labor_rate_per_hour="1")
    assert list(refusal.value.errors) == ["labor_rate_per_hour"]
    assert masters.edit(row, actor=cast.lakk_planner, labor_rate_per_hour="30").labor_rate_per_hour == 30


def test_an_operator_has_a_pin_and_a_badge_of_which_no_word_is_kept(cast):
    skill = masters.create(Skill, code="WOOD", actor=cast.planner)
    mari = operators.create(site=cast.tll, code="MARI", pin="4711", skills=[skill], actor=cast.planner)
    token = operators.issue_badge(mari.pk, actor=cast.planner)
    assert token.startswith(operators.BADGE_PREFIX)  # a scanner tells it from a lot
    mari.refresh_from_db()
    assert [operators.is_pin_of(mari, pin) for pin in ("4711", "4712")] == [True, False]
    assert Operator.objects.get(badge_hash=operators.badge_hash(token)) == mari
    assert [word in mari.pin_hash + mari.badge_hash for word in ("4711", token)] == [False, False]
    operators.set_pin(mari.pk, "", actor=cast.planner)
    mari.refresh_from_db()
    assert not operators.is_pin_of(mari, "")


@pytest.mark.parametrize("pin", ["123", "1234567890123", "1111", "12a4", "١٢٣٤"])
def test_a_pin_has_four_to_twelve_digits_not_all_the_same(cast, pin):
    with pytest.raises(InvalidInput, match="4 to 12 digits"):
        operators.create(site=cast.tll, code="MARI", pin=pin, actor=cast.planner)


def test_an_operator_works_at_his_own_site(cast):
    team = masters.create(Team, site=cast.rix, code="A", actor=cast.lakk_planner)
    with pytest.raises(InvalidInput, match="another site"):
        operators.create(site=cast.tll, code="MARI", team=team, actor=cast.planner)


def test_operators_are_seen_by_their_site_s_people_alone(cast):
    operators.create(site=cast.rix, code="JANIS", actor=cast.lakk_planner)
    masters.create(WorkCenter, site=cast.rix, code="COAT", actor=cast.lakk_planner)
    masters.create(Tool, code="JIG", actor=cast.planner)
    masters.create(Reason, code="BREAK", kind="pause", actor=cast.planner)
    seen = {
        who: [
            select(access_of(getattr(cast, who))).count()
            for select in (selectors.operators, selectors.work_centers, selectors.tools, selectors.reasons)
        ]
        for who in ("planner", "lakk_planner", "partner", "outsider")
    }
    assert seen == {
        "planner": [0, 1, 1, 1],
        "lakk_planner": [1, 1, 1, 1],
        "partner": [1, 1, 1, 1],
        "outsider": [0, 0, 1, 1],
    }
