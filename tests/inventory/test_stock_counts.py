"""Stock counts: what is really there."""

from decimal import Decimal as D

import pytest

from core.errors import InvalidInput, NotFound, WrongState
from inventory.choices import CountState
from inventory.errors import InsufficientStock, NothingToPost
from inventory.models import CostPool, Posting, StockBalance
from inventory.services import stock_counts, undo
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.stock_counts import CountDraft, Counted


@pytest.fixture
def put(cast):
    """Puts so many of an item on hand at TLL, at 10 each; fewer than 0 take."""

    def put(item, quantity, *, owner=None):
        cost = D(10) if quantity > 0 else None
        return adjust(
            site_id=cast.tll.pk,
            owner_id=owner and owner.pk,
            reason="By hand",
            lines=[AdjustmentLine(item_id=item.pk, quantity=D(quantity), unit_cost=cost)],
            now=cast.now,
            actor=None,
        )

    return put


@pytest.fixture
def count(cast, put):
    """A count at TLL: 10 legs and 5 tops of Nordwood; Saeveski's 3 legs are not its business."""
    put(cast.leg, 10)
    put(cast.top, 5)
    put(cast.leg, 3, owner=cast.supplier)
    return stock_counts.create(CountDraft(site_id=cast.tll.pk), now=cast.now, actor=cast.operator)


def enter(cast, count, *found):
    counted = [Counted(item_id=item.pk, location_id=cast.tll_stock.pk, quantity=q) for item, q in found]
    return stock_counts.enter(count.pk, counted, now=cast.now, actor=cast.operator)


def post(cast, count):
    return stock_counts.post_differences(count.pk, now=cast.now, actor=cast.operator)


def stock(cast, item, owner=None):
    return StockBalance.objects.get(item=item, site=cast.tll, owner=owner or cast.maker).quantity


def test_begins_with_what_the_owner_has_there(cast, count):
    assert (count.number, count.state, count.owner) == ("SC-1001", CountState.OPEN, cast.maker)
    lines = count.lines.order_by("item__sku").values_list("item__sku", "expected_quantity", "counted_quantity")
    assert list(lines) == [("LEG", 10, None), ("TOP", 5, None)]


def test_may_be_of_some_items_only(cast, count):
    some = stock_counts.create(
        CountDraft(site_id=cast.tll.pk, item_ids=[cast.top.pk]), now=cast.now, actor=cast.operator
    )
    assert list(some.lines.values_list("item__sku", flat=True)) == ["TOP"]


def test_writes_the_differences_as_one_posting(cast, count):
    enter(cast, count, (cast.leg, 8), (cast.top, 6), (cast.plank, "2.5"))

    done = post(cast, count)

    assert done.count.state == CountState.POSTED
    assert (stock(cast, cast.leg), stock(cast, cast.top), stock(cast, cast.plank)) == (8, 6, D("2.5"))
    assert stock(cast, cast.leg, cast.supplier) == 3
    assert CostPool.objects.get(item=cast.top, owner=cast.maker).value == 60  # the sixth at the average
    assert list(Posting.objects.filter(kind="count").values_list("source_number", flat=True)) == ["SC-1001"]


def test_what_was_not_counted_stays(cast, count):
    enter(cast, count, (cast.leg, 8))
    post(cast, count)

    assert (stock(cast, cast.leg), stock(cast, cast.top)) == (8, 5)


def test_moves_after_the_entry_are_kept(cast, count, put):
    """10 stand there, 8 are found, then 3 are taken: 5 are left."""
    enter(cast, count, (cast.leg, 8))
    put(cast.leg, -3)
    post(cast, count)

    assert stock(cast, cast.leg) == 5


def test_moves_before_the_entry_are_no_difference(cast, count, put):
    put(cast.leg, -3)
    enter(cast, count, (cast.leg, 7))

    assert post(cast, count).posted is None
    assert stock(cast, cast.leg) == 7


def test_what_is_missing_may_have_left_meanwhile(cast, count, put):
    enter(cast, count, (cast.leg, 2))
    put(cast.leg, -9)

    with pytest.raises(InsufficientStock, match="LEG at TLL: 8 asked, 1 on hand"):
        post(cast, count)
    count.refresh_from_db()
    assert count.state == CountState.OPEN


def test_a_posted_count_is_taken_back_and_counted_again(cast, count):
    enter(cast, count, (cast.leg, 8))
    posted = post(cast, count).posted

    undo.reverse_posting(posted.posting_id, now=cast.now, actor=cast.operator)
    assert stock(cast, cast.leg) == 10

    enter(cast, count, (cast.leg, 9))
    post(cast, count)
    assert stock(cast, cast.leg) == 9
    stock_counts.reverse(count.pk, now=cast.now, actor=cast.operator)
    assert stock(cast, cast.leg) == 10


def test_an_empty_count_writes_nothing(cast, count):
    with pytest.raises(NothingToPost):
        post(cast, count)


@pytest.mark.parametrize("quantity", ["-1", "1.5", "many"])
def test_a_quantity_that_can_t_be_is_refused(cast, count, quantity):
    with pytest.raises(InvalidInput) as refusal:
        enter(cast, count, (cast.top, 5), (cast.leg, quantity))
    assert list(refusal.value.errors) == ["lines.1.quantity"]
    assert not count.lines.filter(counted_quantity__isnull=False).exists()


def test_a_place_of_another_site_is_refused(cast, count):
    counted = [Counted(item_id=cast.leg.pk, location_id=cast.chi_stock.pk, quantity=1)]
    with pytest.raises(InvalidInput, match="no such location"):
        stock_counts.enter(count.pk, counted, now=cast.now, actor=cast.operator)


def test_a_canceled_count_is_over(cast, count):
    stock_counts.cancel(count.pk, now=cast.now, actor=cast.operator)
    with pytest.raises(WrongState, match="SC-1001 is canceled"):
        enter(cast, count, (cast.leg, 8))


def test_nobody_else_counts(cast, count):
    with pytest.raises(NotFound):
        stock_counts.cancel(count.pk, now=cast.now, actor=cast.outsider)
