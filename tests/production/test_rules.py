"""The arithmetic of recipes and orders, against numbers worked by hand."""

from decimal import Decimal as D

import pytest

from core.errors import WrongState
from production import rules
from production.choices import ManufacturingOrderState as State
from production.rules import Step, Use


def need(order, per, *, bill=1, scrap=0, fixed=0, decimals=0):
    return rules.component_need(
        order_quantity=D(order),
        bill_quantity=D(bill),
        quantity_per=D(per),
        scrap_factor=D(scrap),
        fixed_quantity=D(fixed),
        decimals=decimals,
    )


def test_need_is_quantity_per_times_order_quantity():
    assert need(10, 4) == 40


def test_need_is_per_bill_quantity():
    """A bill of 12 takes 5: 30 ÷ 12 × 5 = 12.5, rounded up."""
    assert need(30, 5, bill=12) == 13


def test_need_grows_by_scrap():
    """One in twenty is lost: 38 ÷ 0.95 = 40."""
    assert need(38, 1, scrap="0.05") == 40


def test_fixed_quantity_counts_once_an_order():
    assert need(10, 4, fixed=3) == 43


def test_need_is_rounded_up_once_at_the_end():
    """7 ÷ 3 × 2 ÷ 0.9 + 0.5 = 5.685…; rounding each step up would give 8."""
    assert need(7, 2, bill=3, scrap="0.1", fixed="0.5") == 6


def test_need_of_a_measured_component_keeps_its_decimals():
    """1 ÷ 3 m is 0.334 m to the millimeter, rounded up."""
    assert need(1, 1, bill=3, decimals=3) == D("0.334")


def test_a_whole_number_stays_whole():
    """2 ÷ 3 × 3 = 2, although 2 ÷ 3 has no end."""
    assert need(2, 3, bill=3) == 2


def test_start_quantity_is_good_by_yield_rounded_up():
    """98 in a hundred are good: 100 ÷ 0.98 = 102.04…"""
    assert rules.start_quantity(good=D(100), yield_factor=D("0.98"), decimals=0) == 103
    assert rules.start_quantity(good=D(98), yield_factor=D("0.98"), decimals=0) == 100


def share(need, issued, *, ordered=10, completed, decimals=0):
    return rules.planned_share(
        use=Use(D(need), D(issued)), ordered=D(ordered), completed=D(completed), decimals=decimals
    )


def test_planned_share_follows_what_is_completed():
    assert share(40, 0, completed=4) == 16
    assert share(40, 16, completed=7) == 12


def test_planned_share_is_rounded_up_to_whole_pieces():
    """3 screws for 2: the first takes 1.5 → 2, the last the 1 that is left."""
    assert share(3, 0, ordered=2, completed=1) == 2
    assert share(3, 2, ordered=2, completed=2) == 1


def test_planned_share_is_never_below_zero():
    assert share(40, 30, completed=4) == 0
    assert share(40, 50, completed=10) == 0


def test_last_completion_settles_the_rest():
    assert share(40, 1, completed=10) == 39


def part(uses, *, before, quantity, ordered=10):
    return rules.pool_part(
        uses=[Use(D(n), D(i)) for n, i in uses], ordered=D(ordered), completed_before=D(before), quantity=D(quantity)
    )


def test_value_goes_with_what_was_issued_for_it():
    """Issued for 4, completed 4: all of it."""
    assert part([(10, 4), (40, 16)], before=0, quantity=4) == (4, 4)


def test_value_issued_for_later_ones_stays():
    """All is issued at the first 4 of 10: they take 4 parts of 10."""
    assert part([(10, 10), (40, 40)], before=0, quantity=4) == (4, 10)


def test_the_scarcest_component_says_how_many_are_covered():
    """10 tops but only 20 of 40 legs: 5 are covered."""
    assert part([(10, 10), (40, 20)], before=0, quantity=4) == (4, 5)


def test_what_is_completed_is_covered_at_least():
    """Nothing issued, 4 completed: they take all there is."""
    assert part([(10, 0), (40, 0)], before=0, quantity=4) == (4, 4)


def test_more_than_needed_covers_no_more_than_the_order():
    assert part([(10, 30)], before=2, quantity=3) == (3, 8)


def test_the_last_completion_takes_all():
    assert part([(10, 0)], before=7, quantity=3) == (3, 3)


def test_components_without_need_don_t_count():
    assert part([(10, 5), (0, 3)], before=0, quantity=4) == (4, 5)


def test_the_shortest_way_back_is_found():
    pairs = [(1, 2), (2, 3), (3, 4), (4, 1), (2, 4)]
    assert rules.shortest_way_back(1, pairs) == [1, 2, 4, 1]
    assert rules.shortest_way_back(1, [(1, 1)]) == [1, 1]
    assert rules.shortest_way_back(1, [(1, 2), (2, 3)]) is None


@pytest.mark.parametrize(
    ("completed", "has_reports", "state"),
    [
        (0, False, State.RELEASED),
        (0, True, State.IN_PROGRESS),
        (3, True, State.PARTLY_COMPLETED),
        (10, True, State.DONE),
    ],
)
def test_state_follows_from_what_is_completed(completed, has_reports, state):
    assert rules.state_of(ordered=D(10), completed=D(completed), has_reports=has_reports) == state


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.PLANNED, Step.COMPLETE),
        (State.RELEASED, Step.RELEASE),
        (State.PARTLY_COMPLETED, Step.CANCEL),
        (State.DONE, Step.COMPLETE),
        (State.CLOSED, Step.COMPLETE),
        (State.CANCELED, Step.RELEASE),
        (State.RELEASED, Step.RESIZE),
    ],
)
def test_what_the_table_does_not_have_is_refused(state, step):
    with pytest.raises(WrongState, match="MO-1"):
        rules.check(state, step, number="MO-1")
