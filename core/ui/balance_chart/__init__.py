"""The projected balance, day by day: geometry of a step chart, at most about 90 days.

A step stands at the day of its change; demands are hollow dots, supplies full ones. The part under zero is red, the
safety stock dotted, weekends shaded, a proposal dashed. Labels that would collide are left out: the table has them.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from core.ui import formats
from core.ui.balance_chart.axes import weekends, x_ticks, y_ticks
from core.ui.balance_chart.frame import BOTTOM, LEFT, RIGHT, TOP, Frame, proposed_values, stages_of
from core.ui.balance_chart.labels import reserved_boxes, row_of, steps_and_labels
from core.ui.balance_chart.line import negatives_of, path_of, proposal_label, proposal_path
from core.ui.balance_chart.shapes import BalanceChart, Change, Proposal, Tick

__all__ = ["LEFT", "BalanceChart", "Change", "Proposal", "layout"]


def layout(
    *,
    start: date,
    days: int,
    on_hand: Decimal,
    changes: Iterable[Change],
    safety_stock: Decimal = Decimal(0),
    proposal: Proposal | None = None,
    note: str = "",
    width: int = 1248,
    height: int = 232,
) -> BalanceChart:
    """The chart of `days` days from `start`; a change before it counts on the first day (past due counts as today).

    `note` says what is short; it stands under the last negative part.
    """
    stages = stages_of(start, days, on_hand, changes)
    values = [float(on_hand), *(float(stage.balance) for stage in stages)]
    top_value = max(*values, float(safety_stock), *proposed_values(values, stages, proposal), 1.0)
    frame = Frame(start, days, width, height, min(0.0, *values), top_value)
    path, negatives = path_of(frame, on_hand, stages), negatives_of(frame, on_hand, stages)
    safety = Tick(frame.y(safety_stock), formats.number(safety_stock)) if safety_stock > 0 else None
    remark = Tick(negatives[-1][2] + 15, note) if note and negatives else None
    offer = proposal_label(frame, stages, on_hand, proposal)
    proposal_x = frame.x(proposal.on) if proposal else 0
    reserved = reserved_boxes(frame, safety, remark, offer, proposal_x)
    steps, labels = steps_and_labels(frame, on_hand, stages, reserved)
    return BalanceChart(
        width=width,
        height=height,
        left=LEFT,
        right=width - RIGHT,
        top=TOP,
        bottom=height - BOTTOM,
        zero=frame.y(0),
        weekends=weekends(frame),
        y_ticks=y_ticks(frame, safety),
        x_ticks=x_ticks(frame),
        line=path,
        area=f"{path} V{frame.y(0)} H{LEFT} Z",
        negatives=negatives,
        safety=safety,
        note=remark,
        steps=steps,
        labels=labels,
        proposal=proposal_path(frame, on_hand, stages, proposal),
        proposal_label=offer,
        proposal_x=proposal_x,
        rows=tuple(row_of(stage) for stage in stages),
    )
