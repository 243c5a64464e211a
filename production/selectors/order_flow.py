"""An order as the chain of its steps: tasks, the legs between them, and what each kind of cost came to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from inventory.choices import CostKind, DocumentKind, EntryKind, PoolKind, PostingKind
from inventory.models import StockBalance, TransferLine, ValueEntry
from production.choices import BillLineKind, OrderKind, TaskEventKind, TaskState
from production.models import ManufacturingOrder, Task, TaskEvent
from sites.access import Access

ZERO = Decimal(0)


@dataclass(frozen=True)
class Step:
    """A task and the line of the leg on which what it gives goes on (None: it stays, or is the last)."""

    place: int
    task: Task
    leg: TransferLine | None

    @property
    def lost(self) -> Decimal:
        return self.task.scrapped_quantity

    @property
    def is_current(self) -> bool:
        return self.task.state in (TaskState.RUNNING, TaskState.PAUSED)


@dataclass(frozen=True)
class KindCost:
    """One kind of cost in the company's currency: planned in all, planned for what is done, and what it came to."""

    kind: CostKind
    planned: Decimal
    planned_so_far: Decimal
    actual: Decimal

    @property
    def over(self) -> Decimal:
        return self.actual - self.planned_so_far


@dataclass(frozen=True)
class FlowCost:
    """All kinds, and by task: planned and actual."""

    kinds: Sequence[KindCost]
    tasks: Mapping[int, tuple[Decimal, Decimal]]
    currency: str

    @property
    def planned(self) -> Decimal:
        return sum((one.planned for one in self.kinds), ZERO)

    @property
    def planned_so_far(self) -> Decimal:
        return sum((one.planned_so_far for one in self.kinds), ZERO)

    @property
    def actual(self) -> Decimal:
        return sum((one.actual for one in self.kinds), ZERO)

    @property
    def over(self) -> Decimal:
        return self.actual - self.planned_so_far

    @property
    def most(self) -> Decimal:
        return max([*(one.planned for one in self.kinds), *(one.actual for one in self.kinds)], default=ZERO)

    def projected(self) -> Decimal:
        """What it will come to if the rest goes as planned."""
        return self.planned + self.over


def visible_steps(order: ManufacturingOrder, access: Access) -> list[Step]:
    """The steps that a reader sees of an order: all for its company, for others those at their sites. Two queries."""
    seen = access.q(companies=["company"], sites=["site"])
    related = ("work_center", "site__company", "operator", "team", "supplier", "purchase_line__order", "order")
    tasks = list(Task.objects.filter(seen, order=order).select_related(*related).order_by("number", "pk"))
    legs = legs_of(order, access)
    return [Step(place, task, legs.get(str(task.number))) for place, task in enumerate(tasks, start=1)]


def legs_of(order: ManufacturingOrder, access: Access) -> dict[str, TransferLine]:
    """The lines of the order's legs by the stage of their work in progress, where the reader sees them; one query."""
    seen = access.q(companies=["transfer__company"], sites=["transfer__origin", "transfer__destination"])
    lines = TransferLine.objects.filter(
        seen,
        transfer__source_kind=DocumentKind.MANUFACTURING_ORDER,
        transfer__source_id=order.pk,
        wip_lot__isnull=False,
    )
    related = ("transfer__origin", "transfer__destination", "wip_lot")
    return {line.wip_lot.stage: line for line in lines.select_related(*related).order_by("pk") if line.wip_lot}


def work_in_progress(order: ManufacturingOrder, access: Access) -> list[StockBalance]:
    """Where the order's pieces are that are begun and not finished; one query."""
    seen = access.q(companies=["owner"], sites=["site"])
    rows = StockBalance.objects.filter(
        seen,
        lot__kind="wip",
        lot__source_kind=DocumentKind.MANUFACTURING_ORDER,
        lot__source_id=order.pk,
        quantity__gt=0,
    )
    return list(rows.select_related("lot", "site", "location").order_by("lot__stage", "id"))


def events(order: ManufacturingOrder, access: Access, most: int) -> list[TaskEvent]:
    """What happened at its tasks, newest first; one query."""
    seen = access.q(companies=["company"], sites=["site"])
    rows = TaskEvent.objects.filter(seen, order=order).exclude(kind=TaskEventKind.ASSIGN)
    related = ("task", "site", "operator", "posting", "reversed_by")
    return list(rows.select_related(*related).order_by("-happened_at", "-pk")[:most])


def cost(order: ManufacturingOrder, steps: Sequence[Step], access: Access) -> FlowCost | None:
    """Planned and actual by kind and task, for whoever sees the company's costs; three queries."""
    if not (access.is_superuser or order.company_id in access.valued_company_ids):
        return None
    planned, so_far, by_task = _planned(order, steps)
    actual: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    spent: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    task_of = dict(
        TaskEvent.objects.filter(order=order, posting__isnull=False).order_by("pk").values_list("posting_id", "task_id")
    )
    for entry in inputs(order):
        actual[entry.cost_kind] += entry.amount
        if entry.posting_id in task_of:
            spent[task_of[entry.posting_id]] += entry.amount
    kinds = [KindCost(kind, planned[kind], so_far[kind], actual[kind]) for kind in CostKind]
    return FlowCost(
        [one for one in kinds if one.planned or one.actual],
        {step.task.pk: (by_task[step.task.pk], spent[step.task.pk]) for step in steps},
        order.company.currency,
    )


def inputs(order: ManufacturingOrder) -> list[ValueEntry]:
    """What was put into the order's cost, entry by entry; what went out with made pieces is left out. One query."""
    entries = ValueEntry.objects.filter(
        ~Q(amount=0), pool__kind=PoolKind.MO, pool__owner=order.company_id, pool__source_id=order.pk
    )
    rows = entries.select_related("posting", "move__item__unit").order_by("id")
    return [entry for entry in rows if not is_output(entry, order)]


def is_output(entry: ValueEntry, order: ManufacturingOrder) -> bool:
    """Whether cost left with what was made; without a move: when the rest was written off, unless it was taken back.

    What a correction brought is input of either sign, and what of it went on with what was made is not.
    """
    if entry.posting and entry.posting.kind == PostingKind.COST:
        return entry.kind != EntryKind.CORRECTION
    leaves = (entry.amount < 0) != bool(entry.posting and entry.posting.reverses_id)
    if entry.move is None or order.kind == OrderKind.DISASSEMBLY:
        return leaves
    return leaves and entry.move.item_id == order.item_id


def postings_of(order: ManufacturingOrder, task_id: int) -> set[int]:
    """The postings that the reports of one of its tasks made."""
    rows = TaskEvent.objects.filter(order=order, task=task_id, posting__isnull=False)
    return set(rows.values_list("posting_id", flat=True))


def _planned(
    order: ManufacturingOrder, steps: Sequence[Step]
) -> tuple[dict[str, Decimal], dict[str, Decimal], defaultdict[int, Decimal]]:
    """By kind: planned in all and for what is done; by task: planned in all."""
    planned: dict[str, Decimal] = dict.fromkeys(CostKind.values, ZERO)
    so_far: dict[str, Decimal] = dict.fromkeys(CostKind.values, ZERO)
    by_task: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    share = {step.task.pk: done_share(step.task) for step in steps}
    whole = min(order.posted_quantity / order.quantity, Decimal(1)) if order.quantity else ZERO
    for part in order.components.all():
        if part.kind != BillLineKind.COMPONENT:
            continue
        amount = part.quantity * part.planned_unit_cost
        planned[CostKind.MATERIAL] += amount
        so_far[CostKind.MATERIAL] += amount * share.get(part.task_id or 0, whole)
        by_task[part.task_id or 0] += amount
    for step in steps:
        for kind, amount in planned_work(step.task).items():
            planned[kind] += amount
            so_far[kind] += amount * share[step.task.pk]
            by_task[step.task.pk] += amount
    return planned, so_far, by_task


def planned_work(task: Task) -> dict[str, Decimal]:
    """What the work of a task costs by plan, and the way to the next one, by kind."""
    return {
        CostKind.LABOR: task.planned_labor_cost,
        CostKind.MACHINE: task.planned_machine_cost,
        CostKind.OVERHEAD: task.planned_overhead_cost,
        CostKind.SUBCONTRACTING: task.planned_service_cost,
        CostKind.TRANSPORT: task.planned_transport_cost,
    }


def done_share(task: Task) -> Decimal:
    """The share of a task that is done, from 0 to 1."""
    if task.state == TaskState.DONE:
        return Decimal(1)
    return min((task.good_quantity + task.scrapped_quantity) / task.start_quantity, Decimal(1))
