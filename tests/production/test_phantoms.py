"""What comes out beside the item, and phantoms: what they are made of stands in their place."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

import pytest

from core.errors import InvalidInput
from inventory.models import Demand
from inventory.services import items
from production.drafts import BillLineChange, BillLineDraft, OrderDraft, SubstituteDraft
from production.models import BillOfMaterials
from production.selectors.bills import BillKey, closest_bill, closest_bills
from production.selectors.explosion import explode
from production.services import bills, manufacturing_orders
from production.through import Per, share_of

TODAY = date(2026, 11, 23)


@pytest.fixture
def kit(cast):
    return items.create(sku="KIT", name="Leg kit", unit=cast.pcs, company=cast.maker, actor=None)


@pytest.fixture
def glue(cast):
    return items.create(sku="GLUE", name="Glue", unit=cast.pcs, company=cast.maker, actor=None)


def test_one_level_after_another_compounds():
    """10 started, 2 a piece, a tenth scrapped, 1 fixed: 23.22; each takes 3 per 4 at yield 0.9, 5 fixed: 24.35."""
    top = Per(D(2), D(1), D("0.1"), D(1))
    below = Per(D(3), D(5), D(0), D(4), D("0.9"))

    share = share_of([top, below])

    above = Fraction(10) * 2 / Fraction(9, 10) + 1
    assert Fraction(10) * share.factor + share.fixed == above / Fraction(9, 10) * 3 / 4 + 5
    assert share.quantity_for(D(10), 0) == 25
    assert share.quantity_for(D(10), 2) == D("24.36")
    assert share.scrap_factor == D("0.1")


def test_two_thirds_of_three_is_two_and_not_a_hair_more():
    share = share_of([Per(D(1), D(0), D(0), D(3)), Per(D(2), D(0), D(0), D(1))])
    assert share.quantity_for(D(3), 0) == 2


def test_an_order_takes_what_its_phantom_is_made_of(cast, make_bill, kit, glue):
    """10 tables: 10 tops and 10 kits; a kit is 4 legs (a fifth lost: 50) and 1 glue per 3 kits (3.33: 4)."""
    make_bill(kit, (cast.leg, 12, {"scrap_factor": "0.2"}), (glue, 1), quantity=3, kind="phantom")
    make_bill(cast.table, (kit, 1, {"operation_number": 20, "supply_site_id": cast.chi.pk}), (cast.top, 1))

    order = _order(cast)

    rows = order.components.order_by("line_no").values_list("line_no", "item__sku", "quantity", "scrap_factor")
    assert list(rows) == [(2, "TOP", 10, 0), (3, "LEG", 50, D("0.2")), (4, "GLUE", 4, 0)]
    assert {row.item.sku: row.open_quantity for row in Demand.objects.all()} == {"TOP": 10, "LEG": 50, "GLUE": 4}


def test_phantoms_stand_within_phantoms(cast, make_bill, kit, glue):
    """A table is 2 kits, a kit 2 frames, a frame 1 leg and 0.5 m of plank: 40 legs, 20 m for ten."""
    frame = items.create(sku="FRAME", name="Frame", unit=cast.pcs, company=cast.maker, actor=None)
    make_bill(frame, (cast.leg, 1), (cast.plank, "0.5"), kind="phantom")
    make_bill(kit, (frame, 2), kind="phantom")
    make_bill(cast.table, (kit, 2), (glue, 1))

    order = _order(cast)

    assert dict(order.components.values_list("item__sku", "quantity")) == {"LEG": 40, "PLANK": 20, "GLUE": 10}
    exploded = explode(item_id=cast.table.pk, quantity=D(10), on=TODAY, site_id=cast.tll.pk, company_id=cast.maker.pk)
    assert {row.sku: row.quantity for row in exploded.direct} == {"LEG": 40, "PLANK": 20, "GLUE": 10}
    assert {row.sku: row.quantity for row in exploded.components} == {"LEG": 40, "PLANK": 20, "GLUE": 10}
    assert [row.sku for row in exploded.rows if row.is_phantom] == ["KIT", "FRAME"]


def test_a_phantom_with_thirds_explodes_to_what_an_order_takes(cast, make_bill, kit):
    make_bill(kit, (cast.leg, 2), quantity=3, kind="phantom")
    make_bill(cast.table, (kit, 1), (cast.top, 1))
    order = _order(cast, 3)
    exploded = explode(item_id=cast.table.pk, quantity=D(3), on=TODAY, site_id=cast.tll.pk, company_id=cast.maker.pk)
    assert {row.sku: row.quantity for row in exploded.direct} == {"LEG": 2, "TOP": 3}
    assert order.components.get(item=cast.leg).quantity == 2


def test_what_comes_out_is_no_demand_and_keeps_its_kind(cast, make_bill, glue):
    out = {"kind": "co_product", "cost_share": "0.25"}
    make_bill(cast.table, (cast.top, 1), (cast.leg, "0.75", out), (glue, 1, {"kind": "by_product"}))

    order = _order(cast, 3)

    rows = order.components.order_by("line_no").values_list("item__sku", "kind", "quantity", "cost_share")
    assert list(rows) == [
        ("TOP", "component", 3, 0),
        ("LEG", "co_product", 2, D("0.25")),
        ("GLUE", "by_product", 3, 0),
    ]
    assert [row.item.sku for row in Demand.objects.all()] == ["TOP"]
    assert all(component.bill_line_id for component in order.components.all())


def test_outputs_close_no_cycle(cast, make_bill):
    make_bill(cast.table, (cast.plank, 2), (cast.leg, 1, {"kind": "by_product"}))
    assert make_bill(cast.leg, (cast.table, 1)).pk


@pytest.mark.parametrize(
    ("lines", "head", "field"),
    [
        ([("plank", {}), ("leg", {"kind": "co_product", "cost_share": "0.6"}), ("top", {"kind": "co_product",
          "cost_share": "0.4"})], {}, "lines.1.cost_share"),
        ([("plank", {}), ("leg", {"kind": "by_product", "cost_share": "0.1"})], {}, "lines.1.cost_share"),
        ([("plank", {"cost_share": "0.1"})], {}, "lines.0.cost_share"),
        ([("leg", {"kind": "by_product"})], {}, "lines"),
        ([("plank", {}), ("table", {"kind": "by_product"})], {}, "lines.1.component"),
        ([("plank", {}), ("leg", {"kind": "by_product"})], {"kind": "phantom"}, "lines.1.kind"),
        ([("plank", {})], {"kind": "disassembly"}, "lines"),
        ([("plank", {"kind": "x"})], {}, "lines.0.kind"),
        ([("plank", {})], {"kind": "x"}, "kind"),
        ([("plank", {"operation_number": 0})], {}, "lines.0.operation_number"),
        ([("plank", {"supply_site_id": 10**9})], {}, "lines.0.supply_site"),
        ([("leg", {"substitutes": [("leg", 1)]}), ], {}, "lines.0.substitutes.0.item"),
        ([("leg", {"substitutes": [("top", 0)]}), ], {}, "lines.0.substitutes.0.factor"),
    ],
)  # fmt: skip
def test_what_can_t_be_is_refused(cast, make_bill, lines, head, field):
    def given(values):
        drafts = [SubstituteDraft(item_id=getattr(cast, n).pk, factor=f) for n, f in values.get("substitutes", [])]
        return {**values, **({"substitutes": drafts} if drafts else {})}

    with pytest.raises(InvalidInput) as refusal:
        make_bill(cast.table, *((getattr(cast, name), 1, given(values)) for name, values in lines), **head)
    assert next(iter(refusal.value.errors)) == field
    assert not BillOfMaterials.objects.exists()


def test_taking_apart_is_no_way_of_making(cast, make_bill, table_bill):
    apart = make_bill(
        cast.table,
        (cast.top, 1, {"kind": "co_product", "cost_share": "0.6"}),
        (cast.leg, 4, {"kind": "co_product", "cost_share": "0.4"}),
        kind="disassembly",
        revision="Z",
    )
    key = BillKey(cast.table.pk, cast.tll.pk, cast.maker.pk, TODAY)
    assert closest_bill(item_id=key.item_id, site_id=key.site_id, company_id=key.company_id, on=TODAY) == table_bill
    assert closest_bills([key._replace(kind="disassembly")]) == {key._replace(kind="disassembly"): apart}


def test_substitutes_are_replaced_as_a_list_and_stay_when_not_named(cast, make_bill, glue):
    draft = SubstituteDraft(item_id=cast.top.pk, factor="1.5")
    bill = make_bill(cast.table, (cast.leg, 4, {"substitutes": [draft]}))
    line = bill.lines.get()

    def change(**values):
        edit = BillLineChange(line_id=line.pk, values=values)
        bills.change(bill.pk, line_edits=[edit], now=cast.now, actor=cast.planner)
        return list(line.substitutes.values_list("item__sku", "factor"))

    assert change(quantity_per=5) == [("TOP", D("1.5"))]
    assert change(substitutes=[SubstituteDraft(item_id=glue.pk)]) == [("GLUE", 1)]
    assert change(substitutes=[]) == []


def test_a_line_knows_its_operation_and_site(cast, make_bill):
    draft = BillLineDraft(component_id=cast.leg.pk, quantity_per=1, operation_number=20, supply_site_id=cast.chi.pk)
    bill = make_bill(cast.table, (cast.top, 1))
    bills.change(bill.pk, line_edits=[draft], now=cast.now, actor=cast.planner)
    assert bill.lines.filter(operation_number=20, supply_site=cast.chi).count() == 1


def _order(cast, quantity=10):
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=quantity, due_on=TODAY)
    return manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
