"""What a posting takes, in which order, and what happens to consigned stock."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError
from django.test.utils import CaptureQueriesContext

from inventory.choices import LocationKind, LotState, PostingKind
from inventory.drafts import PostingDraft, Withdrawal
from inventory.errors import InsufficientStock, LotBlocked
from inventory.models import (
    ConsignmentAgreement,
    CostPool,
    Location,
    Lot,
    Posting,
    StockBalance,
    StockMove,
    ValueEntry,
)
from inventory.selectors.places import virtual_location
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.posting import post


def put(cast, item, quantity, unit_cost=0, *, owner=None, **options):
    return adjust(
        site_id=cast.tll.pk,
        owner_id=owner.pk if owner else None,
        reason="Opening stock",
        lines=[AdjustmentLine(item.pk, D(quantity), None if unit_cost is None else D(unit_cost), **options)],
        now=cast.now,
        actor=None,
    )


def ship(cast, item, quantity, **options):
    draft = PostingDraft(PostingKind.SHIPMENT, cast.maker.pk, cast.tll.pk, cast.now)
    to = virtual_location(cast.tll.pk, LocationKind.CUSTOMER)
    with transaction.atomic():
        return post(
            draft,
            withdrawals=[
                Withdrawal(item.pk, D(quantity), cast.tll.pk, cast.maker.pk, to, passes_title=True, **options)
            ],
            now=cast.now,
            actor=None,
        )


def lot(item, number, **fields):
    return Lot.objects.create(item=item, number=number, **fields)


def taken(posted):
    return [(move.lot_id, move.quantity) for move in posted.moves]


def test_ships_what_expires_first_then_the_oldest_lot(cast):
    young = lot(cast.table, "young", began_on=date(2026, 11, 1))
    old = lot(cast.table, "old", began_on=date(2026, 1, 1))
    expiring = lot(cast.table, "expiring", expires_on=date(2026, 12, 31))
    for one in (young, old, expiring):
        put(cast, cast.table, 2, lot_id=one.pk)

    posted = ship(cast, cast.table, 5)

    assert taken(posted) == [(expiring.pk, 2), (old.pk, 2), (young.pk, 1)]


def test_equal_lots_are_taken_by_the_pick_order_of_their_places(cast):
    near = Location.objects.create(site=cast.tll, code="NEAR", pick_order=-1)
    put(cast, cast.table, 2)
    put(cast, cast.table, 2, location_id=near.pk)

    posted = ship(cast, cast.table, 3)

    assert [(move.from_location_id, move.quantity) for move in posted.moves] == [(near.pk, 2), (cast.tll_stock.pk, 1)]


@pytest.mark.parametrize("fields", [{"state": LotState.HELD}, {"expires_on": date(2026, 11, 22)}])
def test_a_held_or_expired_lot_is_passed_over_and_refused_by_name(cast, fields):
    bad = lot(cast.table, "bad", **fields)
    put(cast, cast.table, 2, lot_id=bad.pk)

    with pytest.raises(InsufficientStock):
        ship(cast, cast.table, 1)
    with pytest.raises(LotBlocked):
        ship(cast, cast.table, 1, lot_id=bad.pk)


@pytest.mark.parametrize("fields", [{"state": LotState.HELD}, {"expires_on": date(2026, 11, 22)}])
def test_naming_a_place_does_not_ship_a_held_or_expired_lot(cast, fields):
    bad, good = lot(cast.table, "bad", **fields), lot(cast.table, "good")
    put(cast, cast.table, 2, lot_id=bad.pk)
    put(cast, cast.table, 2, lot_id=good.pk)

    with pytest.raises(InsufficientStock):
        ship(cast, cast.table, 3, location_id=cast.tll_stock.pk)
    assert taken(ship(cast, cast.table, 2, location_id=cast.tll_stock.pk)) == [(good.pk, 2)]


def test_an_adjustment_by_place_takes_a_held_lot(cast):
    bad = lot(cast.table, "bad", state=LotState.HELD)
    put(cast, cast.table, 2, lot_id=bad.pk)

    put(cast, cast.table, -2, None, location_id=cast.tll_stock.pk)

    assert not StockBalance.objects.filter(quantity__gt=0).exists()


def test_a_place_in_quarantine_ships_nothing(cast):
    place = Location.objects.create(site=cast.tll, code="Q", kind=LocationKind.QUARANTINE)
    put(cast, cast.table, 2, location_id=place.pk)

    with pytest.raises(InsufficientStock):
        ship(cast, cast.table, 1, location_id=place.pk)


def test_naming_an_owner_takes_nothing_of_his_that_another_company_may_use(cast):
    """Without an agreement Saeveski's stock serves Saeveski alone, whoever names it."""
    put(cast, cast.table, 5, 1, owner=cast.supplier)

    with pytest.raises(InsufficientStock) as refused:
        ship(cast, cast.table, 1, owner_id=cast.supplier.pk)

    assert refused.value.details["available"] == "0"
    assert [*StockBalance.objects.values_list("owner__code", "quantity")] == [("SAEVESKI", 5)]


def test_reserved_stock_is_refused_to_others(cast):
    put(cast, cast.table, 5)
    StockBalance.objects.update(reserved=3)

    with pytest.raises(InsufficientStock) as refused:
        ship(cast, cast.table, 3)

    assert (refused.value.details["available"], refused.value.details["reserved"]) == ("2", "3")


@pytest.fixture
def consigned(cast):
    """4 tables of Nordwood's own at 2.00; 5 of the supplier's at 1.00, whose use costs 3.00."""
    ConsignmentAgreement.objects.create(
        owner=cast.supplier,
        site=cast.tll,
        used_by=cast.maker,
        unit_price=D(3),
        currency="EUR",
        valid_from_on=date(2026, 1, 1),
    )
    put(cast, cast.table, 4, 2)
    put(cast, cast.table, 5, 1, owner=cast.supplier)
    return cast


def pools():
    return {
        owner: (quantity, value)
        for owner, quantity, value in CostPool.objects.values_list("owner__code", "quantity", "value")
    }


def test_own_stock_goes_first_and_consigned_stock_is_bought_in_the_same_posting(consigned):
    cast = consigned

    posted = ship(cast, cast.table, 6)

    assert [(move.owner_id, move.quantity, move.amount) for move in posted.moves] == [
        (cast.maker.pk, 4, 8),
        (cast.supplier.pk, 2, 2),  # title passes: the supplier gives at its own cost
        (cast.maker.pk, 2, 6),  # and Nordwood ships what it bought at 3.00
    ]
    assert pools() == {"NORDWOOD": (0, 0), "SAEVESKI": (3, 3)}
    assert {
        (move.from_owner_id, move.to_owner_id) for move in StockMove.objects.filter(posting_id=posted.posting_id)
    } == {
        (cast.maker.pk, cast.maker.pk),
        (cast.supplier.pk, cast.maker.pk),
    }


def test_an_adjustment_takes_its_owners_stock_whoever_may_use_it(consigned):
    put(consigned, consigned.table, -5, None, owner=consigned.supplier)

    assert StockBalance.objects.get(owner=consigned.supplier).quantity == 0


def test_consigned_stock_may_serve_only_the_company_that_uses_it(consigned):
    balance = StockBalance.objects.get(owner=consigned.supplier)

    assert balance.used_by == consigned.maker


def test_a_document_costs_the_same_statements_whatever_its_lines(cast):
    items = [cast.table, cast.top, cast.leg, cast.plank]

    def statements(lines):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            adjust(
                site_id=cast.tll.pk,
                reason="x",
                lines=[AdjustmentLine(item.pk, D(1), D(1)) for item in lines],
                now=cast.now,
                actor=None,
            )
        return len([query for query in captured if "PREPARE" not in query["sql"] and "plan_cache" not in query["sql"]])

    statements(items)  # the virtual location and the plans come with first use
    assert statements(items * 10) == statements(items[:1])


class TestTheDatabase:
    """What no service can make it do."""

    @pytest.mark.parametrize("model", [Posting, StockMove, ValueEntry])
    def test_ledgers_are_append_only(self, cast, model):
        put(cast, cast.table, 1)

        with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
            model.objects.all().delete()
        with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
            model.objects.update(effective_on=date(2020, 1, 1))

    @pytest.mark.parametrize("values", [{"quantity": -1}, {"reserved": 9}, {"reserved": -1}])
    def test_a_balance_is_never_negative_nor_over_reserved(self, cast, values):
        put(cast, cast.table, 1)

        with pytest.raises(IntegrityError), transaction.atomic():
            StockBalance.objects.update(**values)

    def test_an_empty_pool_is_worth_nothing(self, cast):
        put(cast, cast.table, 1, 5)

        with pytest.raises(IntegrityError), transaction.atomic():
            CostPool.objects.update(quantity=0)
