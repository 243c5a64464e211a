"""What consigned stock costs when title passes: the agreement's price or the owner's cost, in the buyer's currency.

Far keeps its books in dollars and has 10 tables at Tallinn worth 50.00 USD, which Nordwood (EUR) may use.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from inventory.choices import LocationKind, PostingKind
from inventory.drafts import PostingDraft, Withdrawal
from inventory.errors import NoExchangeRate
from inventory.selectors.places import virtual_location
from inventory.services import agreements
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.agreements import Term
from inventory.services.posting import post
from sites.services import exchange_rates

NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def consign(cast):
    """Lets Nordwood use Far's stock at TLL on these terms."""

    def consign(item=None, **term):
        return agreements.start(
            owner=cast.far, site=cast.tll, item=item, used_by=cast.maker,
            term=Term(valid_from_on=NEW_YEAR, **term), now=cast.now, actor=None,
        )  # fmt: skip

    adjust(
        site_id=cast.tll.pk, owner_id=cast.far.pk, reason="Opening stock", now=cast.now, actor=None,
        lines=[AdjustmentLine(item.pk, D(10), D(5)) for item in (cast.table, cast.leg, cast.top)],
    )  # fmt: skip
    return consign


def rate(cast, source, target, value):
    exchange_rates.put(
        company=cast.maker, from_currency=source, to_currency=target, valid_from_on=NEW_YEAR, rate=D(value), actor=None
    )


@transaction.atomic
def ship(cast, *quantities):
    """Ships (item, quantity); returns what each costs Nordwood, and gives Far."""
    to = virtual_location(cast.tll.pk, LocationKind.CUSTOMER)
    posted = post(
        PostingDraft(PostingKind.SHIPMENT, cast.maker.pk, cast.tll.pk, cast.now),
        withdrawals=[
            Withdrawal(item.pk, D(quantity), cast.tll.pk, cast.maker.pk, to, passes_title=True)
            for item, quantity in quantities
        ],
        now=cast.now,
        actor=None,
    )
    return [("gives" if move.owner_id == cast.far.pk else "pays", move.amount) for move in posted.moves]


def test_without_a_price_the_owner_s_cost_is_converted_by_the_buyer_s_books(cast, consign):
    """3 of 10 worth 50.00 USD are 15.00 USD; × 0.9137 = 13.7055 → 13.71 EUR."""
    consign()
    rate(cast, "USD", "EUR", "0.9137")

    assert ship(cast, (cast.table, 3)) == [("gives", 15), ("pays", D("13.71"))]


def test_a_rate_the_other_way_round_serves_too(cast, consign):
    """8.00 USD × 3 = 24.00 USD; a euro is 1.25 USD, so 19.20 EUR."""
    consign(unit_price=D(8), currency="USD")
    rate(cast, "EUR", "USD", "1.25")

    assert ship(cast, (cast.table, 3)) == [("gives", 15), ("pays", D("19.20"))]


@pytest.mark.parametrize("term", [{}, {"unit_price": D(8), "currency": "USD"}])
def test_without_a_rate_it_is_refused(cast, consign, term):
    consign(**term)

    with pytest.raises(NoExchangeRate) as refused:
        ship(cast, (cast.table, 3))

    assert refused.value.details == {"company": "NORDWOOD", "from_currency": "USD", "to_currency": "EUR"}


def test_a_price_in_the_buyer_s_currency_needs_no_rate(cast, consign):
    consign(unit_price=D(8), currency="EUR")

    assert ship(cast, (cast.table, 3)) == [("gives", 15), ("pays", 24)]


def test_the_price_of_the_item_goes_before_the_price_of_all(cast, consign):
    consign(unit_price=D(8), currency="EUR")
    consign(cast.leg, unit_price=D(2), currency="EUR")

    assert ship(cast, (cast.table, 1), (cast.leg, 1)) == [("gives", 5), ("pays", 8), ("gives", 5), ("pays", 2)]


def test_many_consigned_parts_cost_the_statements_of_one(cast, consign):
    consign(unit_price=D(8), currency="USD")
    rate(cast, "USD", "EUR", "0.9137")
    ship(cast, (cast.table, 1), (cast.leg, 1), (cast.top, 1))  # pools and plans come with first use

    def statements(*quantities):
        with CaptureQueriesContext(connection) as captured:
            ship(cast, *quantities)
        return len([query for query in captured if "PREPARE" not in query["sql"]])

    assert statements((cast.table, 1), (cast.leg, 1), (cast.top, 1)) == statements((cast.table, 1))
