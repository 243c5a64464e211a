"""The lists that are open all day, first page, over a lot of rows: through the real web server, signed in."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.figures import Figure, below
from bench.large import computed
from bench.product import ask, percentile, planner_of, running, wait_for_workers
from bench.world import make_world
from core import drainer
from inventory.web import stock
from production.web import orders
from sales.drafts import LineDraft, OrderDraft
from sales.services import customers, sales_orders
from sites.models import Company

TIMES = 60
LIMIT_MS = 150
ROWS, KILOBYTES = 200, 100


@dataclass(frozen=True)
class Page:
    """A page with many rows, by its address."""

    name: str
    path: str
    rows: int


PAGES = (
    Page("stock grid", "/s/all/stock/", stock.PAGE_SIZE),
    Page("order list", "/s/all/orders/", orders.PAGE_SIZE),
    Page("sales orders of the API", "/api/v1/sales-orders/?limit=50", 50),
    Page("stock levels of the API", "/api/v1/stock-levels/?limit=200", 200),
)


def figures() -> Iterator[Figure]:
    many = computed().company
    few = _little_company()
    with running(many) as product:
        wait_for_workers()
        for page in PAGES:
            ask(product, page.path, times=8, clients=4)  # every thread has met it
            one = ask(product, page.path, times=TIMES)
            yield below(f"{page.name}, 95 of 100, one client", percentile(one.milliseconds, 95), "ms", LIMIT_MS)
            four = ask(product, page.path, times=TIMES // 2, clients=4).milliseconds
            yield Figure(
                f"{page.name}, 95 of 100, four clients", percentile(four, 95), "ms", None, "reported", True
            )  # fmt: skip
            size = one.size / page.rows * ROWS / 1000
            yield below(f"{page.name}, transferred for {ROWS} rows", size, "KB", KILOBYTES)
    for page in PAGES:
        queries, reference = _queries(page.path, many), _queries(page.path, few)
        target = "as many as with ten rows"
        yield Figure(f"{page.name}, queries", queries, "queries", reference, target, queries == reference)


def _little_company() -> Company:
    """At as many sites, with ten items and ten open orders."""
    world = make_world("LITTLE", items=10, sites=5)
    customer = customers.create(company=world.company, code="CUSTOMER", actor=None)
    drafts = [
        OrderDraft(
            customer_id=customer.pk,
            site_id=world.sites[0].pk,
            lines=[LineDraft(item_id=item_id, quantity=1, unit_price=3)],
        )
        for item_id in world.item_ids
    ]
    sales_orders.create_many(drafts, is_open=True, now=world.now, actor=None)
    drainer.drain()
    return world.company


def _queries(path: str, company: Company) -> int:
    """How many queries the page takes when it is opened again."""
    client = Client()
    client.force_login(planner_of(company), backend="django.contrib.auth.backends.ModelBackend")
    client.get(path, headers={"host": "localhost"})
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, headers={"host": "localhost"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(captured)
