"""Commands done in one go leave what they would leave one by one."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from floor.choices import CommandState
from floor.models import FloorCommand
from floor.services import receiving
from inventory.models import CostPool, StockBalance, StockMove, ValueEntry
from production.models import Completion, ManufacturingOrder, ManufacturingOrderComponent, Task, TaskEvent, WorkCenter
from tests.floor.conftest import Hand

COUNTS = st.sampled_from(["0", "1", "2", "3", "11"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["start", "pause", "resume", "finish", "help", "undo_last"]), st.just({})),
        st.tuples(st.just("report"), st.fixed_dictionaries({"good": COUNTS, "scrap": COUNTS})),
        st.tuples(st.just("issue"), st.fixed_dictionaries({"item": st.just("LEG"), "quantity": COUNTS})),
    ),
    min_size=2,
    max_size=8,
)


@pytest.fixture(autouse=True)
def rates(saw: WorkCenter) -> None:
    WorkCenter.objects.filter(pk=saw.pk).update(labor_rate_per_hour=Decimal(31), overhead_rate_per_hour=Decimal(7))


def left(order: ManufacturingOrder) -> dict[str, Any]:
    """All that the commands have left, without the ids that differ from run to run."""
    postings = list(StockMove.objects.order_by("posting_id").values_list("posting_id", flat=True).distinct())
    number = {posting_id: place for place, posting_id in enumerate(postings)}
    tasks = Task.objects.filter(order=order).order_by("number")
    return {
        "order": ManufacturingOrder.objects.values_list(
            "state", "posted_quantity", "scrapped_quantity", "started_at", "done_at"
        ).get(pk=order.pk),
        "tasks": list(
            tasks.values_list("state", "good_quantity", "scrapped_quantity", "spent_minutes", "started_at", "done_at")
        ),
        "components": list(
            ManufacturingOrderComponent.objects.filter(order=order)
            .order_by("line_no")
            .values_list("posted_quantity", "closed_quantity")
        ),
        "events": list(
            TaskEvent.objects.order_by("pk").values_list(
                "task__number", "kind", "good_quantity", "scrapped_quantity", "minutes", "happened_at", "operator_id"
            )
        ),
        "moves": [
            (number[posting_id], *rest)
            for posting_id, *rest in StockMove.objects.order_by("pk").values_list(
                "posting_id",
                "posting__kind",
                "item_id",
                "quantity",
                "from_location__kind",
                "to_location__kind",
                "effective_at",
            )
        ],
        "entries": list(
            ValueEntry.objects.order_by("pk").values_list("kind", "cost_kind", "quantity", "amount", "effective_on")
        ),
        "stock": list(
            StockBalance.objects.exclude(quantity=0)
            .order_by("item_id", "location__kind", "lot__number")
            .values_list("item_id", "location__kind", "lot__number", "quantity")
        ),
        "pools": list(CostPool.objects.order_by("kind", "item_id").values_list("kind", "item_id", "quantity", "value")),
        "completions": list(Completion.objects.order_by("pk").values_list("quantity", "scrapped_quantity")),
    }


# Shrinking would take minutes: each example is a small world of its own.
@settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=STEPS, second=STEPS)
def test_one_go_or_one_by_one_is_the_same(
    hand: Hand, order: ManufacturingOrder, first: list, second: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = []
    began_at = hand.at
    for most in (1, 100):
        monkeypatch.setattr(receiving, "MOST_TOGETHER", most)
        with transaction.atomic():
            hand.queue, hand.sequence, hand.at = [], 0, began_at
            for number, steps in ((10, first), (20, second)):
                for kind, payload in steps:
                    hand.does(kind, order.tasks.get(number=number), **payload)
            answers = hand.sends()
            codes = [(answer.state, answer.problem and answer.problem.get("code")) for answer in answers]
            figures = [{**answer.result.get("task", {})} for answer in answers]
            outcomes.append((codes, figures, left(order)))
            transaction.set_rollback(True)

    (codes, figures, one_by_one), (codes_together, figures_together, in_one_go) = outcomes
    assert codes_together == codes
    assert figures_together == figures
    for name, rows in one_by_one.items():
        assert in_one_go[name] == rows, name


def test_one_refusal_among_many_is_the_only_conflict(hand: Hand, task: Task) -> None:
    hand.does("start", task)
    for good in ("1", "1", "500", "1", "1"):
        hand.does("report", task, good=good)

    answers = hand.sends()

    assert [answer.state for answer in answers].count("conflict") == 1
    assert FloorCommand.objects.get(state=CommandState.CONFLICT).payload == {"good": "500"}
    task.refresh_from_db()
    assert task.good_quantity == 4


def test_many_cost_little_more_than_one(hand: Hand, task: Task) -> None:
    hand.does("start", task)
    hand.sends()
    hand.queue = []
    hand.does("report", task, good="1")
    with CaptureQueriesContext(
        connection,
    ) as one:
        hand.sends()
    hand.queue = []
    for _ in range(6):
        hand.does("report", task, good="1")
    with CaptureQueriesContext(connection) as many:
        hand.sends()

    assert len(many) < 2 * len(one)
