"""Loading the demo: planned as plain values, then written through the services in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from django.contrib.auth import get_user_model
from django.db import transaction

from core import drainer
from core.errors import DomainError
from integrations.demo import (
    ended_orders,
    history,
    masters,
    open_orders,
    opening,
    orders,
    past_orders,
    past_sales,
    shop_floor,
    users,
)
from integrations.demo.days import Days
from integrations.demo.keeping import Spot
from integrations.demo.parties import OWN
from integrations.demo.steps import Steps
from integrations.demo.story import Sale
from integrations.demo.world import World
from integrations.tables import gather_statistics
from sites.models import Company


class DemoRefused(DomainError):
    """The demo can't be put into this database."""

    code = "demo_refused"


@dataclass(frozen=True)
class Plan:
    """All that is written, as plain values."""

    book: list[Sale]
    targets: dict[Spot, orders.Target]
    sold: list[past_sales.PastSale]
    corrected: list[past_sales.Correction]
    history: history.History


@dataclass(frozen=True)
class Loaded:
    """How much was written."""

    items: int
    levels: int
    orders: int
    postings: int


def is_there() -> bool:
    """Whether the demo company is in this database."""
    return Company.objects.filter(code__iexact=OWN).exists()


def load(*, today: date, now: datetime) -> Loaded | None:
    """Write the demo as of `today` and bring levels up to date; None, and nothing written, where it is there already.

    The same day gives the same data. All of it or nothing is written, in one transaction; the outbox is drained in
    this process, so no worker need run. `now` is the moment the levels are computed for.

    :raises DemoRefused: when a user of the demo's names is there already.
    """
    if is_there():
        return None
    with transaction.atomic():
        loaded = _write(Days(today), now=now)
    drainer.drain(now=lambda: now)
    return loaded


def plan(days: Days) -> Plan:
    """What is to be written; the same for the same day."""
    random = Random(f"poldsaar {days.today}")
    book = orders.sales(random)
    targets = orders.targets(book, random)
    sold = past_sales.past_sales(days, random)
    corrected = past_sales.corrections(days, random)
    return Plan(book, targets, sold, corrected, history.work_out(days, targets, sold, corrected, book))


def _write(days: Days, *, now: datetime) -> Loaded:
    _refuse_known_users()
    planned = plan(days)
    world = World(days)
    steps = Steps(world)
    users.write_users(world)
    masters.write_places(world)
    users.grant_roles(world)
    masters.write_items(world)
    masters.write_keeping(world, planned.targets)
    masters.write_partners(world)
    opening.write_opening(world, planned.history.opening)
    gather_statistics()
    past_orders.write_past(world, steps, planned.history, planned.sold, planned.corrected)
    ended_orders.write_ended(world, steps)
    open_orders.write_open(world, steps, planned.book)
    gather_statistics()
    postings = steps.run()
    ended_orders.write_open_count(world)
    shop_floor.write_shop_floor(world)
    past = planned.history
    documents = len(planned.sold) + len(past.makes) + len(past.buys) + len(past.moves) + len(planned.book)
    return Loaded(len(world.items), len(planned.targets), documents, postings)


def _refuse_known_users() -> None:
    taken = get_user_model()._default_manager.filter(username__in=users.NAMES)
    if names := sorted(taken.values_list("username", flat=True)):
        raise DemoRefused(f"There is a user {', '.join(names)} already; the demo brings its own.")
