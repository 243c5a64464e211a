"""Shipping sales orders of one line through the service, against the same in plain SQL.

The orders are made, opened and computed beforehand; each is shipped once.
"""

import multiprocessing
import random
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized

from bench import plain
from bench.figures import Figure, at_least, processes_text
from bench.racing import Work, in_turns
from bench.world import World, make_world
from core import drainer
from sales.drafts import LineDraft, OrderDraft
from sales.services import customers, sales_orders

SECONDS = 1.0
ORDERS = 10_000
AT_ONCE = 1_000

_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class _Orders:
    """Orders to ship, and how many of them were taken so far by all processes."""

    ids: list[int]
    taken: "Synchronized[int]"

    def next(self) -> int:
        with self.taken.get_lock():
            place = self.taken.value
            self.taken.value = place + 1
        return self.ids[place]


def figures() -> Iterator[Figure]:
    world = make_world("SHIPPING", items=2000, sites=3)
    orders = _open_orders(world)
    for processes in (1, 4):
        service, reference = in_turns(
            lambda number: _shipments(world, orders), lambda number: _plain(world, number), processes=processes,
            seconds=SECONDS,
        )  # fmt: skip
        name = f"one-line shipments of sales orders, {processes_text(processes)}"
        yield at_least(name, service, "documents/s", reference, 0.15)


def _open_orders(world: World) -> _Orders:
    customer = customers.create(company=world.company, code="CUSTOMER", actor=None)
    chance = random.Random(0)
    drafts = [
        OrderDraft(
            customer_id=customer.pk,
            site_id=world.site_of(number).pk,
            lines=[LineDraft(item_id=chance.choice(world.item_ids), quantity=1, unit_price=3)],
        )
        for number in range(ORDERS)
    ]
    ids: list[int] = []
    for start in range(0, ORDERS, AT_ONCE):
        made = sales_orders.create_many(drafts[start : start + AT_ONCE], is_open=True, now=world.now, actor=None)
        ids += [order.pk for order in made]
    drainer.drain()
    return _Orders(ids, _fork.Value("q", 0))


def _shipments(world: World, orders: _Orders) -> Work:
    def ship(call: int) -> None:
        sales_orders.ship(orders.next(), now=world.now, actor=None)

    return ship


def _plain(world: World, number: int) -> Work:
    chance = random.Random(number)
    return plain.shipments(world, number, lambda: [chance.choice(world.item_ids)])
