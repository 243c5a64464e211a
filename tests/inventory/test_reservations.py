"""What is pinned on hand is reserved: its own line may take it, everybody else is refused."""

from decimal import Decimal as D

import pytest
from django.db import transaction

from core.errors import InvalidInput
from inventory.choices import DemandKind, DocumentKind, Firmness, LocationKind, PostingKind
from inventory.drafts import DemandDraft, LevelKey, PostingDraft, Withdrawal
from inventory.errors import InsufficientStock
from inventory.models import AllocationPin, Demand, StockBalance
from inventory.selectors.places import virtual_location
from inventory.services import pins, registers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.posting import post


@pytest.fixture
def pinned(cast):
    """10 tables on hand; the line 1 asks for 6 and has 4 pinned, line 2 asks for 9."""
    adjust(
        site_id=cast.tll.pk,
        reason="Opening stock",
        lines=[AdjustmentLine(cast.table.pk, D(10), D(2))],
        now=cast.now,
        actor=None,
    )
    registers.put_demands([demand(cast, 1, 6), demand(cast, 2, 9)])
    pins.pin(Demand.objects.get(line_id=1).pk, quantity=D(4), now=cast.now, actor=None)
    return cast


def demand(cast, line_id, quantity):
    return DemandDraft(
        kind=DemandKind.SALES_LINE,
        line_id=line_id,
        company_id=cast.maker.pk,
        item_id=cast.table.pk,
        site_id=cast.tll.pk,
        used_by_id=cast.maker.pk,
        document_kind=DocumentKind.SALES_ORDER,
        document_id=line_id,
        document_number=f"SO-{line_id}",
        open_quantity=D(quantity),
        due_on=cast.now.date(),
        firmness=Firmness.FIRM,
    )


@transaction.atomic
def ship(cast, line_id, quantity):
    to = virtual_location(cast.tll.pk, LocationKind.CUSTOMER)
    wish = Withdrawal(cast.table.pk, D(quantity), cast.tll.pk, cast.maker.pk, to, passes_title=True, line_id=line_id)
    draft = PostingDraft(PostingKind.SHIPMENT, cast.maker.pk, cast.tll.pk, cast.now)
    return post(draft, withdrawals=[wish], now=cast.now, actor=None)


def balance():
    return StockBalance.objects.values_list("quantity", "reserved").get()


def test_pinning_reserves_and_unpinning_lets_go(pinned):
    assert balance() == (10, 4)

    pins.unpin(Demand.objects.get(line_id=1).pk, now=pinned.now, actor=None)

    assert balance() == (10, 0)


def test_pinning_again_reserves_the_difference(pinned):
    pins.pin(Demand.objects.get(line_id=1).pk, quantity=D(1), now=pinned.now, actor=None)

    assert balance() == (10, 1)


def test_others_are_refused_what_is_reserved(pinned):
    with pytest.raises(InsufficientStock) as refused:
        ship(pinned, 2, 7)

    assert (refused.value.details["available"], refused.value.details["reserved"]) == ("6", "4")
    assert balance() == (10, 4)


def test_its_own_line_takes_what_it_has_reserved_and_the_pin_shrinks(pinned):
    ship(pinned, 1, 3)

    assert balance() == (7, 1)
    assert AllocationPin.objects.get().quantity == 1

    ship(pinned, 1, 3)

    assert balance() == (4, 0)
    assert not AllocationPin.objects.exists()


def test_more_than_is_free_cannot_be_pinned(pinned):
    with pytest.raises(InvalidInput, match="quantity"):
        pins.pin(Demand.objects.get(line_id=2).pk, quantity=D(7), now=pinned.now, actor=None)

    assert balance() == (10, 4)


def test_a_worker_lets_go_of_what_a_closed_or_smaller_demand_had_pinned(pinned):
    key = LevelKey(pinned.table.pk, pinned.tll.pk, pinned.maker.pk)
    registers.put_demands([demand(pinned, 1, 3)])
    pins.release_closed([key], now=pinned.now)
    assert balance() == (10, 3)

    registers.close_demands(DemandKind.SALES_LINE, [1])
    pins.release_closed([key], now=pinned.now)
    pins.release_closed([key], now=pinned.now)

    assert balance() == (10, 0)
    assert not AllocationPin.objects.exists()
