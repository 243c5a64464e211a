"""A tour through the demo, as somebody takes it who has just started the product.

Kadri, the planner, finds TABLE-OAK-160 in Chicago: 14 on hand, 49 asked, 12 on the way from Tallinn (in 4 days) and 20
being made (in 11 days), 15 to be kept: 18 are missing. In the order of their ranks

    SO-1042  8   on hand                       SO-1053  10  7 on the way, 3 made: 2 days late
    SO-1047  6   on hand                       SO-1058   4  made
    SO-1051  5   on the way, needed in 14 days SO-1061  16  13 made, 3 short

She puts SO-1053 before SO-1051: it takes 10 of the 12 on the way and is in time; SO-1051 takes the other 2 and 3 of
those being made, 3 days before it needs them. Or she moves 18 from Tallinn, which has 28 too many and keeps 10 of
these: they come in 10 days, a day before those being made, so SO-1053 takes 3 of them and is 1 day late, SO-1058 takes
4, and SO-1061 the other 11 and 5 of those being made; nothing is missing. She ships SO-1042 and takes it back.
"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from core.errors import NotFound
from inventory.models import CostPool, Item, StockBalance, StockLevel
from inventory.services import transfers
from inventory.services.transfers import TransferDraft, TransferLineDraft
from sales.models import SalesOrder
from sales.services import sales_orders
from sites.access import access_of
from sites.models import Site
from tests.demo import NOW, TODAY, broken, demo, late, level, served, work  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.xdist_group("demo")]


@pytest.fixture
def kadri():
    return get_user_model().objects.get(username="kadri")


@pytest.fixture
def at(kadri):
    return {"now": NOW, "actor": kadri}


def order(number: str) -> int:
    return SalesOrder.objects.get(number=number).pk


def test_a_rank_decides_who_is_late(at):
    sales_orders.rank(order("SO-1053"), before=order("SO-1051"), **at)
    work()
    assert served("TABLE-OAK-160", "CHI") == [
        ("SO-1042", 8, "in_stock", 0, [8]),
        ("SO-1047", 6, "in_stock", 0, [6]),
        ("SO-1053", 10, "expected", 4, [10]),
        ("SO-1051", 5, "expected", 11, [2, 3]),
        ("SO-1058", 4, "expected", 11, [4]),
        ("SO-1061", 16, "not_available", 0, [13]),
    ]
    assert late() == {"SO-1057": 2, "SO-1063": 4, "MO-1391": 2, "MO-1396": 5}


def test_a_transfer_ends_the_shortage(at):
    line = TransferLineDraft(item_id=Item.objects.get(sku="TABLE-OAK-160").pk, quantity=18)
    sites = {site.code: site.pk for site in Site.objects.all()}
    draft = TransferDraft(
        origin_id=sites["TLL"], destination_id=sites["CHI"], expected_on=TODAY + timedelta(days=10), lines=[line]
    )
    transfer = transfers.create(draft, **at)
    transfers.confirm(transfer.pk, **at)
    work()
    assert (level("TABLE-OAK-160", "CHI").missing, level("TABLE-OAK-160", "CHI").projected) == (0, 15)
    assert level("TABLE-OAK-160", "TLL").excess == 10
    assert served("TABLE-OAK-160", "CHI")[3:] == [
        ("SO-1053", 10, "expected", 10, [7, 3]),
        ("SO-1058", 4, "expected", 10, [4]),
        ("SO-1061", 16, "expected", 11, [11, 5]),
    ]
    assert late()["SO-1053"] == 1


def test_a_shipment_and_its_reversal_are_followed_by_every_figure(at):
    shipped = sales_orders.ship(order("SO-1042"), **at)
    work()
    row = level("TABLE-OAK-160", "CHI")
    assert (row.on_hand, row.committed, row.available, row.missing) == (6, 41, -35, 18)

    sales_orders.reverse(shipped.order.pk, reason="Wrong pallet", **at)
    work()
    row = level("TABLE-OAK-160", "CHI")
    assert (row.on_hand, row.committed, row.available, row.missing) == (14, 49, -35, 18)
    assert broken() == []


def test_partners_see_their_own_site():
    users = {user.get_username(): access_of(user) for user in get_user_model().objects.all()}
    for name, site in (("liga", "RIX"), ("jonas", "HAM"), ("mart", "TLL")):
        seen = StockLevel.objects.filter(users[name].q(companies=["used_by"], sites=["site"]))
        assert set(seen.values_list("site__code", flat=True)) == {site}
        assert not CostPool.objects.filter(users[name].q(companies=["owner"]), owner__code="POLDSAAR").exists()
    everywhere = StockBalance.objects.filter(users["kadri"].q(companies=["owner", "used_by"], sites=["site"]))
    assert set(everywhere.values_list("site__code", flat=True)) == {"TLL", "OPO", "CHI", "RIX", "HAM"}


def test_a_partner_may_not_ship_what_he_does_not_see():
    liga = get_user_model().objects.get(username="liga")
    with pytest.raises(NotFound):
        sales_orders.ship(order("SO-1042"), now=NOW, actor=liga)
    assert level("TABLE-OAK-160", "CHI").on_hand == 14


@pytest.mark.parametrize("name", ["kadri", "mart", "liga", "jonas", "admin"])
def test_everybody_signs_in_with_the_documented_password(name):
    answer = Client().post("/login/", {"username": name, "password": "furniture"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
