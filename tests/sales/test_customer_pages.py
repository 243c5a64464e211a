"""Pages of customers: listed, entered, changed, put away, and by whom."""

import re
from typing import Any

import pytest

from sales.models import Customer
from sales.services import customers

CUSTOMERS = "/s/all/customers/"


@pytest.fixture
def visit(client: Any, cast: Any, monkeypatch: Any) -> Any:
    monkeypatch.setattr("core.clock.now", lambda: cast.now)
    client.force_login(cast.planner)
    return client.get


def text(answer: Any) -> str:
    """The words of a page, its marks and spaces left out."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_customers_are_listed_searched_and_counted(visit, cast, shop, make_order):
    customers.create(company=cast.maker, code="HOTEL", name="Hotel Alfama", city="Lisboa", actor=cast.planner)
    make_order((cast.table, 1))

    rows = visit(CUSTOMERS).context["rows"]

    assert [(row.name, row.open_orders) for row in rows] == [("Hotel Alfama", 0), ("Möbel Berg", 1)]
    assert [row.code for row in visit(f"{CUSTOMERS}?search=lisboa").context["rows"]] == ["HOTEL"]


def test_a_customer_is_entered_changed_and_archived(visit, client, cast):
    client.post(
        f"{CUSTOMERS}new/", {"code": "hotel", "name": "Hotel", "payment_terms_days": "14", "company": "NORDWOOD"}
    )
    row = Customer.objects.get()
    assert (row.company, row.currency, row.payment_terms_days) == (cast.maker, "EUR", 14)

    page = f"{CUSTOMERS}{row.pk}/"
    sent = {
        "code": "HOTEL",
        "name": "Hotel Alfama",
        "currency": "EUR",
        "payment_terms_days": "14",
        "version": row.version,
    }
    client.post(page, sent)
    client.post(f"{page}archive/")

    row.refresh_from_db()
    assert (row.name, row.archived_at is not None) == ("Hotel Alfama", True)
    assert visit(CUSTOMERS).context["rows"] == []


def test_a_code_that_is_taken_is_refused_and_nothing_is_lost(visit, client, cast, shop):
    sent = {"code": "moebel", "name": "Another", "payment_terms_days": "14", "company": "NORDWOOD", "city": "Tartu"}

    answer = client.post(f"{CUSTOMERS}new/", sent)

    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"code"}
    assert "Tartu" in answer.content.decode()
    assert Customer.objects.get() == shop


def test_a_customer_with_open_orders_stays(visit, client, cast, shop, make_order):
    make_order((cast.table, 1))

    answer = client.post(f"{CUSTOMERS}{shop.pk}/archive/")

    assert answer.status_code == 400
    assert "SO-1001" in text(answer)


def test_nobody_else_sees_customers(client, cast, shop):
    client.force_login(cast.outsider)

    assert list(client.get(CUSTOMERS).context["rows"]) == []
    assert client.get(f"{CUSTOMERS}{shop.pk}/").status_code == 404
    assert client.post(f"{CUSTOMERS}{shop.pk}/archive/").status_code == 404


def test_a_viewer_reads_the_terms_alone(client, cast, shop):
    client.force_login(cast.viewer)

    answer = client.get(f"{CUSTOMERS}{shop.pk}/")

    assert answer.status_code == 200
    assert '<form method="post" class="block' not in answer.content.decode()
    assert client.get(f"{CUSTOMERS}new/").status_code == 404
