"""Suppliers, what they sell, and whose lead time counts."""

from datetime import date
from decimal import Decimal

import pytest

from core import drainer
from core.errors import Forbidden, InvalidInput, StaleVersion
from core.models import Event, Tombstone
from inventory.models import ItemSite
from inventory.services import item_sites, items
from purchasing.models import SupplierItem, SupplierPrice
from purchasing.services import supplier_items, suppliers
from purchasing.services.supplier_items import PriceDraft
from sites.models import Company


@pytest.fixture
def planks(cast, sawmill):
    """Planks by the bundle of 10 m."""
    return supplier_items.create(
        supplier=sawmill,
        item=cast.plank,
        unit_label="BUNDLE",
        unit_factor=Decimal(10),
        lead_time_days=5,
        prices=[PriceDraft(unit_price="40"), PriceDraft(unit_price="35", minimum_quantity=10)],
        actor=cast.planner,
    )


@pytest.fixture
def kept(cast):
    """Nordwood keeps planks at TLL."""
    return item_sites.put(item=cast.plank, site=cast.tll, company=cast.maker, safety_stock=Decimal(5), actor=None)


def lead_time(row):
    return ItemSite.objects.get(pk=row.pk).source_lead_time_days


def test_makes_the_company_behind_it(cast):
    supplier = suppliers.create(company=cast.maker, code="GLUE", name="Glue & Co", country="FI", actor=cast.planner)

    party = Company.objects.get(pk=supplier.party_id)
    assert (party.code, party.name, party.is_supplier, party.is_own) == ("GLUE", "Glue & Co", True, False)
    assert Event.objects.get(kind="supplier.created").company_ids == [cast.maker.pk]


def test_a_supplier_is_archived_when_nothing_is_open(cast, sawmill, make_order):
    order = make_order((cast.plank, 1, 1))

    with pytest.raises(InvalidInput, match=order.number):
        suppliers.archive(sawmill, now=cast.now, actor=cast.planner)


def test_a_break_of_the_same_quantity_and_day_is_replaced_and_the_others_stay(cast, planks):
    prices = [
        PriceDraft(unit_price="33", minimum_quantity=10),
        PriceDraft(unit_price="30", minimum_quantity=50),
    ]
    edited = supplier_items.edit(planks, prices=prices, expected=1, order_minimum=Decimal(2), actor=cast.planner)

    assert (edited.version, edited.order_minimum, edited.unit_label) == (2, 2, "BUNDLE")
    rows = SupplierPrice.objects.order_by("minimum_quantity").values_list("minimum_quantity", "unit_price")
    assert list(rows) == [(0, 40), (10, 33), (50, 30)]
    with pytest.raises(StaleVersion):
        supplier_items.edit(planks, order_minimum=Decimal(3), expected=1, actor=cast.planner)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit_factor": Decimal(0)}, "unit_factor"),
        ({"order_minimum": Decimal(-1)}, "order_minimum"),
        ({"prices": [PriceDraft(unit_price="-1")]}, "prices.0.unit_price"),
        ({"prices": [PriceDraft(unit_price="1", minimum_quantity=-1)]}, "prices.0.minimum_quantity"),
        ({"prices": [PriceDraft(unit_price="1", currency="X")]}, "prices.0.currency"),
        (
            {"prices": [PriceDraft(unit_price="1", valid_from_on=date(2026, 2, 1), valid_until_on=date(2026, 1, 1))]},
            "prices.0.valid_until_on",
        ),
    ],
)
def test_bad_terms_name_the_field_and_change_nothing(cast, sawmill, change, field):
    with pytest.raises(InvalidInput) as refusal:
        supplier_items.create(supplier=sawmill, item=cast.plank, actor=cast.planner, **change)

    assert list(refusal.value.errors) == [field]
    assert not SupplierItem.objects.exists()


def test_an_item_is_listed_once_a_supplier(cast, sawmill, planks):
    with pytest.raises(InvalidInput):
        supplier_items.create(supplier=sawmill, item=cast.plank, actor=cast.planner)
    with pytest.raises(Forbidden):
        supplier_items.create(supplier=sawmill, item=cast.leg, actor=cast.viewer)


def test_the_lead_time_of_the_first_source_goes_to_the_item_s_sites(cast, kept, planks, sawmill):
    supplier_items.set_first_source(company_id=cast.maker.pk, item_ids=[cast.plank.pk], actor=cast.planner)
    assert lead_time(kept) == 5

    other = suppliers.create(company=cast.maker, code="FAST", lead_time_days=2, actor=cast.planner)
    second = supplier_items.create(supplier=other, item=cast.plank, preference=2, actor=cast.planner)
    assert lead_time(kept) == 5

    supplier_items.edit(second, preference=0, actor=cast.planner)
    assert lead_time(kept) == 2
    event = Event.objects.filter(kind="supplier_item.changed").latest("pk")
    assert event.payload["levels"] == [[cast.plank.pk, cast.tll.pk, cast.maker.pk]]

    other = suppliers.edit(other, lead_time_days=3, actor=cast.planner)
    assert lead_time(kept) == 3
    suppliers.archive(other, now=cast.now, actor=cast.planner)
    assert lead_time(kept) == 5


@pytest.mark.parametrize("how", ["removed", "archived"])
def test_the_lead_time_goes_with_the_last_who_sells_it(cast, kept, sawmill, how):
    offer = supplier_items.create(supplier=sawmill, item=cast.plank, lead_time_days=5, actor=cast.planner)
    assert lead_time(kept) == 5

    if how == "removed":
        supplier_items.remove(offer, actor=cast.planner)
    else:
        suppliers.archive(sawmill, now=cast.now, actor=cast.planner)

    assert lead_time(kept) is None
    event = Event.objects.latest("pk")
    assert event.payload["levels"] == [[cast.plank.pk, cast.tll.pk, cast.maker.pk]]


def test_what_is_kept_later_has_the_lead_time_too(cast, planks, assert_sound):
    kept = item_sites.create(item=cast.plank, site=cast.tll, company=cast.maker, actor=None)
    said = item_sites.create(item=cast.plank, site=cast.chi, company=cast.maker, source_lead_time_days=30, actor=None)

    drainer.drain(now=lambda: cast.now)

    assert (lead_time(kept), lead_time(said)) == (5, 30)
    assert_sound()


def test_rows_that_are_missing_are_made_where_asked(cast, planks):
    keys = supplier_items.set_first_source(
        company_id=cast.maker.pk, item_ids=[cast.plank.pk], site_ids=[cast.chi.pk], actor=cast.planner
    )

    assert ItemSite.objects.get().source_lead_time_days == 5
    assert keys == {(cast.plank.pk, cast.chi.pk, cast.maker.pk)}


def test_what_is_only_made_is_left_to_production(cast, sawmill):
    row = item_sites.put(item=cast.leg, site=cast.tll, company=cast.maker, actor=None)
    items.put_terms(cast.leg, cast.maker, is_made=True, actor=None)

    supplier_items.create(supplier=sawmill, item=cast.leg, lead_time_days=9, actor=cast.planner)

    assert lead_time(row) is None


def test_what_is_sold_no_more_leaves_a_tombstone(cast, planks):
    supplier_items.remove(planks, actor=cast.planner)

    assert not SupplierItem.objects.exists()
    assert Tombstone.objects.get(noun="supplier-items").company_id == cast.maker.pk
