"""One order whose steps are done at three sites by two companies, worked by hand.

TABLE × 20 for Chicago. Cut at TLL: setup 30 min, 6 min a piece, labor 24, machine 12, overhead 6 an hour, 2 m PLANK at
5.00. Coat at RIX by Lakk: yield 0.9, 40.00 a good piece, 0.25 kg LACQUER of ours at 8.00. Assemble at CHI: 12 min a
piece, labor 30 an hour, 4 LEG at 3.00. The way RIX → CHI costs 5.00 a piece.

Started: 20 ÷ 0.9 → 23 at RIX and TLL. PLANK 46 m, LACQUER 5.75 kg, LEG 80.

| step | material | work | pool |
|---|---|---|---|
| cut 23 in 168 min | 46 × 5 = 230.00 | 67.20 + 33.60 + 16.80 | 347.60 |
| to RIX: 22 arrive, 1 lost | | | 347.60 |
| coat 20, 2 spoiled | 5.75 × 22/23 = 5.5 kg = 44.00 | 20 × 40 = 800.00 | 1,191.60 |
| to CHI: 20 | | 20 × 5 = 100.00 | 1,291.60 |
| assemble 8 in 96 min | 32 × 3 = 96.00 | 48.00 | 1,435.60 |
| assemble 12 in 144 min | 48 × 3 = 144.00 | 72.00 | |
| | | | total 1,651.60 |

The first 8 take their part by equivalent units. By plan a piece costs 10 + 117.60/23 at TLL, 2 + 900/20 at RIX and
12 + 120/20 at CHI; 20 are through with TLL and RIX, 8 with CHI:
8 × (15.11304348 + 47 + 18) ÷ (20 × 15.11304348 + 20 × 47 + 8 × 18) of 1,435.60 = 663.72.
"""

from decimal import Decimal as D

import pytest

from core.errors import WrongState
from inventory.models import CostPool, StockBalance, Transfer
from inventory.services import items, transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers.drafts import Movement, Part
from production.choices import TaskState
from production.drafts import BillDraft, BillLineDraft, OrderDraft
from production.errors import NotThere
from production.models import ManufacturingOrder, Operation, Routing, Task, WorkCenter
from production.services import bills, manufacturing_orders, tasks
from production.services.tasks import ReportDraft
from purchasing.models import PurchaseOrder
from purchasing.services import suppliers
from sites.services import lanes


@pytest.fixture
def lacquer(cast):
    kg = items_unit("kg")
    return items.create(sku="LACQUER", name="Matt lacquer", unit=kg, company=cast.maker, actor=None)


def items_unit(code):
    from inventory.models import UnitOfMeasure

    return UnitOfMeasure.objects.get(code=code)


@pytest.fixture
def order(cast, lacquer) -> ManufacturingOrder:
    suppliers.create(company=cast.maker, party=cast.lakk, code="LAKK", actor=None)
    lanes.create(
        company=cast.maker, origin=cast.rix, destination=cast.chi, transit_days=4, cost_per_unit=D(5), actor=None
    )
    centers = {
        "saw": WorkCenter.objects.create(
            site=cast.tll, code="SAW", name="Saw 1", labor_rate_per_hour=24, machine_rate_per_hour=12,
            overhead_rate_per_hour=6,
        ),
        "spray": WorkCenter.objects.create(site=cast.rix, code="SPRAY", name="Spray line 1"),
        "bench": WorkCenter.objects.create(site=cast.chi, code="BENCH", name="Assembly 1", labor_rate_per_hour=30),
    }  # fmt: skip
    routing = Routing.objects.create(item=cast.table, company=cast.maker)
    make = Operation.objects.create
    make(routing=routing, number=10, name="Cut", work_center=centers["saw"], setup_time_minutes=30,
         run_time_minutes_per_unit=6)  # fmt: skip
    make(routing=routing, number=20, name="Coat", work_center=centers["spray"], yield_factor=D("0.9"),
         service_unit_price=40)  # fmt: skip
    make(routing=routing, number=30, name="Assemble", work_center=centers["bench"], run_time_minutes_per_unit=12)
    lines = [
        BillLineDraft(component_id=cast.plank.pk, quantity_per=2, operation_number=10),
        BillLineDraft(component_id=lacquer.pk, quantity_per=D("0.25"), operation_number=20),
        BillLineDraft(component_id=cast.leg.pk, quantity_per=4, operation_number=30),
    ]
    draft = BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=lines)
    bills.create(draft, now=cast.now, actor=cast.planner)
    for item, quantity, cost, site in (
        (cast.plank, 46, 5, cast.tll),
        (lacquer, 6, 8, cast.rix),
        (cast.leg, 80, 3, cast.chi),
    ):
        line = AdjustmentLine(item_id=item.pk, quantity=D(quantity), unit_cost=D(cost))
        adjust(site_id=site.pk, reason="Opening", owner_id=cast.maker.pk, lines=[line], now=cast.now, actor=None)
    made = manufacturing_orders.create(
        OrderDraft(item_id=cast.table.pk, site_id=cast.chi.pk, quantity=20), now=cast.now, actor=cast.planner
    )
    return manufacturing_orders.release(made.pk, now=cast.now, actor=cast.planner)


@pytest.fixture
def does(cast, order):
    """Reports at the operation with a number: `does(10, good=23, minutes=168)`."""

    def report(number: int, *, good=0, scrapped=0, minutes=0, actor=None, **said):
        task = order.tasks.get(number=number)
        draft = ReportDraft(good_quantity=good, scrapped_quantity=scrapped, minutes=minutes, **said)
        return tasks.report(task.pk, draft, now=cast.now, actor=actor or cast.planner)

    return report


def leg_from(order, site) -> Transfer:
    return Transfer.objects.get(source_kind="manufacturing_order", source_id=order.pk, origin=site)


def pool(order) -> D:
    return CostPool.objects.get(kind="mo", source_id=order.pk).value


def on_hand(item, site) -> D:
    return sum(StockBalance.objects.filter(item=item, site=site).values_list("quantity", flat=True), D(0))


def send(cast, leg, *, arriving=None) -> None:
    transfers.dispatch(leg.pk, now=cast.now, actor=cast.planner)
    line = leg.lines.get()
    parts = None if arriving is None else [Part(line_id=line.pk, quantity=arriving)]
    transfers.receive(leg.pk, Movement(parts=parts), now=cast.now, actor=cast.planner)


def make_all(cast, order, does) -> None:
    does(10, good=23, minutes=168)
    first = leg_from(order, cast.tll)
    send(cast, first, arriving=22)
    transfers.settle(first.pk, reason="Fell off the truck", now=cast.now, actor=cast.planner)
    does(20, good=20, scrapped=2, actor=cast.lakk_planner)
    send(cast, leg_from(order, cast.rix))
    does(30, good=8, minutes=96)
    does(30, good=12, minutes=144)


def test_release_plans_steps_legs_and_the_service(cast, order, lacquer):
    found = [(task.number, task.site.code, task.start_quantity, task.quantity) for task in order.tasks.order_by("pk")]
    assert found == [(10, "TLL", 23, 23), (20, "RIX", 23, 20), (30, "CHI", 20, 20)]
    assert order.start_quantity == 23
    needs = {(part.item.sku, part.site.code): part.quantity for part in order.components.all()}
    assert needs == {("PLANK", "TLL"): 46, ("LACQUER", "RIX"): D("5.75"), ("LEG", "CHI"): 80}
    ways = Transfer.objects.filter(source_id=order.pk).order_by("pk")
    assert [(way.state, way.origin.code, way.destination.code, way.lines.get().quantity) for way in ways] == [
        ("planned", "TLL", "RIX", 23),
        ("planned", "RIX", "CHI", 20),
    ]
    assert {way.priority_id for way in ways} == {order.priority_id}
    (line,) = PurchaseOrder.objects.get().lines.all()
    assert (line.kind, line.quantity, line.unit_price, line.order.state) == ("service", 20, 40, "ordered")


def test_goods_and_cost_go_through_three_sites(cast, order, does, lacquer, assert_sound):
    does(10, good=23, minutes=168)
    assert pool(order) == D("347.60")
    first = leg_from(order, cast.tll)
    assert (first.state, first.lines.get().quantity) == ("confirmed", 23)

    send(cast, first, arriving=22)
    transfers.settle(first.pk, reason="Fell off the truck", now=cast.now, actor=cast.planner)
    assert pool(order) == D("347.60")

    does(20, good=20, scrapped=2, actor=cast.lakk_planner)
    assert pool(order) == D("1191.60")
    line = PurchaseOrder.objects.get().lines.get()
    assert (line.posted_quantity, line.rejected_quantity, line.order.state) == (20, 2, "received")
    assert on_hand(lacquer, cast.rix) == D("0.5")

    send(cast, leg_from(order, cast.rix))
    assert pool(order) == D("1291.60")

    does(30, good=8, minutes=96)
    stock = CostPool.objects.get(kind="stock", item=cast.table, site=cast.chi)
    assert (stock.quantity, stock.value) == (8, D("663.72"))
    does(30, good=12, minutes=144)

    order.refresh_from_db()
    stock.refresh_from_db()
    assert (order.state, order.posted_quantity) == ("done", 20)
    assert (stock.quantity, stock.value, pool(order)) == (20, D("1651.60"), 0)
    assert set(order.tasks.values_list("state", flat=True)) == {TaskState.DONE}
    assert_sound()


def test_each_step_is_taken_back_as_it_came(cast, order, does, lacquer, assert_sound):
    make_all(cast, order, does)
    task = {number: order.tasks.get(number=number) for number in (10, 20, 30)}

    for number in (30, 30):
        tasks.undo_last(task[number].pk, now=cast.now, actor=cast.planner)
    assert (pool(order), on_hand(cast.leg, cast.chi)) == (D("1291.60"), 80)
    for _ in range(2):
        transfers.reverse(leg_from(order, cast.rix).pk, now=cast.now, actor=cast.planner)
    tasks.undo_last(task[20].pk, now=cast.now, actor=cast.planner)
    assert (pool(order), on_hand(lacquer, cast.rix)) == (D("347.60"), 6)
    for _ in range(3):
        transfers.reverse(leg_from(order, cast.tll).pk, now=cast.now, actor=cast.planner)
    tasks.undo_last(task[10].pk, now=cast.now, actor=cast.planner)

    order.refresh_from_db()
    assert (pool(order), on_hand(cast.plank, cast.tll)) == (0, 46)
    assert (order.posted_quantity, [one.good_quantity for one in order.tasks.all()]) == (0, [0, 0, 0])
    assert PurchaseOrder.objects.get().state == "ordered"
    assert_sound()


def test_nothing_is_done_with_pieces_that_have_not_come(cast, order, does, assert_sound):
    does(10, good=5, minutes=60)

    with pytest.raises(NotThere, match="2 reported, but 0 are here from Cut"):
        does(20, good=2)

    assert Task.objects.get(order=order, number=20).good_quantity == 0
    assert_sound()


def test_a_closed_order_scraps_what_is_under_way_and_writes_its_cost_off(cast, order, does, assert_sound):
    does(10, good=23, minutes=168)

    manufacturing_orders.close(order.pk, reason="No more wanted", now=cast.now, actor=cast.planner)

    assert (pool(order), on_hand(cast.table, cast.tll)) == (0, 0)
    assert set(Transfer.objects.filter(source_id=order.pk).values_list("state", flat=True)) == {"canceled"}
    assert PurchaseOrder.objects.get().state == "canceled"
    assert_sound()


def test_a_leg_ends_with_its_order_alone(cast, order):
    leg = leg_from(order, cast.tll)

    with pytest.raises(WrongState, match=f"{leg.number} carries work in progress of an order"):
        transfers.cancel(leg.pk, now=cast.now, actor=cast.planner)

    leg.refresh_from_db()
    assert leg.state == "planned"


def test_a_closed_order_goes_on_where_it_ended(cast, order, does, assert_sound):
    does(10, good=23, minutes=168)
    send(cast, leg_from(order, cast.tll), arriving=20)
    transfers.settle(leg_from(order, cast.tll).pk, reason="Fell off", now=cast.now, actor=cast.planner)
    tasks.finish(order.tasks.get(number=10).pk, now=cast.now, actor=cast.planner)
    manufacturing_orders.close(order.pk, reason="Enough", now=cast.now, actor=cast.planner)
    service = PurchaseOrder.objects.get()
    assert (leg_from(order, cast.rix).state, service.state) == ("canceled", "canceled")
    with pytest.raises(WrongState, match="is closed; take that back first"):
        tasks.undo_last(order.tasks.get(number=10).pk, now=cast.now, actor=cast.planner)

    for _ in range(2):  # what was written off, then what was scrapped
        manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    service.refresh_from_db()
    assert (leg_from(order, cast.rix).state, service.state) == ("planned", "ordered")
    does(20, good=20, actor=cast.lakk_planner)
    send(cast, leg_from(order, cast.rix))
    does(30, good=20, minutes=240)
    order.refresh_from_db()
    assert (order.state, pool(order)) == ("done", 0)
    assert_sound()
