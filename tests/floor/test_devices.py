"""Tablets are enrolled once and revoked at once; operators prove who they are."""

from datetime import timedelta

import pytest

from core.errors import Forbidden, InvalidInput, NotFound
from floor.errors import DeviceRevoked, NotEnrolled, TooManyTries, UnknownOperator
from floor.models import Device
from floor.services import devices, operators
from production.models import Operator, WorkCenter
from tests.cast import Cast


@pytest.fixture(autouse=True)
def no_tries() -> None:
    from core import redis

    for key in redis.client().keys("floor tries*"):
        redis.client().delete(key)


def test_a_code_enrolls_one_tablet_once(cast: Cast, saw: WorkCenter) -> None:
    made, code = devices.create(site=cast.tll, name="Saw", work_center=saw, now=cast.now, actor=cast.planner)

    device, token = devices.enroll(code.lower().replace("-", " "), address="1", now=cast.now)

    assert device.pk == made.pk
    assert devices.known(token, now=cast.now).pk == made.pk
    with pytest.raises(InvalidInput):
        devices.enroll(code, address="1", now=cast.now)


def test_a_code_lives_half_an_hour(cast: Cast) -> None:
    _, code = devices.create(site=cast.tll, name="Saw", now=cast.now, actor=cast.planner)

    with pytest.raises(InvalidInput):
        devices.enroll(code, address="1", now=cast.now + timedelta(minutes=30))


def test_codes_are_not_tried_out(cast: Cast) -> None:
    for _ in range(20):
        with pytest.raises(InvalidInput):
            devices.enroll("AAAAA-AAAAA", address="10.9.9.9", now=cast.now)

    with pytest.raises(TooManyTries):
        devices.enroll("AAAAA-AAAAA", address="10.9.9.9", now=cast.now)


def test_a_revoked_tablet_is_known_no_more(cast: Cast) -> None:
    device, code = devices.create(site=cast.tll, name="Saw", now=cast.now, actor=cast.planner)
    _, token = devices.enroll(code, address="1", now=cast.now)
    devices.revoke(device.pk, now=cast.now, actor=cast.planner)

    with pytest.raises(DeviceRevoked):
        devices.known(token, now=cast.now)
    with pytest.raises(NotEnrolled):
        devices.known("nonsense", now=cast.now)


def test_only_who_runs_the_floor_makes_tablets(cast: Cast) -> None:
    for actor, error in ((cast.viewer, Forbidden), (cast.operator, Forbidden), (cast.outsider, NotFound)):
        with pytest.raises(error):
            devices.create(site=cast.tll, name="Saw", now=cast.now, actor=actor)
    assert not Device.objects.exists()


def test_the_contract_manufacturer_runs_his_own_floor(cast: Cast) -> None:
    device, _ = devices.create(site=cast.rix, name="Coating", now=cast.now, actor=cast.partner)

    assert device.company_id == cast.lakk.pk


def test_a_pin_proves_an_operator_for_a_shift(cast: Cast, tablet: Device, mart: Operator) -> None:
    operators.set_pin(mart.pk, "2580", actor=cast.planner)
    proof = operators.sign_in(tablet, code="7", pin="2580", now=cast.now).proof

    assert operators.by_proof(tablet, proof, at=cast.now + timedelta(hours=8)) == mart
    with pytest.raises(UnknownOperator):
        operators.by_proof(tablet, proof, at=cast.now + timedelta(hours=17))
    with pytest.raises(UnknownOperator):
        operators.by_proof(tablet, f"{proof}x", at=cast.now)


def test_pins_are_not_tried_out(cast: Cast, tablet: Device, mart: Operator) -> None:
    operators.set_pin(mart.pk, "2580", actor=cast.planner)
    for _ in range(5):
        with pytest.raises(UnknownOperator):
            operators.sign_in(tablet, code="7", pin="0000", now=cast.now)

    with pytest.raises(TooManyTries):
        operators.sign_in(tablet, code="7", pin="2580", now=cast.now)


def test_a_new_badge_ends_the_old_one(cast: Cast, tablet: Device, mart: Operator, badge: str) -> None:
    _, newer = operators.give_badge(mart.pk, actor=cast.planner)

    assert operators.by_badge(tablet, newer) == mart
    with pytest.raises(UnknownOperator):
        operators.by_badge(tablet, badge)


@pytest.mark.parametrize("pin", ["123", "1111", "12a4", "1234567890123"])
def test_a_pin_has_four_digits_and_more(cast: Cast, mart: Operator, pin: str) -> None:
    with pytest.raises(InvalidInput):
        operators.set_pin(mart.pk, pin, actor=cast.planner)
