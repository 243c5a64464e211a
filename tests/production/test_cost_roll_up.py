"""What so many of an item would cost, over all levels, worked by hand."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.errors import InvalidInput, NotFound
from production.models import BillOfMaterials, Operation, Routing, WorkCenter
from production.services.cost_roll_up import roll_up
from tests.scenarios.test_three_sites import lacquer, order  # noqa: F401

TODAY = "2026-11-23"


@pytest.fixture
def cost(cast):
    def of(bill, quantity, *, site=None, actor=None):
        return roll_up(
            bill, quantity=D(quantity), site=site or cast.tll, company=cast.maker, on=cast.now.date(), now=cast.now,
            actor=actor or cast.planner,
        )  # fmt: skip

    return of


@pytest.fixture
def two_levels(cast, make_bill, stock):
    """TABLE of 4 LEG; LEG of 0.5 m PLANK, a fifth of it lost, sawn in 10 minutes and 3 a piece at 60 an hour."""
    stock(cast.plank, 10)
    saw = WorkCenter.objects.create(site=cast.tll, code="SAW", name="Saw", labor_rate_per_hour=60)
    routing = Routing.objects.create(item=cast.leg, company=cast.maker)
    Operation.objects.create(
        routing=routing, number=10, name="Saw", work_center=saw, setup_time_minutes=10, run_time_minutes_per_unit=3
    )
    make_bill(cast.leg, (cast.plank, "0.5", {"scrap_factor": D("0.2")}))
    return make_bill(cast.table, (cast.leg, "4"))


def test_a_bill_of_two_levels(two_levels, cost):
    # 8 legs: 0.5 m ÷ 0.8 × 8 = 5 m at 10, and 10 + 3 × 8 = 34 minutes at 60 an hour.
    found = cost(two_levels, 2)
    assert [(row.sku, row.level, row.quantity, row.total) for row in found.rows] == [
        ("TABLE", 0, 2, 84), ("LEG", 1, 8, 84), ("PLANK", 2, 5, 50),
    ]  # fmt: skip
    assert (found.whole.costs["material"], found.whole.costs["labor"], found.whole.unit_cost) == (50, 34, 42)
    # The setup is shared by ten times as many: 500 + 10 + 240.
    assert cost(two_levels, 20).whole.unit_cost == D("37.5")


def test_steps_at_three_sites(cast, order, cost):  # noqa: F811
    # The order of the scenario by plan: started 23; 46 × 5 + 5.75 × 8 + 80 × 3; 168 min, 20 × 40, 20 × 5, 240 min.
    found = cost(BillOfMaterials.objects.get(item=cast.table), 20, site=cast.chi)
    assert {kind: amount for kind, amount in found.whole.costs.items() if amount} == {
        "material": D("516"), "labor": D("187.20"), "machine": D("33.60"), "overhead": D("16.80"),
        "subcontracting": D("800"), "transport": D("100"),
    }  # fmt: skip
    assert found.whole.unit_cost == D("82.68")


def test_what_comes_out_beside_is_taken_off(cast, make_bill, stock, cost):
    # 10 × 10 in; 4 legs at their own 10 out, and a fifth of the rest goes with the tops.
    stock(cast.plank, 100)
    stock(cast.leg, 1)
    bill = make_bill(
        cast.table,
        (cast.plank, "5"),
        (cast.leg, "2", {"kind": "by_product"}),
        (cast.top, "1", {"kind": "co_product", "cost_share": D("0.2")}),
    )
    found = cost(bill, 2)
    assert [(row.sku, row.total) for row in found.rows] == [("TABLE", 48), ("PLANK", 100), ("LEG", -40), ("TOP", 0)]


def test_what_no_cost_is_known_of_is_named(cast, make_bill, cost):
    found = cost(make_bill(cast.table, (cast.leg, "4")), 1)
    assert (found.unknown, found.whole.total) == (["LEG"], 0)


def test_who_sees_no_prices_is_told_nothing(cast, two_levels, cost):
    for who in (cast.operator, cast.outsider, cast.lakk_planner):
        with pytest.raises(NotFound):
            cost(two_levels, 1, actor=who)
    with pytest.raises(InvalidInput) as refusal:
        cost(two_levels, 0)
    assert list(refusal.value.errors) == ["quantity"]


def test_more_lines_ask_no_more(cast, make_bill, two_levels, cost, stock):
    def asked(bill):
        with CaptureQueriesContext(connection) as queries:
            cost(bill, 1)
        return len(queries)

    one = asked(two_levels)
    wide = make_bill(cast.table, (cast.leg, "4"), (cast.top, "1"), (cast.plank, "3"), revision="B")
    assert asked(wide) == one


def test_the_api_and_the_page_say_the_same(cast, two_levels, client):
    api = APIClient()
    api.force_authenticate(cast.planner)
    url = f"/api/v1/bills-of-materials/{two_levels.pk}/cost-roll-up/"
    said = api.get(url, {"quantity": "2", "site": "TLL"}).json()
    assert (said["currency"], said["rows"][0]["total"], said["rows"][2]["sku"]) == ("EUR", "84", "PLANK")
    assert api.get(url).status_code == 400
    api.force_authenticate(cast.operator)
    assert api.get(url, {"site": "TLL"}).status_code == 404

    client.force_login(cast.planner)
    page = client.get(f"/s/TLL/bills-of-materials/{two_levels.pk}/?quantity=2")
    assert page.context["roll_up"].whole.total == 84
    assert "€84.00" in page.content.decode()
    client.force_login(cast.operator)
    page = client.get(f"/s/TLL/bills-of-materials/{two_levels.pk}/?quantity=2")
    assert "roll_up" not in page.context
