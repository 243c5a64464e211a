"""Pins that are changed while the stock they hold is on its way out."""

import threading
from decimal import Decimal as D

import pytest
from django.db import transaction

from core import invariants
from core.errors import InvalidInput
from inventory.choices import DemandKind, DocumentKind, Firmness, LocationKind, PostingKind
from inventory.drafts import DemandDraft, LevelKey, PostingDraft, Withdrawal
from inventory.models import AllocationPin, Demand, StockBalance
from inventory.selectors.places import virtual_location
from inventory.services import pins, registers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.posting import post
from tests.concurrency.waiting import WAIT_SECONDS, Worker, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pinned(committed_cast):
    """12 tables on hand; line 1 has 5 of its 5 pinned, line 2 has 4 of its 9."""
    cast = committed_cast
    put(cast, cast.table, 12)
    demand(cast, cast.table, 1, 5)
    demand(cast, cast.table, 2, 9)
    pin(cast, 1, 5)
    pin(cast, 2, 4)
    virtual_location(cast.tll.pk, LocationKind.CUSTOMER)
    return cast


def put(cast, item, quantity):
    line = AdjustmentLine(item.pk, D(quantity), D(2))
    adjust(site_id=cast.tll.pk, reason="Opening stock", lines=[line], now=cast.now, actor=None)


def demand(cast, item, line_id, quantity):
    draft = DemandDraft(
        kind=DemandKind.SALES_LINE,
        line_id=line_id,
        company_id=cast.maker.pk,
        item_id=item.pk,
        site_id=cast.tll.pk,
        used_by_id=cast.maker.pk,
        document_kind=DocumentKind.SALES_ORDER,
        document_id=line_id,
        document_number=f"SO-{line_id}",
        open_quantity=D(quantity),
        due_on=cast.now.date(),
        firmness=Firmness.FIRM,
    )
    registers.put_demands([draft])


def pin(cast, line_id, quantity):
    pins.pin(Demand.objects.get(line_id=line_id).pk, quantity=D(quantity), now=cast.now, actor=None)


def unpin(cast, line_id):
    pins.unpin(Demand.objects.get(line_id=line_id).pk, now=cast.now, actor=None)


@transaction.atomic
def ship_once_another_waits(cast, has_posted):
    """Ship 3 of line 1, and commit when somebody waits for what that has locked."""
    to = virtual_location(cast.tll.pk, LocationKind.CUSTOMER)
    wish = Withdrawal(cast.table.pk, D(3), cast.tll.pk, cast.maker.pk, to, passes_title=True, line_id=1)
    draft = PostingDraft(PostingKind.SHIPMENT, cast.maker.pk, cast.tll.pk, cast.now)
    post(draft, withdrawals=[wish], now=cast.now, actor=None)
    demand(cast, cast.table, 1, 2)
    has_posted.set()
    wait_until_blocked()


def during_a_shipment(cast, change, *args):
    has_posted = threading.Event()
    shipment = Worker(ship_once_another_waits, cast, has_posted)
    assert has_posted.wait(WAIT_SECONDS)
    try:
        change(cast, *args)
    finally:
        shipment.finish()


def state():
    (check,) = invariants.check(["reserved stock = pins on hand"])
    return (
        StockBalance.objects.get().reserved,
        dict(AllocationPin.objects.values_list("demand__line_id", "quantity")),
        check.is_ok,
    )


def test_unpinning_during_a_shipment_frees_what_is_left_of_the_pin_alone(pinned):
    during_a_shipment(pinned, unpin, 1)

    assert state() == (4, {2: 4}, True)


def test_pinning_the_same_again_during_a_shipment_is_refused_beyond_what_stays_open(pinned):
    with pytest.raises(InvalidInput, match="2 the demand has open"):
        during_a_shipment(pinned, pin, 1, 5)

    assert state() == (6, {1: 2, 2: 4}, True)


def test_pinning_again_during_a_shipment_reserves_what_it_says(pinned):
    during_a_shipment(pinned, pin, 1, 1)

    assert state() == (5, {1: 1, 2: 4}, True)


def test_a_worker_lets_go_of_each_key_in_a_transaction_of_its_own(pinned):
    """The second key's balances are locked by somebody else: the first key's are free by then."""
    cast = pinned
    put(cast, cast.top, 5)
    demand(cast, cast.top, 3, 5)
    pin(cast, 3, 5)
    for item, line_id in ((cast.table, 1), (cast.top, 3)):
        demand(cast, item, line_id, 0)
    keys = [LevelKey(item.pk, cast.tll.pk, cast.maker.pk) for item in (cast.table, cast.top)]

    with transaction.atomic():
        list(StockBalance.objects.select_for_update().filter(item=cast.top))
        worker = Worker(pins.release_closed, keys, now=cast.now)
        wait_until_blocked()
        assert dict(AllocationPin.objects.values_list("demand__line_id", "quantity")) == {2: 4, 3: 5}
    worker.finish()

    assert dict(AllocationPin.objects.values_list("demand__line_id", "quantity")) == {2: 4}
