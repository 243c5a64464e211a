"""What a posting brings for one demand is reserved for it, and let go when it is taken back."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from django.db import transaction

from inventory.choices import DemandKind, DocumentKind, Firmness, LocationKind, PostingKind
from inventory.drafts import DemandDraft, Deposit, LevelKey, PostingDraft, Withdrawal
from inventory.errors import InsufficientStock
from inventory.models import AllocationPin, Demand, Lot, StockBalance
from inventory.selectors.places import virtual_location
from inventory.services import pins, registers
from inventory.services.posting import post
from inventory.services.reversal import reverse


def demand(cast, line_id, quantity, site=None):
    draft = DemandDraft(
        kind=DemandKind.SALES_LINE,
        line_id=line_id,
        company_id=cast.maker.pk,
        item_id=cast.table.pk,
        site_id=(site or cast.tll).pk,
        used_by_id=cast.maker.pk,
        document_kind=DocumentKind.SALES_ORDER,
        document_id=line_id,
        document_number=f"SO-{line_id}",
        open_quantity=D(quantity),
        due_on=cast.now.date(),
        firmness=Firmness.FIRM,
    )
    registers.put_demands([draft])
    return Demand.objects.get(line_id=line_id)


@transaction.atomic
def bring(cast, quantity, demand_id, **changes):
    deposit = Deposit(
        item_id=cast.table.pk,
        quantity=D(quantity),
        site_id=cast.tll.pk,
        location_id=cast.tll_stock.pk,
        owner_id=cast.maker.pk,
        from_location_id=virtual_location(cast.tll.pk, LocationKind.PRODUCTION),
        reserved_for_demand_id=demand_id,
    )
    draft = PostingDraft(PostingKind.COMPLETION, cast.maker.pk, cast.tll.pk, cast.now)
    return post(draft, deposits=[replace(deposit, **changes)], now=cast.now, actor=None)


@transaction.atomic
def ship(cast, line_id, quantity):
    to = virtual_location(cast.tll.pk, LocationKind.CUSTOMER)
    wish = Withdrawal(cast.table.pk, D(quantity), cast.tll.pk, cast.maker.pk, to, passes_title=True, line_id=line_id)
    draft = PostingDraft(PostingKind.SHIPMENT, cast.maker.pk, cast.tll.pk, cast.now)
    return post(draft, withdrawals=[wish], now=cast.now, actor=None)


@transaction.atomic
def take_back(cast, posted, demand_id):
    return reverse(posted.posting_id, held_for_demand_id=demand_id, now=cast.now, actor=None)


def balance():
    return StockBalance.objects.values_list("quantity", "reserved").get()


def held():
    return dict(AllocationPin.objects.values_list("demand__line_id", "quantity"))


def test_what_comes_for_a_demand_is_refused_to_others(cast):
    mine = demand(cast, 1, 6)
    demand(cast, 2, 9)
    bring(cast, 6, mine.pk)
    assert (balance(), held()) == ((6, 6), {1: 6})
    assert AllocationPin.objects.get().kind == "pegged"

    with pytest.raises(InsufficientStock):
        ship(cast, 2, 1)
    ship(cast, 1, 6)

    assert (balance(), held()) == ((0, 0), {})


def test_only_what_is_open_is_reserved_and_the_rest_is_free(cast):
    mine = demand(cast, 1, 6)
    bring(cast, 4, mine.pk)
    bring(cast, 5, mine.pk)

    assert (balance(), held()) == ((9, 6), {1: 6})


@pytest.mark.parametrize(("open_quantity", "elsewhere"), [(0, False), (6, True)])
def test_nothing_is_reserved_for_a_closed_demand_or_one_at_another_site(cast, open_quantity, elsewhere):
    mine = demand(cast, 1, open_quantity, site=cast.chi if elsewhere else None)
    bring(cast, 6, mine.pk)

    assert (balance(), held()) == ((6, 0), {})


def test_a_blocked_lot_is_not_reserved(cast):
    lot = Lot.objects.create(item=cast.table, issuer=cast.maker, number="L1", state="held")
    bring(cast, 6, demand(cast, 1, 6).pk, lot_id=lot.pk)

    assert (balance(), held()) == ((6, 0), {})


def test_taking_it_back_lets_it_go(cast):
    mine = demand(cast, 1, 6)
    bring(cast, 2, None)
    posted = bring(cast, 6, mine.pk)
    take_back(cast, posted, mine.pk)

    assert (balance(), held()) == ((2, 0), {})


def test_taking_a_part_back_keeps_what_other_reports_brought(cast):
    mine = demand(cast, 1, 9)
    bring(cast, 5, mine.pk)
    posted = bring(cast, 4, mine.pk)
    take_back(cast, posted, mine.pk)

    assert (balance(), held()) == ((5, 5), {1: 5})


def test_what_somebody_pinned_by_hand_is_raised_and_stays_his(cast):
    mine = demand(cast, 1, 9)
    bring(cast, 3, None)
    pins.pin(mine.pk, quantity=D(3), now=cast.now, actor=None)
    bring(cast, 6, mine.pk)
    assert (balance(), held(), AllocationPin.objects.get().kind) == ((9, 9), {1: 9}, "pinned")

    pins.unpin(mine.pk, now=cast.now, actor=None)

    assert (balance(), held()) == ((9, 0), {})


def test_a_demand_that_closes_lets_it_go(cast):
    mine = demand(cast, 1, 6)
    bring(cast, 6, mine.pk)
    demand(cast, 1, 0)
    pins.release_closed([LevelKey(cast.table.pk, cast.tll.pk, cast.maker.pk)], now=cast.now)

    assert (balance(), held()) == ((6, 0), {})
