"""What a report takes of the components: the planned share, or what it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max

from core.errors import InvalidInput
from core.quantities import check_quantity, to_decimal
from inventory.models import UnitOfMeasure
from inventory.selectors.ordering import Asked, Measured, Place, check_places, measured
from inventory.services import items
from production import rules
from production.drafts import ComponentUse
from production.models import ManufacturingOrder, ManufacturingOrderComponent, Task
from production.services import subject, substituting

ZERO = Decimal(0)


@dataclass(frozen=True)
class Issue:
    """So much of a component, out of a lot, place or owner's stock if named; `field` is where the caller said it."""

    component: ManufacturingOrderComponent
    quantity: Decimal
    lot_id: int | None = None
    location_id: int | None = None
    owner_id: int | None = None
    field: str = "quantity"


def planned_issues(
    order: ManufacturingOrder,
    parts: Sequence[ManufacturingOrderComponent],
    *,
    ordered: Decimal,
    completed: Decimal,
    gone: Decimal = ZERO,
) -> list[Issue]:
    """The planned share of each component when `completed` good ones are there, this report included.

    Pieces of the order's own item are used up by those `gone` too: what can't be repaired is scrapped.
    """
    issues = []
    for place, component in enumerate(parts):
        share = rules.planned_share(
            use=rules.Use(component.quantity, component.posted_quantity),
            ordered=ordered,
            completed=min(completed + gone, ordered) if subject.is_of(order, component) else completed,
            decimals=component.item.unit.decimals,
        )
        if share > 0:
            issues.append(Issue(component, share, field=f"components.{place}.quantity"))
    return issues


def given_issues(
    order: ManufacturingOrder,
    parts: Sequence[ManufacturingOrderComponent],
    uses: Sequence[ComponentUse],
    *,
    actor: Any,
    task: Task | None = None,
) -> list[Issue]:
    """What the report says was used (at a task); an item that was not planned there becomes a component with no need,
    unless the recipe lets it stand for another one: then it takes that one's need over.

    The caller holds the order's lock.

    :raises InvalidInput: naming each field that is wrong; nothing may be used to make itself.
    """
    site_id = task.site_id if task else order.site_id
    parts = [component for component in parts if component.site_id == site_id]
    if task is not None and any(component.task_id == task.pk for component in parts):
        mine = {component.item_id for component in parts if component.task_id == task.pk}
        parts = [part for part in parts if part.task_id == task.pk or part.item_id not in mine]
    by_item: dict[int, list[ManufacturingOrderComponent]] = {}
    for component in [*parts, *_added(order, parts, uses, actor=actor, task=task)]:
        by_item.setdefault(component.item_id, []).append(component)
    quantities = _checked(site_id, uses, {item_id: own[0].item.unit for item_id, own in by_item.items()})
    left = {component.pk: component.quantity - component.posted_quantity for component in parts}
    return [
        Issue(component, part, use.lot_id, use.location_id, use.owner_id, f"components.{place}.quantity")
        for place, (use, quantity) in enumerate(zip(uses, quantities, strict=True))
        for component, part in _split(by_item[use.item_id], quantity, left)
    ]


def _split(
    components: Sequence[ManufacturingOrderComponent], quantity: Decimal, left: dict[int, Decimal]
) -> Iterator[tuple[ManufacturingOrderComponent, Decimal]]:
    """Spread a quantity over the lines of one item: each takes what is left of its need, the last all the rest."""
    for component in components:
        is_last = component is components[-1]
        part = quantity if is_last else min(quantity, max(left.get(component.pk, ZERO), ZERO))
        if part > 0:
            quantity -= part
            left[component.pk] = left.get(component.pk, ZERO) - part
            yield component, part


def _checked(site_id: int, uses: Sequence[ComponentUse], units: Mapping[int, UnitOfMeasure]) -> list[Decimal]:
    quantities: list[Decimal] = []
    errors: dict[str, str] = {}
    for place, use in enumerate(uses):
        unit, field = units[use.item_id], f"components.{place}.quantity"
        try:
            number = to_decimal(use.quantity, field=field)
            quantities.append(
                number if number == 0 else check_quantity(number, decimals=unit.decimals, unit=unit.code, field=field)
            )
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors=errors)
    check_places(
        [
            Place(f"components.{place}.quantity", site_id, use.location_id, use.item_id, use.lot_id)
            for place, use in enumerate(uses)
        ]
    )
    return quantities


def _added(
    order: ManufacturingOrder,
    parts: Sequence[ManufacturingOrderComponent],
    uses: Sequence[ComponentUse],
    *,
    actor: Any,
    task: Task | None,
) -> list[ManufacturingOrderComponent]:
    """New components for the items that were not planned."""
    known = {component.item_id for component in parts}
    places = {use.item_id: place for place, use in enumerate(uses) if use.item_id not in known}
    if not places:
        return []
    if order.item_id in places:
        text = f"{order.item.sku} can't be used to make itself."
        raise InvalidInput(errors={f"components.{places[order.item_id]}.item": text})
    sizes = measured(
        [Asked(order.company_id, item_id, 1, f"components.{place}") for item_id, place in places.items()], actor=actor
    )
    items.give_sight([size.item_id for size in sizes if size.is_first_use], order.company_id)
    last = order.components.aggregate(last=Max("line_no"))["last"] or 0
    rows = [_unplanned(order, task, size, last + number) for number, size in enumerate(sizes, start=1)]
    _substitute(parts, rows, uses)
    ManufacturingOrderComponent.objects.bulk_create(rows)
    written = ManufacturingOrderComponent.objects.filter(pk__in=[row.pk for row in rows])
    return list(written.select_related("item__unit").order_by("line_no"))


def _substitute(
    parts: Sequence[ManufacturingOrderComponent],
    rows: Sequence[ManufacturingOrderComponent],
    uses: Sequence[ComponentUse],
) -> None:
    """What may stand for a component takes its need over, as far as it is used."""
    allowed = substituting.allowed(parts, [row.item_id for row in rows])
    for row in rows:
        if row.item_id in allowed:
            component, factor = allowed[row.item_id]
            used = sum((to_decimal(use.quantity, field="quantity") for use in uses if use.item_id == row.item_id), ZERO)
            substituting.hand_over(component, row, used, factor)


def _unplanned(
    order: ManufacturingOrder, task: Task | None, size: Measured, line_no: int
) -> ManufacturingOrderComponent:
    return ManufacturingOrderComponent(
        order=order,
        company_id=order.company_id,
        site_id=task.site_id if task else order.site_id,
        task=task,
        line_no=line_no,
        item_id=size.item_id,
        unit_id=size.unit_id,
        unit_factor=Decimal(1),
        ordered_quantity=ZERO,
        quantity=ZERO,
        posted_quantity=ZERO,
        closed_quantity=ZERO,
        need_by_on=order.start_on or order.due_on,
        quantity_per=ZERO,
    )
