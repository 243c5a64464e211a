"""The order page's chain of steps: cards, legs, figures and cost as its template shows them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from core.ui.formats import number
from production.choices import TaskState
from production.models import ManufacturingOrder, Task, TaskEvent
from production.rules import OPEN_STATES
from production.selectors import order_flow, tasks
from production.selectors.order_flow import FlowCost, Step
from production.selectors.variances import variances
from sites.access import Access

BAR = 230
COST_BAR = 190
MOST_EVENTS = 12


class Bar(NamedTuple):
    """Widths in pixels: good, scrap, and where scrap begins."""

    good: str
    scrap_x: str
    scrap: str


def bar(step: Step) -> Bar:
    """Good and scrapped of what the step starts with."""
    task = step.task
    good = min(task.good_quantity / task.start_quantity, Decimal(1)) * BAR
    scrap = min(task.scrapped_quantity / task.start_quantity * BAR, BAR - good)
    return Bar(f"{good:.1f}", f"{good:.1f}", f"{scrap:.1f}")


_CSS: dict[str, str] = {TaskState.DONE: "done", TaskState.RUNNING: "cur", TaskState.PAUSED: "cur"}


def cards(steps: Sequence[Step], cost: FlowCost | None) -> list[dict[str, Any]]:
    """A card a step, in order, with its leg behind it."""
    return [
        {
            "step": step,
            "task": step.task,
            "bar": bar(step),
            "css": _CSS.get(step.task.state, ""),
            "leg": step.leg,
            "leg_css": {"received": "done", "closed": "done", "in_transit": "cur", "partly_received": "cur"}.get(
                step.leg.transfer.state if step.leg else "", ""
            ),
            "cost": cost.tasks.get(step.task.pk) if cost else None,
        }
        for step in steps
    ]


def variance_rows(order: ManufacturingOrder, steps: Sequence[Step], cost: FlowCost) -> list[tuple[str, Decimal]]:
    """Why it differs from plan, in words, of an order that has ended; what is 0 is left out."""
    if order.state in OPEN_STATES:
        return []
    found = variances(order, steps, cost)
    names = [
        (_("Material, other prices"), found.material_price),
        (_("Material, more used"), found.material_use),
        (_("Time, more minutes"), found.time),
        (_("Time, other rates"), found.rate),
        (_("Services"), found.service),
        (_("Transport"), found.transport),
        (_("Written off, in nothing that was made"), found.written_off),
    ]
    return [(name, amount) for name, amount in names if amount]


def cost_rows(cost: FlowCost) -> list[dict[str, Any]]:
    """A row a kind; the bar shows what is spent on what is planned, its tick the plan."""
    scale = COST_BAR / (cost.most or 1)
    return [
        {
            "cost": one,
            "label": one.kind.label,
            "planned_width": f"{one.planned * Decimal(scale):.1f}",
            "actual_width": f"{max(one.actual, Decimal(0)) * Decimal(scale):.1f}",
        }
        for one in cost.kinds
    ]


def said(event: TaskEvent, decimals: int) -> str:
    """What happened, in words."""
    amounts = [
        (event.good_quantity, _("%(n)s good")),
        (event.scrapped_quantity, _("%(n)s scrap")),
        (event.rework_quantity, _("%(n)s reworked")),
    ]
    parts = [text % {"n": number(amount, decimals)} for amount, text in amounts if amount]
    what = ", ".join(parts) or event.get_kind_display()
    who = f"{event.operator.name}: " if event.operator else ""
    why = f", {event.reason}" if event.reason else ""
    return f"{who}{event.task.name}, {what}{why}"


def current(order: ManufacturingOrder, access: Access) -> Task | None:
    """The first task that is not through, of those that the reader sees; one query."""
    rows = tasks.open_tasks(access).filter(order=order)
    return rows.order_by("number", "pk").first()


def context(order: ManufacturingOrder, access: Access) -> dict[str, Any]:
    """What the page says beside what it says of every order; nothing for an order without tasks."""
    steps = order_flow.visible_steps(order, access)
    if not steps:
        return {"cards": []}
    cost = order_flow.cost(order, steps, access)
    decimals = order.item.unit.decimals
    wip = order_flow.work_in_progress(order, access)
    sites = {step.task.site_id for step in steps}
    return {
        "cards": cards(steps, cost),
        "site_count": len(sites),
        "flow_cost": cost,
        "cost_rows": cost_rows(cost) if cost else [],
        "variances": variance_rows(order, steps, cost) if cost else [],
        "piece": cost.projected() / order.quantity if cost else None,
        "planned_piece": cost.planned / order.quantity if cost else None,
        "wip": wip,
        "wip_total": sum((row.quantity for row in wip), Decimal(0)),
        "lost": sum((step.task.scrapped_quantity for step in steps), Decimal(0)),
        "projected_at": max((step.task.due_at for step in steps if step.task.state != TaskState.DONE), default=None),
        "events": [(one, said(one, decimals)) for one in order_flow.events(order, access, MOST_EVENTS)],
    }
