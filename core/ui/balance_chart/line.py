"""The line of the balance, its part under zero, and the line of a proposal."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from core.ui.balance_chart.frame import LEFT, RIGHT, Day, Frame
from core.ui.balance_chart.shapes import Proposal, Tick


def path_of(frame: Frame, on_hand: Decimal, stages: Sequence[Day]) -> str:
    """The line of the balance, as an SVG path."""
    moves = [f"M{LEFT} {frame.y(on_hand)}"]
    moves += [f"H{frame.x(stage.on)} V{frame.y(stage.balance)}" for stage in stages]
    return " ".join([*moves, f"H{frame.width - RIGHT}"])


def spans_of(frame: Frame, on_hand: Decimal, stages: Sequence[Day]) -> list[tuple[float, float, Decimal]]:
    """From, to and balance of each level part of the line."""
    edges = [float(LEFT), *(frame.x(stage.on) for stage in stages), float(frame.width - RIGHT)]
    balances = [on_hand, *(stage.balance for stage in stages)]
    return [(a, b, value) for (a, b), value in zip(pairwise(edges), balances, strict=True) if b > a]


def negatives_of(
    frame: Frame, on_hand: Decimal, stages: Sequence[Day]
) -> tuple[tuple[float, float, float, float], ...]:
    """The parts under zero: x, width, y of the balance, height under zero."""
    zero = frame.y(0)
    return tuple(
        (a, round(b - a, 1), frame.y(value), round(frame.y(value) - zero, 1))
        for a, b, value in spans_of(frame, on_hand, stages)
        if value < 0
    )


def proposal_path(frame: Frame, on_hand: Decimal, stages: Sequence[Day], proposal: Proposal | None) -> str:
    """The line as it would stand with the proposal, from its day on; empty without one."""
    if proposal is None:
        return ""
    x = frame.x(proposal.on)
    before = [stage.balance for stage in stages if stage.on <= proposal.on]
    level = before[-1] if before else on_hand
    moves = [f"M{x} {frame.y(level)} V{frame.y(level + proposal.quantity)}"]
    for stage in stages:
        if stage.on > proposal.on:
            moves.append(f"H{frame.x(stage.on)} V{frame.y(stage.balance + proposal.quantity)}")
    return " ".join([*moves, f"H{frame.width - RIGHT}"])


def proposal_label(frame: Frame, stages: Sequence[Day], on_hand: Decimal, proposal: Proposal | None) -> Tick | None:
    """What is proposed, in the middle of its rise."""
    if proposal is None:
        return None
    before = [stage.balance for stage in stages if stage.on <= proposal.on]
    level = before[-1] if before else on_hand
    middle = (frame.y(level) + frame.y(level + proposal.quantity)) / 2
    return Tick(round(middle, 1), proposal.label)
