"""What a tablet sends is applied once and in order, or kept for a supervisor."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, WrongState
from floor.choices import CommandState
from floor.models import FloorCommand
from floor.services import devices, resolving
from inventory.models import Item, Lot
from production.models import ManufacturingOrder, Task, TaskEvent
from production.services import manufacturing_orders
from tests.cast import Cast
from tests.floor.conftest import Hand

Figures = Callable[[], tuple[str, int, int]]


def states(answers: list) -> list[str]:
    return [answer.state for answer in answers]


def work(hand: Hand, task: Task) -> None:
    hand.does("start", task)
    for _ in range(4):
        hand.does("report", task, good="1")
    hand.does("report", task, scrap="1", reason="knot")
    hand.does("undo_last", task)
    hand.does("pause", task, reason="lunch")
    hand.does("resume", task)
    hand.does("report", task, good="6")
    hand.does("finish", task)


def test_a_day_offline_is_applied_in_order(hand: Hand, task: Task, figures: Figures) -> None:
    work(hand, task)

    answers = hand.sends()

    assert states(answers) == ["applied"] * 11, [answer.problem for answer in answers]
    assert figures() == ("done", 10, 0)
    assert answers[-1].result["task"]["state"] == "done"


def test_it_is_booked_when_it_happened_by_whom(hand: Hand, task: Task, mart, cast: Cast) -> None:
    hand.does("start", task)

    hand.sends()

    event = TaskEvent.objects.get(task=task, kind="start")
    assert event.happened_at == cast.now + timedelta(minutes=1)
    assert (event.operator_id, event.device_id) == (mart.pk, hand.device.pk)


def test_a_clock_that_is_wrong_is_corrected_by_what_it_says_when_it_sends(hand: Hand, task: Task, cast: Cast) -> None:
    command = hand.does("start", task)
    sent_at, now = command.device_at + timedelta(minutes=30), cast.now + timedelta(hours=5)

    from floor.services import receiving

    receiving.receive(hand.device.pk, [command], sent_at=sent_at, now=now)

    assert FloorCommand.objects.get().happened_at == now - timedelta(minutes=30)


def test_the_same_again_is_answered_as_the_first_time(hand: Hand, task: Task, figures: Figures) -> None:
    work(hand, task)
    first = hand.sends()

    again = hand.sends()

    assert again == first
    assert figures() == ("done", 10, 0)


def test_what_comes_too_early_waits(hand: Hand, task: Task, figures: Figures) -> None:
    start, report = hand.does("start", task), hand.does("report", task, good="2")

    assert states(hand.sends(report)) == ["waiting"]
    assert not FloorCommand.objects.exists()
    assert states(hand.sends(report, start)) == ["applied", "applied"]
    assert figures() == ("running", 2, 0)


def test_a_number_used_by_another_command_is_told(hand: Hand, task: Task) -> None:
    hand.does("start", task)
    hand.sends()
    hand.sequence = 0
    stranger = hand.does("pause", task)

    (answer,) = hand.sends(stranger)

    assert (answer.state, answer.problem["code"], answer.problem["last_sequence"]) == ("refused", "sequence_used", 1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_however_the_network_delivers_it_counts_once(
    hand: Hand, task: Task, figures: Figures, data: st.DataObject
) -> None:
    """Batches in any order, cut anywhere, sent any number of times: at the end everything stands once."""
    from django.db import transaction

    with transaction.atomic():
        hand.queue, hand.sequence = [], 0
        work(hand, task)
        for _ in range(data.draw(st.integers(1, 6))):
            chosen = data.draw(st.lists(st.sampled_from(hand.queue), min_size=1, max_size=12))
            hand.sends(*chosen)
        answers = hand.sends()
        assert states(answers) == ["applied"] * 11
        assert figures() == ("done", 10, 0)
        assert FloorCommand.objects.count() == 11
        transaction.set_rollback(True)


def test_two_tablets_at_one_task(hand: Hand, second_hand: Hand, task: Task, figures: Figures) -> None:
    hand.does("start", task)
    hand.does("report", task, good="3")
    second_hand.does("start", task)
    second_hand.does("report", task, good="4")
    hand.sends()

    answers = second_hand.sends()

    assert states(answers) == ["conflict", "applied"]
    assert answers[0].problem["code"] == "wrong_state"
    assert figures() == ("running", 7, 0)


def test_an_undo_takes_back_what_was_meant_only(hand: Hand, second_hand: Hand, task: Task, figures: Figures) -> None:
    hand.does("start", task)
    report = hand.does("report", task, good="3")
    hand.sends()
    second_hand.does("report", task, good="4")
    second_hand.sends()
    undo = hand.does("undo_last", task, of=str(report.uuid))

    (answer,) = hand.sends(undo)

    assert (answer.state, answer.problem["code"]) == ("conflict", "not_the_last")
    assert figures() == ("running", 7, 0)


def test_a_task_finished_after_its_order_was_canceled_is_kept(
    hand: Hand, task: Task, order: ManufacturingOrder, cast: Cast
) -> None:
    manufacturing_orders.cancel(order.pk, reason="Customer left", now=cast.now, actor=cast.planner)
    hand.does("start", task)
    hand.does("report", task, good="10")
    hand.does("finish", task)

    answers = hand.sends()

    assert states(answers) == ["conflict"] * 3
    assert order.number in answers[0].problem["message"]
    assert not TaskEvent.objects.exists()


def test_above_plan_is_kept_and_applied_with_another_quantity(
    hand: Hand, task: Task, cast: Cast, figures: Figures
) -> None:
    hand.does("start", task)
    hand.does("report", task, good="5000")
    hand.does("finish", task)
    answers = hand.sends()
    assert states(answers) == ["applied", "conflict", "conflict"]
    assert answers[2].problem["code"] == "after_conflict"
    assert figures() == ("running", 0, 0)
    kept = FloorCommand.objects.get(sequence=2)

    settled = resolving.retry(kept.pk, changes={"good": "10"}, now=hand.at + timedelta(hours=2), actor=cast.planner)

    assert (settled.state, settled.resolved_by) == ("applied", cast.planner)
    assert figures() == ("done", 10, 0)
    assert FloorCommand.objects.get(sequence=3).state == CommandState.APPLIED


def test_a_conflict_is_dismissed_with_a_reason_once(hand: Hand, task: Task, cast: Cast) -> None:
    hand.does("report", task, good="5000")
    hand.sends()
    kept = FloorCommand.objects.get()

    with pytest.raises(InvalidInput):
        resolving.dismiss(kept.pk, reason=" ", now=cast.now, actor=cast.planner)
    resolving.dismiss(kept.pk, reason="Typed twice", now=cast.now, actor=cast.planner)
    with pytest.raises(WrongState):
        resolving.retry(kept.pk, now=cast.now, actor=cast.planner)

    kept.refresh_from_db()
    assert (kept.state, kept.resolution) == ("dismissed", "Typed twice")


def test_an_operator_undoes_what_was_refused(hand: Hand, task: Task, figures: Figures) -> None:
    hand.does("start", task)
    hand.does("report", task, good="2")
    wrong = hand.does("report", task, good="5000")
    hand.does("undo_last", task, of=str(wrong.uuid))

    answers = hand.sends()

    assert states(answers) == ["applied", "applied", "conflict", "applied"]
    assert FloorCommand.objects.get(uuid=wrong.uuid).state == CommandState.DISMISSED
    assert figures() == ("running", 2, 0)


def test_an_unknown_badge_is_kept(hand: Hand, task: Task, figures: Figures) -> None:
    hand.badge = "mfgb-nobody"
    hand.does("start", task)

    (answer,) = hand.sends()

    assert (answer.state, answer.problem["code"]) == ("conflict", "unknown_operator")
    assert figures() == ("waiting", 0, 0)


def test_a_revoked_tablet_loses_nothing(hand: Hand, task: Task, cast: Cast, figures: Figures) -> None:
    hand.does("start", task)
    devices.revoke(hand.device.pk, now=cast.now, actor=cast.planner)

    (answer,) = hand.sends()

    assert (answer.state, answer.problem["code"]) == ("conflict", "device_revoked")
    assert figures() == ("waiting", 0, 0)
    resolving.retry(FloorCommand.objects.get().pk, now=hand.at + timedelta(hours=2), actor=cast.planner)
    assert figures() == ("running", 0, 0)


def lot_of(cast: Cast, item: Item, number: str, **said: object) -> Lot:
    lot = Lot.objects.create(item=item, issuer=cast.maker, number=number, **said)
    from decimal import Decimal

    from inventory.services.adjustments import AdjustmentLine, adjust

    line = AdjustmentLine(item_id=item.pk, quantity=Decimal(50), unit_cost=Decimal(2), lot_id=lot.pk)
    adjust(site_id=cast.tll.pk, reason="Opening", lines=[line], now=cast.now, actor=None)
    return lot


@pytest.fixture
def lot(cast: Cast, order: ManufacturingOrder) -> Lot:
    Item.objects.filter(pk=cast.top.pk).update(tracking="lot")
    return lot_of(cast, cast.top, "P-8813")


def test_a_scanned_lot_is_used(hand: Hand, task: Task, lot: Lot) -> None:
    hand.does("start", task)
    hand.does("issue", task, lot="p-8813", quantity="3")

    answers = hand.sends()

    assert states(answers) == ["applied", "applied"], answers[1].problem
    assert task.order.components.get(item=lot.item).posted_quantity == 3


@pytest.mark.parametrize("how", ["blocked", "expired", "unknown"])
def test_a_lot_that_may_not_be_used_is_kept(hand: Hand, task: Task, lot: Lot, cast: Cast, how: str) -> None:
    if how == "blocked":
        Lot.objects.filter(pk=lot.pk).update(state="held", state_reason="Mold")
    Lot.objects.filter(pk=lot.pk).update(expires_on=date(2026, 1, 1) if how == "expired" else None)
    hand.does("start", task)
    hand.does("issue", task, lot="P-0" if how == "unknown" else "P-8813", quantity="3")
    hand.does("report", task, good="0", rework="1")

    answers = hand.sends()

    assert states(answers)[:2] == ["applied", "conflict"]
    assert "P-" in answers[1].problem["message"]
    assert task.order.components.get(item=lot.item).posted_quantity == 0


def test_what_makes_no_sense_is_kept_as_well(hand: Hand, task: Task) -> None:
    hand.does("dance", task)
    hand.does("report", task, good="many")
    hand.does("start", None)
    hand.does("undo_last", task, of="nothing")

    assert states(hand.sends()) == ["conflict"] * 4
