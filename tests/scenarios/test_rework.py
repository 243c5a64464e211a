"""Pieces are repaired, and taken apart; worked by hand.

Repair. 10 planks of lot P-1 at 5.00 are held. A rework of 6 takes 1 leg (2.00) for each; 5 become good, 1 is lost.

                    used                 left over   good ones
    5 good, 1 lost  30.00 + 10.00        40.00       5 at 8.00 in lot P-1-R   (P-1 keeps 4 at 5.00, held)
    closed for the lost one: nothing is left to write off.

Taking apart. 4 tables at 30.00. Each gives 1 top, which bears two thirds of the cost, 4 legs with a third, and 1 m of
plank, a by-product at its standard cost of 3.00.

                    used     planks   left    tops (2/3)   legs (1/3)
    1 taken apart   30.00    3.00     27.00   18.00        9.00
    3 taken apart   90.00    9.00     81.00   54.00        27.00
                    120.00   12.00            72.00        36.00
"""

from decimal import Decimal as D

import pytest

from core.errors import InvalidInput, WrongState
from inventory.models import Demand, ItemCompany, Lot, StockBalance, Supply
from inventory.services import lots
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft, OutputDraft
from production.models import Task, WorkCenter
from production.routing_drafts import OperationDraft, RoutingDraft
from production.services import bills, manufacturing_orders, routings, tasks
from production.services.tasks import ReportDraft
from tests.scenarios.telling import pools, put, work

AT_TLL = ("stock", "NORDWOOD", "TLL")


def create(cast, **draft):
    draft = OrderDraft(**{"site_id": cast.tll.pk} | draft)
    return manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)


def complete(cast, order, quantity, **said):
    draft = CompletionDraft(quantity=quantity, **said)
    return manufacturing_orders.complete(order.pk, draft, now=cast.now, actor=cast.planner)


def release(cast, order):
    return manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)


def recipe(cast, item, kind, *lines, **fields):
    lines = [BillLineDraft(component_id=one.pk, quantity_per=per, **rest) for one, per, rest in lines]
    draft = BillDraft(item_id=item.pk, company_id=cast.maker.pk, kind=kind, lines=lines, **fields)
    return bills.create(draft, now=cast.now, actor=None)


@pytest.fixture
def held(cast):
    """10 planks of lot P-1 at 5.00, held, and 20 legs at 2.00."""
    cast.plank.tracking = "lot"
    cast.plank.save(update_fields=["tracking"])
    put(cast, cast.tll, cast.plank, 10, 5, lot="P-1")
    put(cast, cast.tll, cast.leg, 20, 2)
    return lots.hold(Lot.objects.get(number="P-1"), reason="Too thick", actor=cast.planner)


def standing(cast, item):
    rows = StockBalance.objects.filter(item=item, quantity__gt=0).order_by("lot__number")
    return {(row.lot.number if row.lot else ""): row.quantity for row in rows.select_related("lot")}


def test_a_rework_takes_the_held_lot_and_gives_another(cast, held):
    recipe(cast, cast.plank, "rework", (cast.leg, 1, {}))
    order = create(cast, item_id=cast.plank.pk, kind="rework", quantity=6, source_lot_id=held.pk)
    assert order.lot_number == "P-1-R"
    assert not Demand.objects.filter(item=cast.plank, open_quantity__gt=0).exists()
    assert Supply.objects.get(item=cast.plank).open_quantity == 6
    release(cast, order)
    complete(cast, order, 5, scrapped_quantity=1)
    manufacturing_orders.close(order.pk, reason="One is lost", now=cast.now, actor=cast.planner)
    work(cast)

    assert standing(cast, cast.plank) == {"P-1": 4, "P-1-R": 5}
    assert {lot.number: lot.state for lot in Lot.objects.filter(item=cast.plank)} == {"P-1": "held", "P-1-R": "ok"}
    assert pools(cast.plank)[AT_TLL] == (9, 60)
    assert pools(cast.leg)[AT_TLL] == (15, 30)


def test_a_rework_goes_back_as_it_came(cast, held):
    order = create(cast, item_id=cast.plank.pk, kind="rework", quantity=6, source_lot_id=held.pk)
    release(cast, order)
    complete(cast, order, 6)
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    work(cast)

    assert standing(cast, cast.plank) == {"P-1": 10}
    assert pools(cast.plank)[AT_TLL] == (10, 50)


def test_a_serial_number_is_repaired_under_its_number_and_is_free_then(cast):
    cast.table.tracking = "serial"
    cast.table.save(update_fields=["tracking"])
    put(cast, cast.tll, cast.table, 1, 70, lot="T-7")
    lot = lots.hold(Lot.objects.get(number="T-7"), reason="Scratched", actor=cast.planner)
    order = create(cast, item_id=cast.table.pk, kind="rework", quantity=1, source_lot_id=lot.pk)
    release(cast, order)
    complete(cast, order, 1)
    lot.refresh_from_db()
    assert (lot.state, standing(cast, cast.table)) == ("ok", {"T-7": 1})

    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    lot.refresh_from_db()
    assert (lot.state, standing(cast, cast.table), pools(cast.table)[AT_TLL]) == ("held", {"T-7": 1}, (1, 70))


def test_a_rework_with_operations_follows_the_routing_of_its_kind(cast, held):
    center = WorkCenter.objects.create(site=cast.tll, code="PLANE", name="Planing", labor_rate_per_hour=60)
    steps = [OperationDraft(name=name, work_center_id=center.pk) for name in ("Plane", "Check")]
    for kind in ("rework", "disassembly"):
        draft = RoutingDraft(item_id=cast.plank.pk, company_id=cast.maker.pk, kind=kind, operations=steps)
        routings.create(draft, now=cast.now, actor=cast.planner)
    order = create(cast, item_id=cast.plank.pk, kind="rework", quantity=4, source_lot_id=held.pk)
    assert order.routing.kind == "rework"
    release(cast, order)
    first, last = Task.objects.order_by("number")
    tasks.report(first.pk, ReportDraft(good_quantity=4, minutes=20), now=cast.now, actor=cast.planner)
    tasks.report(last.pk, ReportDraft(good_quantity=4, minutes=0), now=cast.now, actor=cast.planner)
    work(cast)

    # 4 × 5.00 and a third of an hour at 60.00 are 40.00 for the four; six stay at 5.00.
    assert pools(cast.plank)[AT_TLL] == (10, 70)
    assert standing(cast, cast.plank) == {"P-1": 6, "P-1-R": 4}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"quantity": 11}, "source_lot", "10 of P-1 stand at TLL, not 11."),
        ({"kind": "make"}, "source_lot", "Only a rework"),
        ({"kind": "mend"}, "kind", "none of"),
    ],
)
def test_what_a_rework_can_not_be(cast, held, changes, field, words):
    said = {"item_id": cast.plank.pk, "kind": "rework", "quantity": 1, "source_lot_id": held.pk}
    with pytest.raises(InvalidInput) as caught:
        create(cast, **said | changes)
    assert words in caught.value.errors[field]


def test_what_was_let_go_is_repaired_no_more(cast, held):
    order = create(cast, item_id=cast.plank.pk, kind="rework", quantity=1, source_lot_id=held.pk)
    lots.release(held, actor=cast.planner)
    with pytest.raises(WrongState, match="not held any more"):
        release(cast, order)


@pytest.fixture
def apart(cast):
    put(cast, cast.tll, cast.table, 4, 30)
    ItemCompany.objects.update_or_create(item=cast.plank, company=cast.maker, defaults={"standard_cost": "3"})
    third = D(1) / 3
    recipe(
        cast,
        cast.table,
        "disassembly",
        (cast.top, 1, {"kind": "co_product", "cost_share": round(1 - third, 8)}),
        (cast.leg, 4, {"kind": "co_product", "cost_share": round(third, 8)}),
        (cast.plank, 1, {"kind": "by_product"}),
    )
    return create(cast, item_id=cast.table.pk, kind="disassembly", quantity=4)


def worth(cast):
    return [pools(item).get(AT_TLL, (0, 0)) for item in (cast.table, cast.top, cast.leg, cast.plank)]


def test_what_is_taken_apart_costs_what_comes_out(cast, apart):
    assert Demand.objects.get(item=cast.table).open_quantity == 4
    coming = Supply.objects.filter(open_quantity__gt=0).order_by("item__sku")
    assert {row.item.sku: row.open_quantity for row in coming} == {"LEG": 16, "PLANK": 4, "TOP": 4}
    release(cast, apart)
    complete(cast, apart, 1)
    assert worth(cast) == [(3, 90), (1, 18), (4, 9), (1, 3)]
    complete(cast, apart, 3)
    work(cast)
    assert worth(cast) == [(0, 0), (4, 72), (16, 36), (4, 12)]
    apart.refresh_from_db()
    assert apart.state == "done"
    assert not Supply.objects.filter(open_quantity__gt=0).exists()

    manufacturing_orders.reverse(apart.pk, now=cast.now, actor=cast.planner)
    manufacturing_orders.reverse(apart.pk, now=cast.now, actor=cast.planner)
    work(cast)
    assert worth(cast) == [(4, 120), (0, 0), (0, 0), (0, 0)]


def test_what_really_came_out_is_said(cast, apart):
    release(cast, apart)
    broken = [OutputDraft(item_id=cast.top.pk, quantity=0), OutputDraft(item_id=cast.leg.pk, quantity=3)]
    complete(cast, apart, 1, outputs=broken)
    assert worth(cast) == [(3, 90), (0, 0), (3, 30), (0, 0)]

    with pytest.raises(InvalidInput) as caught:
        complete(cast, apart, 1, outputs=[OutputDraft(item_id=cast.table.pk, quantity=1)])
    assert "does not come out" in caught.value.errors["outputs.0.item"]
    with pytest.raises(InvalidInput, match="report more at once"):
        complete(cast, apart, 1, outputs=[])


def test_without_a_recipe_nothing_is_taken_apart(cast):
    with pytest.raises(InvalidInput, match="no bill of materials that takes it apart"):
        create(cast, item_id=cast.table.pk, kind="disassembly", quantity=1)


@pytest.mark.parametrize("shares", [("0.5", "0.4"), ("0.9", "0.2")])
def test_the_shares_of_what_comes_out_are_the_whole(cast, shares):
    outputs = zip((cast.top, cast.leg), shares, strict=True)
    lines = [(one, 1, {"kind": "co_product", "cost_share": D(share)}) for one, share in outputs]
    with pytest.raises(InvalidInput, match="not 1"):
        recipe(cast, cast.table, "disassembly", *lines)


def test_an_item_has_a_bill_of_each_kind(cast, apart):
    making = recipe(cast, cast.table, "make", (cast.top, 1, {}))
    assert create(cast, item_id=cast.table.pk, quantity=1).bill == making
    assert apart.bill.kind == "disassembly"
    with pytest.raises(InvalidInput, match="one already"):
        recipe(cast, cast.table, "phantom", (cast.top, 1, {}))
