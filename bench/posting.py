"""Posting adjustments through the service against plain SQL by the same driver on the same tables."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal

from bench import plain
from bench.figures import Figure, at_least, processes_text
from bench.racing import Work, in_turns
from bench.world import World, make_world
from inventory.services.adjustments import AdjustmentLine, adjust

SECONDS = 1.2
LINES = 100
ONE = Decimal(1)

# The items of the next document, from a process's own chance.
Choice = Callable[[random.Random], list[int]]


def figures() -> Iterator[Figure]:
    world = make_world("POSTING", items=2000, sites=3)
    for name, choose in (
        ("one-line adjustments", lambda chance: [chance.choice(world.item_ids)]),
        ("the same on one hot item-site", None),
    ):
        for processes in (1, 4):
            service, reference = _rates(world, choose, processes=processes)
            yield at_least(f"{name}, {processes_text(processes)}", service, "documents/s", reference, 0.3)
    yield _long_documents(world)


def _rates(world: World, choose: Choice | None, *, processes: int) -> tuple[float, float]:
    """Documents a second through the service and in plain SQL; without a choice, all on the first item and site."""

    def one_hot(chance: random.Random) -> list[int]:
        return world.item_ids[:1]

    def work(number: int, make: Callable[[World, int, Callable[[], list[int]]], Work]) -> Work:
        chance = random.Random(number)
        return make(world, number if choose else 0, lambda: (choose or one_hot)(chance))

    return in_turns(
        lambda number: work(number, _adjustments),
        lambda number: work(number, plain.receipts),
        processes=processes,
        seconds=SECONDS,
    )


def _long_documents(world: World) -> Figure:
    service, reference = _rates(world, lambda chance: chance.sample(world.item_ids, LINES), processes=1)
    met = service >= 0.33 * reference or service * LINES >= 8000
    target = "≥ 0.33 × reference or ≥ 8,000 lines/s"
    return Figure(f"documents of {LINES} lines", service * LINES, "lines/s", reference * LINES, target, met)


def _adjustments(world: World, number: int, choose: Callable[[], list[int]]) -> Work:
    site_id = world.site_of(number).pk

    def post(call: int) -> None:
        lines = [AdjustmentLine(item_id, ONE) for item_id in choose()]
        adjust(site_id=site_id, reason="bench", lines=lines, now=world.now, actor=None)

    return post
