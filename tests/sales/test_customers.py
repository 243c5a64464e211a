"""Customers: terms of a company, with a company of their own behind them."""

import pytest

from core.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from core.models import Event
from sales.models import Customer
from sales.services import customers
from sites.models import Company


def test_makes_the_company_behind_it(cast):
    customer = customers.create(
        company=cast.maker, code="SHOP", name="The shop", currency="SEK", country="SE", actor=cast.planner
    )

    party = customer.party
    assert (party.code, party.name, party.currency, party.country) == ("SHOP", "The shop", "SEK", "SE")
    assert (party.is_customer, party.is_own) == (True, False)
    assert (customer.company, customer.name, customer.version) == (cast.maker, "The shop", 1)
    event = Event.objects.get(kind="customer.created")
    assert (event.company_ids, event.payload["documents"]) == ([cast.maker.pk], [["customer", customer.pk]])


def test_takes_a_company_that_is_there_and_makes_it_a_customer(cast):
    customer = customers.create(company=cast.maker, code="FAR", party=cast.far, actor=cast.planner)

    assert customer.party == cast.far
    assert (customer.name, customer.currency) == ("Far", "USD")
    assert Company.objects.get(pk=cast.far.pk).is_customer


def test_two_sellers_may_use_one_code(cast):
    first = customers.create(company=cast.maker, code="SHOP", actor=cast.planner)
    second = customers.create(company=cast.far, code="SHOP", actor=cast.outsider)

    assert (first.party.code, second.party.code) == ("SHOP", "SHOP-2")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "shop"}, "code"),
        ({"code": "two words"}, "code"),
        ({"currency": "EURO"}, "currency"),
        ({"country": "Sweden"}, "country"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(cast, changes, field):
    customers.create(company=cast.maker, code="SHOP", actor=cast.planner)
    companies = Company.objects.count()

    with pytest.raises(InvalidInput) as refusal:
        customers.create(**({"company": cast.maker, "code": "NEW", "actor": cast.planner} | changes))

    assert list(refusal.value.errors) == [field]
    assert (Customer.objects.count(), Company.objects.count()) == (1, companies)


def test_a_stale_edit_is_refused_with_both_values(cast, shop):
    customers.edit(shop, expected=1, name="Möbel Tal", actor=cast.planner)

    with pytest.raises(StaleVersion) as refusal:
        customers.edit(shop, expected=1, name="Möbel Wald", actor=cast.planner)

    assert refusal.value.details["current"] == {"name": "Möbel Tal"}


def test_is_archived_when_nothing_is_open(cast, shop, make_order):
    order = make_order((cast.table, 1))

    with pytest.raises(InvalidInput, match=order.number):
        customers.archive(shop, now=cast.now, actor=cast.planner)

    assert Customer.objects.get(pk=shop.pk).archived_at is None


def test_only_planners_of_the_seller_write(cast):
    with pytest.raises(Forbidden):
        customers.create(company=cast.maker, code="X", actor=cast.viewer)
    with pytest.raises(NotFound):
        customers.create(company=cast.maker, code="X", actor=cast.outsider)
    assert not Customer.objects.exists()
