"""Undoing a posting."""

import pytest

from core.errors import Forbidden, NotFound
from inventory.errors import AlreadyReversed, ReversalBlocked
from inventory.models import CostPool, Posting, StockBalance, StockMove
from inventory.services.undo import reverse_posting
from tests.inventory.test_posting import consigned, pools, put, ship

__all__ = ["consigned"]


def undo(cast, posted, actor=None):
    return reverse_posting(posted.posting_id, now=cast.now, actor=actor)


def test_it_puts_quantity_and_value_back_the_way_they_were(cast):
    put(cast, cast.table, 10, 2)
    shipped = ship(cast, cast.table, 4)

    reversal = undo(cast, shipped)

    assert StockBalance.objects.get().quantity == 10
    assert CostPool.objects.values_list("quantity", "value").get() == (10, 20)
    assert Posting.objects.get(pk=reversal.posting_id).reverses_id == shipped.posting_id
    assert StockMove.objects.count() == 3


def test_consigned_stock_becomes_the_suppliers_again(consigned):
    shipped = ship(consigned, consigned.table, 6)

    undo(consigned, shipped)

    assert pools() == {"NORDWOOD": (4, 8), "SAEVESKI": (5, 5)}


def test_it_is_refused_where_the_stock_has_left_and_names_who_took_it(cast):
    received = put(cast, cast.table, 10, 2)
    shipped = ship(cast, cast.table, 4)

    with pytest.raises(ReversalBlocked) as refused:
        undo(cast, received)

    assert refused.value.details["blockers"] == [shipped.number]
    assert (refused.value.details["needed"], refused.value.details["available"]) == ("10", "6")
    assert StockBalance.objects.get().quantity == 6


def test_a_receipt_whose_average_has_fallen_takes_what_value_is_there(cast):
    put(cast, cast.table, 10, 2)
    dear = put(cast, cast.table, 10, 10)
    ship(cast, cast.table, 10)  # at 6.00 each: 60 are left

    undo(cast, dear)

    assert CostPool.objects.values_list("quantity", "value").get() == (0, 0)


def test_twice_is_refused(cast):
    posted = put(cast, cast.table, 1)
    reversal = undo(cast, posted)

    for again in (posted, reversal):
        with pytest.raises(AlreadyReversed):
            undo(cast, again)


@pytest.mark.parametrize(("user", "error"), [("outsider", NotFound), ("viewer", Forbidden)])
def test_somebody_who_may_not(cast, user, error):
    posted = put(cast, cast.table, 1)

    with pytest.raises(error):
        undo(cast, posted, actor=getattr(cast, user))

    assert StockBalance.objects.get().quantity == 1
