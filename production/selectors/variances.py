"""Where the cost of an order differs from its plan, and why: price or use, rate or time.

The differences are those of standard costing: use is valued at the planned price, the rest is price (Horngren, Cost
Accounting). They add up to what the order cost more than planned for what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import round_money
from inventory.choices import CostKind, EntryKind, PoolKind, PostingKind
from inventory.models import ValueEntry
from production.choices import BillLineKind
from production.models import ManufacturingOrder
from production.selectors.order_flow import FlowCost, Step, done_share, planned_work
from production.services.steps.freezing import planned_minutes

ZERO = Decimal(0)
_TIME = (CostKind.LABOR, CostKind.MACHINE, CostKind.OVERHEAD)


@dataclass(frozen=True)
class Variances:
    """In the company's currency, above 0: it cost more.

    `material_price`: components at other prices than on release; `material_use`: more of them, at those prices.
    `time`: more minutes, at planned rates; `rate`: other rates. `service` and `transport`: what others charged.
    `written_off`: cost that was left when the order ended, and is in nothing that it made.
    """

    material_price: Decimal
    material_use: Decimal
    time: Decimal
    rate: Decimal
    service: Decimal
    transport: Decimal
    written_off: Decimal

    @property
    def total(self) -> Decimal:
        """What it cost more than planned for what is done."""
        return self.material_price + self.material_use + self.time + self.rate + self.service + self.transport


def variances(order: ManufacturingOrder, steps: Sequence[Step], cost: FlowCost) -> Variances:
    """The differences of an order so far; `cost` is its cost as its reader may see it. Two queries."""
    by_kind = {one.kind: one for one in cost.kinds}

    def over(*kinds: CostKind) -> Decimal:
        return sum((by_kind[kind].over for kind in kinds if kind in by_kind), ZERO)

    material = by_kind.get(CostKind.MATERIAL)
    used = ZERO
    for part in order.components.all():
        if part.kind == BillLineKind.COMPONENT:
            used += part.posted_quantity * part.planned_unit_cost
    use = round_money(used - material.planned_so_far, cost.currency) if material else ZERO
    time = round_money(sum((_more_time(step) for step in steps), ZERO), cost.currency)
    return Variances(
        material_price=over(CostKind.MATERIAL) - use,
        material_use=use,
        time=time,
        rate=over(*_TIME) - time,
        service=over(CostKind.SUBCONTRACTING),
        transport=over(CostKind.TRANSPORT),
        written_off=_written_off(order),
    )


def _more_time(step: Step) -> Decimal:
    """What the minutes beyond plan cost at the planned rates."""
    task = step.task
    minutes = planned_minutes(task)
    if task.is_service or not minutes:
        return ZERO
    planned = sum((amount for kind, amount in planned_work(task).items() if kind in _TIME), ZERO)
    return planned * (task.spent_minutes / minutes - done_share(task))


def _written_off(order: ManufacturingOrder) -> Decimal:
    """What left the order's cost without a move and was not brought back."""
    pool = {"pool__kind": PoolKind.MO, "pool__owner": order.company_id, "pool__source_id": order.pk}
    entries = ValueEntry.objects.filter(**pool, move=None, kind=EntryKind.COST)
    left = ZERO
    for amount, kind, reversed_kind in entries.values_list("amount", "posting__kind", "posting__reverses__kind"):
        if PostingKind.DISCREPANCY in {kind, reversed_kind}:
            left -= amount
    return left
