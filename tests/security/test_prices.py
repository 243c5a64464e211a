"""Operators see no prices, costs or values, and who runs a site for another none of the other's: on no surface."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from production.models import Task, WorkCenter
from sites.models import Membership
from sites.services import memberships
from tests.cast import Cast
from tests.security.conftest import API, NOUNS, client_of
from tests.security.test_scope import PAGES, body

# Three of each are sold at 719.25 and bought at 642.75 (10 of them at RIX); an item costs 539.15 and sells at 826.45.
# No sum is a whole number: it could be a row's id.
SOLD, BOUGHT, COST, LISTED = "719.25", "642.75", "539.15", "826.45"
SUMS = ("2157.75", "1928.25", "6427.5", "7192.5")
# An hour of the saw at TLL, which one top takes, two of them; and what the coating of a plank costs at RIX.
RATE, PLANNED, COATED = "418.35", "836.7", "317.65"
SEEN = [SOLD, BOUGHT, COST, LISTED, *SUMS, RATE, PLANNED, COATED]
MONEY = re.compile(rf"(?<![\d.])({'|'.join(SEEN)})0*(?!\d)|€".replace(".", r"\."))
GROUPED = re.compile(r"(?<=\d)[\s,\u00a0\u202f](?=\d{3})")
# Pages whose path has another word than the noun of what they show.
SHOWN = {"stock": "items"}
Rows = dict[str, list[dict[str, Any]]]
# What an operator needs no money for, and must still be able to read.
READ = (
    "sales-orders",
    "purchase-orders",
    "shipments",
    "receipts",
    "stock-moves",
    "postings",
    "items",
    "supplier-items",
)


@pytest.fixture
def priced(cast: Cast) -> Rows:
    """Orders of Nordwood at TLL, and at RIX which Lakk operates, partly shipped and received; rows by noun."""
    api = client_of(cast.planner)

    def post(path: str, body: Any = None) -> Any:
        answer = api.post(f"{API}/{path}/", body or {}, format="json")
        assert answer.status_code in {200, 201}, (path, answer.json())
        return answer.json()

    item = api.get(f"{API}/items/{cast.leg.pk}/")
    terms = {"standard_cost": COST, "list_price": LISTED, "company": "NORDWOOD"}
    api.patch(f"{API}/items/{cast.leg.pk}/", terms, format="json", headers={"If-Match": item["ETag"]})
    post("customers", {"company": "NORDWOOD", "code": "C-1", "name": "Harbor Dining"})
    post("suppliers", {"company": "NORDWOOD", "code": "S-1", "name": "Baltic Oak Mills"})
    post("supplier-items", {"supplier": "S-1", "item": "LEG", "prices": [{"unit_price": BOUGHT}]})
    for site, quantity in (("TLL", "3"), ("RIX", "10")):
        line = {"item": "LEG", "quantity": quantity, "unit_price": BOUGHT}
        bought = post("purchase-orders", {"supplier": "S-1", "site": site, "is_ordered": True, "lines": [line, line]})
        post(f"purchase-orders/{bought['id']}/receive", {"lines": [{"line_no": 1}]})
        line = {"item": "LEG", "quantity": quantity, "unit_price": SOLD}
        sold = post("sales-orders", {"customer": "C-1", "site": site, "is_open": True, "lines": [line]})
        post(f"sales-orders/{sold['id']}/ship", {"lines": [{"line_no": 1, "quantity": "1"}]})
    recipe = {"item": "TABLE", "company": "NORDWOOD", "quantity": "1"}
    post("bills-of-materials", {**recipe, "lines": [{"component": "LEG", "quantity_per": "1"}]})
    made = post(
        "manufacturing-orders", {"item": "TABLE", "site": "TLL", "quantity": "2", "due_at": "2026-12-01T12:00Z"}
    )
    post(f"manufacturing-orders/{made['id']}/release")
    post(f"manufacturing-orders/{made['id']}/complete", {"quantity": "1"})
    _on_the_floor(cast, post)
    return {noun: api.get(f"{API}/{noun}/").json()["results"] for noun in NOUNS}


def _on_the_floor(cast: Cast, post: Any) -> None:
    """Two tops at a saw with a rate, begun; and the routing of a plank that Lakk coats for a price."""
    post("work-centers", {"site": "TLL", "code": "SAW", "machine_rate_per_hour": RATE})
    WorkCenter.objects.create(site=cast.rix, code="COAT", name="Coating")
    sawing = {"name": "Saw", "work_center": "SAW", "run_time_minutes_per_unit": "60"}
    coating = {"name": "Coat", "work_center": "COAT", "service_unit_price": COATED}
    post("routings", {"item": "TOP", "company": "NORDWOOD", "operations": [sawing]})
    post("routings", {"item": "PLANK", "company": "NORDWOOD", "operations": [coating]})
    recipe = {"item": "TOP", "company": "NORDWOOD", "quantity": "1"}
    post("bills-of-materials", {**recipe, "lines": [{"component": "LEG", "quantity_per": "1"}]})
    made = post("manufacturing-orders", {"item": "TOP", "site": "TLL", "quantity": "2", "due_at": "2026-12-01T12:00Z"})
    post(f"manufacturing-orders/{made['id']}/release")
    post(f"tasks/{Task.objects.get().pk}/start")


def reader(cast: Cast, name: str) -> Any:
    if name != "operator of the company":
        return getattr(cast, name)
    user = get_user_model()._default_manager.create(username="foreman")
    memberships.grant(user=user, company=cast.maker, role=Membership.Role.OPERATOR, actor=None)
    return user


def answers(user: Any, rows: Rows) -> Iterator[tuple[str, str]]:
    """All that the API tells him."""
    api = client_of(user)
    for noun in NOUNS:
        for url in (f"{API}/{noun}/?limit=500", *(f"{API}/{noun}/{row['id']}/" for row in rows[noun])):
            answer = api.get(url)
            if answer.status_code == 200:
                yield url, answer.content.decode()


def addresses(path: str, site: str, rows: Rows) -> Iterator[str]:
    """A page of a site, for each row that it may be of, and for each line of that row."""
    address = path.replace("<str:site>", site)
    noun = address.split("/")[3]
    for row in rows.get(SHOWN.get(noun, noun), []) if "<" in address else [{"id": 0}]:
        url = re.sub(r"<[^>]*>", str(row["id"]), address, count=1)
        for line in row.get("lines", []) if "<" in url else [row]:
            yield re.sub(r"<[^>]*>", str(line["id"]), url)


def pages(browser: Client, rows: Rows) -> Iterator[tuple[str, str]]:
    """All that the pages show him over his sites."""
    for path in PAGES:
        for url in addresses(path, "all", rows):
            answer = browser.get(url)
            if answer.status_code == 200:
                yield url, body(answer)


def leaks(told: Iterator[tuple[str, str]]) -> dict[str, str]:
    found = {url: MONEY.search(GROUPED.sub("", text)) for url, text in told}
    return {url: match[0] for url, match in found.items() if match}


PRICELESS = ["operator", "operator of the company", "lakk_planner", "partner"]


@pytest.mark.parametrize("name", PRICELESS)
def test_the_api_tells_no_prices(cast: Cast, priced: Rows, name: str) -> None:
    assert leaks(answers(reader(cast, name), priced)) == {}


@pytest.mark.parametrize("name", PRICELESS)
def test_the_pages_show_no_prices(cast: Cast, priced: Rows, visitor: Client, name: str) -> None:
    visitor.force_login(reader(cast, name))

    assert leaks(pages(visitor, priced)) == {}


@pytest.mark.parametrize("name", ["planner", "viewer"])
def test_who_belongs_to_the_company_sees_them(cast: Cast, priced: Rows, visitor: Client, name: str) -> None:
    """The control: the same addresses show money to those whose money it is."""
    visitor.force_login(getattr(cast, name))
    told = leaks(answers(getattr(cast, name), priced))
    shown = leaks(pages(visitor, priced))

    assert {url.split("/")[3] for url in told} >= {
        *("sales-orders", "purchase-orders", "items", "supplier-items"),
        *("work-centers", "routings"),
    }
    assert {url.split("/")[3] for url in shown} >= {
        *("sales-orders", "purchase-orders", "suppliers", "postings", "manufacturing-orders"),
    }


def test_an_operator_still_reads_his_work(cast: Cast, priced: Rows) -> None:
    api = client_of(cast.operator)

    assert {noun for noun in READ if api.get(f"{API}/{noun}/").json()["results"]} == set(READ)


def test_a_sites_planner_sees_the_prices_that_she_writes(cast: Cast, priced: Rows) -> None:
    planner = get_user_model()._default_manager.create(username="tiina")
    memberships.grant(user=planner, site=cast.tll, role=Membership.Role.PLANNER, actor=None)
    orders = client_of(planner).get(f"{API}/sales-orders/").json()["results"]

    assert [order["lines"][0]["unit_price"] for order in orders] == [SOLD]
