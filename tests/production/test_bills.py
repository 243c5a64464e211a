"""Recipes: which is followed, what they explode to, and that nothing is made of itself."""

import csv
import os
from collections import defaultdict
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from core import drainer
from core.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from core.models import Event
from inventory.models import Item, ItemSite, UnitOfMeasure
from inventory.services import item_sites, items
from production.drafts import BillDraft, BillLineChange, BillLineDraft, BillLineRemoval
from production.errors import BillCycle
from production.models import BillOfMaterials, BillOfMaterialsLine
from production.selectors.bills import closest_bill
from production.selectors.explosion import explode, where_used
from production.services import bills
from purchasing.services import supplier_items, suppliers
from sites.access import access_of

TODAY = date(2026, 11, 23)


def test_a_bill_stands_with_its_lines(cast, table_bill):
    lines = table_bill.lines.order_by("line_no").values_list("line_no", "component__sku", "quantity_per")
    assert list(lines) == [(1, "TOP", 1), (2, "LEG", 4)]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"quantity_per": "-1"}, "lines.0.quantity_per"),
        ({"quantity_per": 0}, "lines.0.quantity_per"),
        ({"quantity_per": "x"}, "lines.0.quantity_per"),
        ({"quantity_per": "1.1234567"}, "lines.0.quantity_per"),
        ({"quantity_per": 1, "scrap_factor": 1}, "lines.0.scrap_factor"),
        ({"quantity_per": 1, "fixed_quantity": "-2"}, "lines.0.fixed_quantity"),
        (
            {"quantity_per": 1, "valid_from_on": date(2026, 2, 1), "valid_until_on": date(2026, 2, 1)},
            "lines.0.valid_until_on",
        ),
    ],
)
def test_a_line_that_can_t_be_is_refused(cast, line, field):
    draft = BillDraft(
        item_id=cast.table.pk, company_id=cast.maker.pk, lines=[BillLineDraft(component_id=cast.top.pk, **line)]
    )
    with pytest.raises(InvalidInput) as refusal:
        bills.create(draft, now=cast.now, actor=cast.planner)
    assert list(refusal.value.errors) == [field]
    assert not BillOfMaterials.objects.exists()


@pytest.mark.parametrize(("head", "field"), [({"quantity": 0}, "quantity"), ({"yield_factor": "1.1"}, "yield_factor")])
def test_a_head_that_can_t_be_is_refused(cast, make_bill, head, field):
    with pytest.raises(InvalidInput) as refusal:
        make_bill(cast.table, (cast.top, 1), **head)
    assert list(refusal.value.errors) == [field]


def test_an_item_is_not_its_own_component(cast, make_bill):
    with pytest.raises(BillCycle, match="TABLE → TABLE"):
        make_bill(cast.table, (cast.top, 1), (cast.table, 1))


def test_a_cycle_over_several_levels_is_named_with_its_path(cast, make_bill, table_bill):
    make_bill(cast.top, (cast.plank, 2))

    with pytest.raises(BillCycle, match="PLANK would contain itself: PLANK → TABLE → TOP → PLANK") as refusal:
        make_bill(cast.plank, (cast.leg, 1), (cast.table, 1))
    assert list(refusal.value.errors) == ["lines.1.component"]


def test_a_change_closes_no_cycle_either(cast, make_bill, table_bill):
    bill = make_bill(cast.top, (cast.plank, 2))

    with pytest.raises(BillCycle, match="TOP → TABLE → TOP"):
        bills.change(
            bill.pk,
            line_edits=[BillLineDraft(component_id=cast.table.pk, quantity_per=1)],
            now=cast.now,
            actor=cast.planner,
        )
    assert bill.lines.count() == 1


def test_the_bill_of_another_company_closes_no_cycle(cast, make_bill):
    """One saws boards to dust, another presses dust to boards; nobody follows both recipes."""
    board, dust = shared(cast, "BOARD"), shared(cast, "DUST")
    make_bill(dust, (board, 1))
    press = BillDraft(
        item_id=board.pk, company_id=cast.far.pk, lines=[BillLineDraft(component_id=dust.pk, quantity_per=1)]
    )

    bills.create(press, now=cast.now, actor=cast.outsider)

    assert BillOfMaterials.objects.count() == 2


def shared(cast, sku):
    """An item that no company has claimed."""
    return Item.objects.get_or_create(sku=sku, defaults={"name": sku.title(), "unit": cast.pcs})[0]


def test_the_closest_bill_is_of_the_site_then_the_company_then_shared(cast, make_bill):
    def closest(site):
        return closest_bill(item_id=cast.table.pk, site_id=site.pk, company_id=cast.maker.pk, on=TODAY)

    assert closest(cast.tll) is None
    shared_bill = bills.create(
        BillDraft(item_id=cast.table.pk, lines=[BillLineDraft(component_id=cast.leg.pk, quantity_per=4)]),
        now=cast.now,
        actor=cast.admin,
    )
    assert closest(cast.tll) == shared_bill
    own = make_bill(cast.table, (cast.top, 1))
    assert closest(cast.tll) == own
    at_site = make_bill(cast.table, (cast.top, 2), site_id=cast.tll.pk)
    assert (closest(cast.tll), closest(cast.chi)) == (at_site, own)
    bills.archive(at_site.pk, now=cast.now, actor=cast.planner)
    assert closest(cast.tll) == own


def test_the_newest_of_dated_bills_is_followed(cast, make_bill):
    old = make_bill(cast.table, (cast.top, 1), valid_until_on=date(2026, 12, 1))
    new = make_bill(cast.table, (cast.top, 1), valid_from_on=date(2026, 12, 1))

    def on(day):
        return closest_bill(item_id=cast.table.pk, site_id=None, company_id=cast.maker.pk, on=day)

    assert (on(date(2026, 11, 30)), on(date(2026, 12, 1))) == (old, new)


def test_the_same_bill_twice_is_refused(cast, make_bill, table_bill):
    with pytest.raises(InvalidInput, match="There is one already"):
        make_bill(cast.table, (cast.top, 1))


def test_a_change_merges(cast, table_bill):
    top, leg = table_bill.lines.order_by("line_no")

    changed = bills.change(
        table_bill.pk,
        changes={"lead_time_days": 3},
        line_edits=[
            BillLineChange(line_id=leg.pk, values={"scrap_factor": "0.1"}),
            BillLineRemoval(top.pk),
            BillLineDraft(component_id=cast.plank.pk, quantity_per=2),
        ],
        expected=1,
        now=cast.now,
        actor=cast.planner,
    )

    rows = changed.lines.order_by("line_no").values_list("line_no", "component__sku", "quantity_per", "scrap_factor")
    assert list(rows) == [(2, "LEG", 4, D("0.1")), (3, "PLANK", 2, 0)]
    assert changed.version == 2
    with pytest.raises(StaleVersion):
        bills.change(table_bill.pk, changes={"code": "B"}, expected=1, now=cast.now, actor=cast.planner)


def test_the_lead_time_of_a_site_s_bill_is_the_item_s_there(cast, make_bill):
    make_bill(cast.table, (cast.top, 1), site_id=cast.tll.pk, lead_time_days=4)

    kept = ItemSite.objects.get(item=cast.table, site=cast.tll)
    assert (kept.company, kept.source_lead_time_days) == (cast.maker, 4)


def test_only_planners_of_its_company_change_a_bill(cast, table_bill):
    def change(user):
        bills.change(table_bill.pk, changes={"code": "X"}, now=cast.now, actor=user)

    with pytest.raises(Forbidden):
        change(cast.viewer)
    with pytest.raises(NotFound):
        change(cast.outsider)
    table_bill.refresh_from_db()
    assert table_bill.code == ""


def test_explodes_over_all_levels(cast, make_bill, table_bill):
    """5 tables: 5 tops of 2.5 m and 20 legs of 0.8 m with 10 % scrap: 12.5 m and 20 × 0.8 ÷ 0.9 = 17.778 m."""
    make_bill(cast.top, (cast.plank, "2.5"))
    make_bill(cast.leg, (cast.plank, "0.8", {"scrap_factor": "0.1"}))

    explosion = explode(item_id=cast.table.pk, quantity=D(5), on=TODAY, site_id=cast.tll.pk, company_id=cast.maker.pk)

    assert [(row.level, row.sku, row.quantity, row.is_made) for row in explosion.rows] == [
        (1, "TOP", 5, True),
        (2, "PLANK", D("12.5"), False),
        (1, "LEG", 20, True),
        (2, "PLANK", D("17.778"), False),
    ]
    assert [(one.sku, one.quantity) for one in explosion.components] == [
        ("LEG", 20),
        ("PLANK", D("30.278")),
        ("TOP", 5),
    ]
    assert explosion.quantity_by_unit == {"m": D("30.278"), "pcs": 25}
    assert [row.sku for row in explosion.direct] == ["TOP", "LEG"]


def test_an_explosion_starts_for_the_yield_of_each_level(cast, make_bill):
    """9 good at 0.9 start 10; their 10 tops at 0.5 start 20, of 2 m each."""
    make_bill(cast.table, (cast.top, 1), yield_factor="0.9")
    make_bill(cast.top, (cast.plank, 2), yield_factor="0.5")

    explosion = explode(item_id=cast.table.pk, quantity=D(9), on=TODAY, company_id=cast.maker.pk)

    assert [(row.sku, row.quantity) for row in explosion.rows] == [("TOP", 10), ("PLANK", 40)]


def test_lines_outside_their_dates_don_t_explode(cast, make_bill):
    make_bill(
        cast.table,
        (cast.top, 1, {"valid_until_on": TODAY}),
        (cast.leg, 4, {"valid_from_on": TODAY}),
        (cast.plank, 1, {"valid_from_on": date(2026, 11, 24)}),
    )

    assert [
        row.sku for row in explode(item_id=cast.table.pk, quantity=D(1), on=TODAY, company_id=cast.maker.pk).rows
    ] == ["LEG"]


def test_where_used_goes_up_to_the_end_product_as_far_as_one_sees(cast, make_bill, table_bill):
    make_bill(cast.top, (cast.plank, 2))

    def rows(user):
        return [
            (row.level, row.sku, row.component_sku, row.quantity_per)
            for row in where_used(item_id=cast.plank.pk, on=TODAY, access=access_of(user))
        ]

    assert rows(cast.planner) == [(1, "TOP", "PLANK", 2), (2, "TABLE", "TOP", 1)]
    assert rows(cast.outsider) == []


ADVENTUREWORKS = Path(os.environ.get("MFG_SAMPLE_DATA", "../shared/data")) / "adventureworks"


@pytest.mark.skipif(not ADVENTUREWORKS.exists(), reason="The AdventureWorks files are not on this machine.")
def test_a_real_bicycle_explodes_to_its_known_components(cast):
    """Road-150 Red, 62: 14 direct lines, 74 distinct components over all levels: 416 EA, 40 IN, 8 OZ."""
    products = load_adventureworks()

    explosion = explode(item_id=products["749"], quantity=D(1), on=date(2014, 8, 8))

    assert len(explosion.direct) == 14
    assert len(explosion.components) == 74
    assert explosion.quantity_by_unit == {"EA": 416, "IN": 40, "OZ": 8}


def load_adventureworks() -> dict[str, int]:
    """The bill rows that have a parent as shared bills; returns item ids by product id."""
    with (ADVENTUREWORKS / "billofmaterials.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["productassemblyid"]]
    codes = {row["unitmeasurecode"].strip() for row in rows}
    units = {code: UnitOfMeasure.objects.create(code=code, name=code, decimals=2) for code in codes}
    unit_of = defaultdict(lambda: units["EA"]) | {
        row["componentid"]: units[row["unitmeasurecode"].strip()] for row in rows
    }
    names = {row["productassemblyid"] for row in rows} | {row["componentid"] for row in rows}
    items = Item.objects.bulk_create(
        Item(sku=f"AW-{name}", name=name, unit=unit_of.get(name, units["EA"])) for name in sorted(names)
    )
    ids = {item.name: item.pk for item in items}
    heads = BillOfMaterials.objects.bulk_create(
        BillOfMaterials(item_id=ids[name]) for name in sorted({row["productassemblyid"] for row in rows})
    )
    bill_of = {bill.item_id: bill for bill in heads}
    BillOfMaterialsLine.objects.bulk_create(
        BillOfMaterialsLine(
            bill=bill_of[ids[row["productassemblyid"]]],
            line_no=number,
            component_id=ids[row["componentid"]],
            quantity_per=D(row["perassemblyqty"]),
            valid_from_on=row["startdate"][:10],
            valid_until_on=row["enddate"][:10] or None,
        )
        for number, row in enumerate(rows, start=1)
    )
    return ids


def lead_time(item, site):
    return ItemSite.objects.get(item=item, site=site).source_lead_time_days


def test_the_lead_time_goes_with_the_last_recipe(cast, make_bill):
    general = make_bill(cast.table, (cast.leg, 4), lead_time_days=6)
    own = make_bill(cast.table, (cast.leg, 4), site_id=cast.tll.pk, lead_time_days=4)
    item_sites.create(item=cast.table, site=cast.chi, company=cast.maker, source_lead_time_days=30, actor=None)
    assert lead_time(cast.table, cast.tll) == 4

    bills.archive(own.pk, now=cast.now, actor=cast.planner)
    assert (lead_time(cast.table, cast.tll), lead_time(cast.table, cast.chi)) == (6, 6)

    bills.archive(general.pk, now=cast.now, actor=cast.planner)
    assert (lead_time(cast.table, cast.tll), lead_time(cast.table, cast.chi)) == (None, None)
    levels = Event.objects.latest("pk").payload["levels"]
    assert sorted(site for _, site, _ in levels) == sorted([cast.tll.pk, cast.chi.pk])


def test_without_a_recipe_it_is_the_suppliers_again_and_without_him_the_recipe_s(cast, make_bill):
    seller = suppliers.create(company=cast.maker, code="S-1", actor=cast.planner)
    recipe = make_bill(cast.leg, (cast.plank, 1), site_id=cast.tll.pk, lead_time_days=4)
    offer = supplier_items.create(supplier=seller, item=cast.leg, lead_time_days=9, actor=cast.planner)
    items.put_terms(cast.leg, cast.maker, is_made=True, is_bought=True, actor=None)

    supplier_items.remove(offer, actor=cast.planner)
    drainer.drain(now=lambda: cast.now)
    assert lead_time(cast.leg, cast.tll) == 4

    supplier_items.create(supplier=seller, item=cast.leg, lead_time_days=9, actor=cast.planner)
    bills.archive(recipe.pk, now=cast.now, actor=cast.planner)
    assert lead_time(cast.leg, cast.tll) == 9


def test_what_is_kept_later_has_the_recipe_s_lead_time(cast, make_bill):
    make_bill(cast.table, (cast.leg, 4), lead_time_days=6)
    item_sites.create(item=cast.table, site=cast.chi, company=cast.maker, actor=None)

    drainer.drain(now=lambda: cast.now)

    assert lead_time(cast.table, cast.chi) == 6
