"""The projected balance: steps at their days, red under zero, labels that don't collide."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ui.balance_chart import LEFT, Change, Proposal, layout

MONDAY = date(2026, 11, 23)


def change(day: int, quantity: int, label: str = "SO-1", kind: str = "demand") -> Change:
    return Change(MONDAY + timedelta(days=day), Decimal(quantity), label, kind)


def test_steps_down_on_the_day_of_a_demand():
    chart = layout(start=MONDAY, days=10, on_hand=Decimal(14), changes=[change(2, -8)], width=1072, height=232)

    assert chart.line == "M52 48.0 H252.0 V118.9 H1052"
    assert [(row.on, row.amount, row.balance) for row in chart.rows] == [(date(2026, 11, 25), "−8", "6")]


def test_changes_of_one_day_are_one_step():
    day = [change(3, 20, "MO-0388", "supply"), change(3, -4, "SO-1058")]

    [label] = layout(start=MONDAY, days=20, on_hand=Decimal(2), changes=day).labels

    assert (label.amount, label.source) == ("+20 −4", "MO-0388, SO-1058")


def test_what_is_past_due_counts_today():
    chart = layout(start=MONDAY, days=10, on_hand=Decimal(5), changes=[change(-4, -2)])

    assert chart.rows[0].on == MONDAY


def test_the_part_under_zero_is_red():
    chart = layout(start=MONDAY, days=10, on_hand=Decimal(5), changes=[change(5, -8), change(8, 8, "PO-1", "supply")])

    [(x, width, y, depth)] = chart.negatives
    middle = (chart.width - 20 - LEFT) / 2 + LEFT
    assert x == pytest.approx(middle)
    assert width == pytest.approx((chart.width - 20 - LEFT) * 0.3, abs=0.2)
    assert y == pytest.approx(chart.zero + depth)


def test_weekends_are_shaded():
    assert len(layout(start=MONDAY, days=14, on_hand=Decimal(1), changes=[]).weekends) == 2


def test_a_proposal_lifts_the_line_from_its_day():
    chart = layout(
        start=MONDAY,
        days=10,
        on_hand=Decimal(0),
        changes=[change(5, -3)],
        proposal=Proposal(MONDAY + timedelta(days=5), Decimal(18), "with 18"),
    )

    assert chart.proposal.startswith("M")
    assert chart.proposal_label.text == "with 18"


def test_axis_words_stand_apart():
    ticks = layout(start=date(2026, 12, 24), days=90, on_hand=Decimal(1), changes=[]).x_ticks

    assert all(right.at - left.at > 60 for left, right in pairwise(ticks))


@settings(max_examples=60, deadline=None)
@given(
    days=st.integers(7, 90),
    moves=st.lists(st.tuples(st.integers(0, 89), st.integers(-500, 500).filter(bool)), max_size=60),
    on_hand=st.integers(0, 2000),
    safety=st.integers(0, 300),
)
def test_no_two_labels_overlap(days, moves, on_hand, safety):
    changes = [change(day, quantity, f"SO-{1000 + n}") for n, (day, quantity) in enumerate(moves)]

    chart = layout(start=MONDAY, days=days, on_hand=Decimal(on_hand), changes=changes, safety_stock=Decimal(safety))

    boxes = [label.box for label in chart.labels]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert len(chart.rows) == len({day for day, _quantity in moves if day < days})
