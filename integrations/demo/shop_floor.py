"""Work centers, operators, and the orders whose steps are at three sites: oak TV stands for Chicago.

Cut in Tallinn, oiled in Riga by Lakkur, assembled in Chicago. They are made of items of their own, so that the story of
the tables stays as it is told.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from integrations.demo.parties import MAKER
from integrations.demo.world import World
from inventory.choices import DocumentKind
from inventory.models import Item, Transfer, UnitOfMeasure
from inventory.services import items, transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers.drafts import Movement, Part
from production.choices import ReasonKind
from production.drafts import BillDraft, BillLineDraft, OrderDraft
from production.models import ManufacturingOrder, Operator, Reason, Skill, Team, Tool, WorkCenter
from production.routing_drafts import InstructionDraft, OperationDraft, RoutingDraft
from production.services import bills, manufacturing_orders, masters, operators, routings, tasks
from production.services.tasks import Doing, ReportDraft
from purchasing.services import suppliers

D = Decimal
STAND = "STAND-OAK-110"
# SKU, name, unit, standard cost, where it lies, how much of it.
PARTS = (
    ("STAND-PLANK-30", "Oak plank 30 mm, for TV stands", "m", "11.40", "TLL", 180),
    ("STAND-OIL", "Hard oil, for TV stands", "l", "18.60", "RIX", 14),
    ("STAND-LEG-42", "Stand leg 42 cm, steel", "pcs", "6.80", "CHI", 100),
)
# Code, name, site, machines, labor, machine and overhead an hour.
CENTERS = (
    ("SAW-1", "Saw 1", "TLL", 1, 26, 14, 9),
    ("CNC-1", "CNC 1", "TLL", 1, 28, 32, 11),
    ("OIL-1", "Oiling line 1", "RIX", 1, 0, 0, 0),
    ("ASSEMBLY-1", "Assembly 1", "CHI", 2, 34, 4, 10),
)
PEOPLE = (
    ("MK", "Mart Kask", "TLL", "SAW-1", "4711"),
    ("EP", "Eva Pärn", "TLL", "CNC-1", "4712"),
    ("LB", "Līga Bērziņa", "RIX", "OIL-1", "4713"),
    ("JO", "Jim Olson", "CHI", "ASSEMBLY-1", "4714"),
)
REASONS = (
    (ReasonKind.PAUSE, "BREAK", "Break"),
    (ReasonKind.PAUSE, "MATERIAL", "No material"),
    (ReasonKind.PAUSE, "MACHINE", "Machine stopped"),
    (ReasonKind.SCRAP, "KNOT", "Knot in the plank"),
    (ReasonKind.SCRAP, "SIZE", "Wrong size"),
    (ReasonKind.REWORK, "SURFACE", "Surface"),
)
TOOLS = (("GAUGE", "Board gauge", "TLL"), ("TORQUE", "Torque wrench, 12 Nm", "CHI"))
# What the operations of the stand need, by their work centers.
NEEDS = {"SAW-1": ((), ("GAUGE",)), "OIL-1": (("OILING",), ()), "ASSEMBLY-1": ((), ("TORQUE",))}


@dataclass
class Floor:
    """What was written, by code."""

    centers: dict[str, WorkCenter] = field(default_factory=dict)
    people: dict[str, Operator] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    skills: dict[str, Skill] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)


def write_shop_floor(world: World) -> None:
    """Masters, then orders: one under way at three sites, one begun, one planned, and one that takes stands apart."""
    floor = Floor()
    _write_masters(world, floor)
    _write_stand(world, floor)
    under_way, begun, _ = [_order(world, floor, quantity, days) for quantity, days in ((20, 12), (15, 20), (10, 34))]
    _release(world, under_way, -8)
    _release(world, begun, -2)
    _play(world, floor, under_way)
    saw = begun.tasks.get(number=10)
    _report(world, floor, saw, "MK", good=6, minutes=55, days=-1)
    _take_apart(world, floor)


def _write_masters(world: World, floor: Floor) -> None:
    coater = world.companies[MAKER]
    suppliers.create(company=world.own, code=MAKER, party=coater, name=coater.name, lead_time_days=7, actor=None)
    skill = floor.skills["OILING"] = masters.create(Skill, code="OILING", name="Oiling", actor=None)
    for code, name, site in TOOLS:
        floor.tools[code] = masters.create(Tool, site=world.sites[site], code=code, name=name, actor=None)
    team = masters.create(Team, site=world.sites["TLL"], code="EARLY", name="Early shift", actor=None)
    for kind, code, name in REASONS:
        masters.create(Reason, kind=kind, code=code, name=name, actor=None)
    for code, name, site, machines, labor, machine, overhead in CENTERS:
        floor.centers[code] = masters.create(
            WorkCenter,
            site=world.sites[site],
            code=code,
            name=name,
            parallel_machines=machines,
            labor_rate_per_hour=D(labor),
            machine_rate_per_hour=D(machine),
            overhead_rate_per_hour=D(overhead),
            actor=None,
        )
    for code, name, site, center, pin in PEOPLE:
        floor.people[code] = operators.create(
            site=world.sites[site],
            code=code,
            name=name,
            work_center=floor.centers[center],
            skills=[skill] if site == "RIX" else [],
            team=team if site == "TLL" else None,
            pin=pin,
            actor=None,
        )


def _write_stand(world: World, floor: Floor) -> None:
    units = {unit.code: unit for unit in UnitOfMeasure.objects.filter(code__in=["pcs", "m", "l"])}
    rows = [(STAND, "TV stand, oak 110", "pcs", "118.00", "", 0), *PARTS]
    for sku, name, unit, cost, site, quantity in rows:
        item = floor.items[sku] = items.create(
            sku=sku, name=name, unit=units[unit], company=world.own, terms={"standard_cost": D(cost)}, actor=None
        )
        if quantity:
            line = AdjustmentLine(item_id=item.pk, quantity=D(quantity), unit_cost=D(cost))
            adjust(
                site_id=world.sites[site].pk,
                reason="First delivery",
                owner_id=world.own.pk,
                lines=[line],
                effective_at=_at(world, -10),
                now=_at(world, -10),
                actor=None,
            )
    per = {"STAND-PLANK-30": ("3.5", 10), "STAND-OIL": ("0.25", 30), "STAND-LEG-42": ("2", 40)}
    lines = [
        BillLineDraft(component_id=floor.items[sku].pk, quantity_per=D(quantity), operation_number=number)
        for sku, (quantity, number) in per.items()
    ]
    draft = BillDraft(item_id=floor.items[STAND].pk, company_id=world.own.pk, code=STAND, lines=lines)
    bills.create(draft, now=_at(world, -10), actor=None)
    _write_routing(world, floor)


def _write_routing(world: World, floor: Floor) -> None:
    grain = "Grain runs along the length. Stop at 1,112 mm; the last 6 mm are trimmed on CNC 1."
    steps = (
        ("Cut", "SAW-1", 30, 8, None, "1", (grain, "Check every tenth board with the gauge.")),
        ("Mill edges", "CNC-1", 20, 6, None, "1", ("Program S-110. Both long edges, radius 4.",)),
        ("Oil", "OIL-1", 0, 0, D("14.50"), "0.95", ("Two coats, 12 hours between them.",)),
        ("Assemble and pack", "ASSEMBLY-1", 15, 18, None, "1", ("Torque 12 Nm. One stand a carton.",)),
    )
    operations = [
        OperationDraft(
            name=name,
            work_center_id=floor.centers[center].pk,
            setup_time_minutes=D(setup),
            run_time_minutes_per_unit=D(run),
            service_unit_price=price,
            yield_factor=D(share),
            skill_ids=[floor.skills[code].pk for code in NEEDS.get(center, ((), ()))[0]],
            tool_ids=[floor.tools[code].pk for code in NEEDS.get(center, ((), ()))[1]],
            instructions=[InstructionDraft(text=text) for text in texts],
        )
        for name, center, setup, run, price, share, texts in steps
    ]
    draft = RoutingDraft(
        item_id=floor.items[STAND].pk, company_id=world.own.pk, code="STAND, three sites", operations=operations
    )
    routings.create(draft, now=_at(world, -10), actor=None)


def _take_apart(world: World, floor: Floor) -> None:
    """Three stands came back to Chicago with scratched tops: two of them shall give their legs and planks again."""
    stand, site = floor.items[STAND], world.sites["CHI"]
    line = AdjustmentLine(item_id=stand.pk, quantity=D(3), unit_cost=D("60.00"))
    back = _at(world, -4)
    adjust(
        site_id=site.pk,
        reason="Returned, scratched",
        owner_id=world.own.pk,
        lines=[line],
        effective_at=back,
        now=back,
        actor=None,
    )
    lines = [
        BillLineDraft(
            component_id=floor.items["STAND-LEG-42"].pk, quantity_per=D(2), kind="co_product", cost_share=D("0.6")
        ),
        BillLineDraft(
            component_id=floor.items["STAND-PLANK-30"].pk, quantity_per=D(3), kind="co_product", cost_share=D("0.4")
        ),
    ]
    draft = BillDraft(
        item_id=stand.pk, company_id=world.own.pk, kind="disassembly", code=f"{STAND}, taken apart", lines=lines
    )
    bills.create(draft, now=back, actor=None)
    order = OrderDraft(
        item_id=stand.pk,
        site_id=site.pk,
        quantity=D(2),
        due_on=world.days.after(4),
        kind="disassembly",
        note="Legs and planks are as good as new; the tops are not.",
    )
    manufacturing_orders.create(order, now=back, actor=world.planner)


def _order(world: World, floor: Floor, quantity: int, days: int) -> ManufacturingOrder:
    draft = OrderDraft(
        item_id=floor.items[STAND].pk,
        site_id=world.sites["CHI"].pk,
        quantity=D(quantity),
        due_on=world.days.after(days),
    )
    return manufacturing_orders.create(draft, now=_at(world, -9), actor=world.planner)


def _release(world: World, order: ManufacturingOrder, days: int) -> None:
    manufacturing_orders.release(order.pk, now=_at(world, days), actor=world.planner)


def _play(world: World, floor: Floor, order: ManufacturingOrder) -> None:
    """22 cut, 1 of them lost at the saw; 21 oiled half way."""
    cut, mill, oil = (order.tasks.get(number=number) for number in (10, 20, 30))
    _report(world, floor, cut, "MK", good=21, scrapped=1, minutes=204, days=-7, reason="Knot in the plank")
    _finish(world, cut, -7)
    _report(world, floor, mill, "EP", good=21, minutes=150, days=-6)
    _finish(world, mill, -6)
    leg = Transfer.objects.get(
        source_kind=DocumentKind.MANUFACTURING_ORDER, source_id=order.pk, destination=world.sites["RIX"]
    )
    parts = [Part(line_id=leg.lines.get().pk, quantity=D(21))]
    transfers.dispatch(leg.pk, Movement(parts=parts), carrier="Balti Veod", now=_at(world, -5), actor=world.planner)
    transfers.receive(leg.pk, Movement(parts=parts), now=_at(world, -4), actor=None)
    _report(world, floor, oil, "LB", good=8, days=-3)
    _report(world, floor, oil, "LB", good=4, scrapped=1, days=-2, reason="Surface")


def _report(
    world: World,
    floor: Floor,
    task: Any,
    person: str,
    *,
    good: int,
    scrapped: int = 0,
    minutes: int = 0,
    days: int,
    reason: str = "",
) -> None:
    at, by = _at(world, days), Doing(operator_id=floor.people[person].pk)
    if task.state in {"waiting", "ready"} and not task.started_at:
        tasks.start(task.pk, by=by, now=at - timedelta(minutes=minutes), actor=None)
    draft = ReportDraft(good_quantity=D(good), scrapped_quantity=D(scrapped), minutes=D(minutes), reason=reason)
    tasks.report(task.pk, draft, by=by, now=at, actor=None)
    task.refresh_from_db()


def _finish(world: World, task: Any, days: int) -> None:
    tasks.finish(task.pk, now=_at(world, days), actor=None)


def _at(world: World, days: int) -> Any:
    """Ten in the morning in Tallinn, so many days after the demo's day."""
    return world.days.at(world.days.after(days), "TLL", 180)
