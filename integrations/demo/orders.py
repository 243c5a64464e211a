"""All that is open on the demo's day: the story, and the orders that fill its book. Plain values."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from integrations.demo import story
from integrations.demo.catalog import items
from integrations.demo.keeping import Spot, popularity, spots, usual_safety, usual_stock
from integrations.demo.parties import customers_of
from integrations.demo.recipes import needs, shares
from integrations.demo.story import Sale

D = Decimal
# Sold with the story's items at the same site, so the largest part of an order.
_MOST = 9


@dataclass(frozen=True, slots=True)
class Target:
    """What shall lie at a spot on the demo's day, and what is to be kept there."""

    on_hand: Decimal
    safety_stock: Decimal


def sales(random: Random) -> list[Sale]:
    """Every sales order that is open, or a quote, in the order of their numbers."""
    given = {sale.number: sale for sale in story.SALES}
    free = [number for number in range(1042, story.LAST_SALE + 1) if number not in given]
    waiting = _rest_of_story(random)
    for place, number in enumerate(free):
        # Those that the story needs go to orders that are open.
        takes = waiting and number not in story.QUOTES and place % 6 != 5
        site, first = waiting.pop() if takes else _any_line(random, random.choice(("TLL", "TLL", "OPO", "HAM", "CHI")))
        given[number] = _filler(random, number, site, first, is_from_story=bool(takes))
    assert not waiting, waiting
    return [given[number] for number in sorted(given)]


def committed(book: Iterable[Sale]) -> dict[Spot, Decimal]:
    """What open orders ask for at each spot: sales, components, transfers."""
    asked: defaultdict[Spot, Decimal] = defaultdict(D)
    for sale in book:
        for sku, quantity in [] if sale.is_quote else sale.lines:
            asked[Spot(sku, sale.site)] += quantity
        if sale.shipped:
            asked[Spot(sale.lines[0][0], sale.site)] -= sale.shipped
    for make in story.MAKES:
        taken = shares(make.sku, D(make.quantity), D(make.done)) if make.done else {}
        for sku, need in needs(make.sku, D(make.quantity)).items():
            asked[Spot(sku, make.site)] += need - taken.get(sku, D(0))
    for move in story.MOVES:
        if move.left is None and not move.is_draft:
            for sku, quantity in move.lines:
                asked[Spot(sku, move.origin)] += quantity
    return dict(asked)


def targets(book: Iterable[Sale], random: Random) -> dict[Spot, Target]:
    """What shall lie at each spot, so that only the story's items are short."""
    asked, come = committed(book), _come_already()
    found = {}
    for spot in spots():
        if spot in story.SOLD:
            on_hand, wanted, safety = story.SOLD[spot]
            assert asked.get(spot, D(0)) == wanted, (spot, asked.get(spot), wanted)
        elif spot in story.USED:
            available, safety = story.USED[spot]
            on_hand = available + asked.get(spot, D(0))
        else:
            usual = usual_stock(spot, random)
            safety = usual_safety(spot, usual)
            on_hand = max(usual, come.get(spot, D(0))) + asked.get(spot, D(0))
        assert on_hand >= 0, (spot, on_hand)
        found[spot] = Target(on_hand, safety)
    return found


def _come_already() -> dict[Spot, Decimal]:
    """What orders that are still open brought on the last day, so that it lies there."""
    come = {Spot(make.sku, make.site): D(make.done) for make in story.MAKES if make.done}
    come |= {Spot(buy.lines[0][0], buy.site): D(buy.received) for buy in story.BUYS if buy.received}
    return come | {Spot(move.lines[0][0], move.destination): D(move.received) for move in story.MOVES if move.received}


def _rest_of_story(random: Random) -> list[tuple[str, tuple[str, int]]]:
    """Lines, with their site, that the story's items still lack."""
    asked = committed(story.SALES)
    lines = []
    for spot, (_, wanted, _) in story.SOLD.items():
        left = int(wanted - asked.get(spot, D(0)))
        while left > 0:
            part = left if left <= _MOST else random.randint(4, _MOST)
            lines.append((spot.site, (spot.sku, part)))
            left -= part
    random.shuffle(lines)
    return lines


def _any_line(random: Random, site: str) -> tuple[str, tuple[str, int]]:
    """Something sold there that the story says nothing of."""
    skus = [
        spot.sku
        for spot in spots()
        if spot.site == site and items()[spot.sku].is_sold and spot not in story.SOLD and spot.sku != "CARE-KIT"
    ]
    (sku,) = random.choices(skus, [popularity(sku) for sku in skus])
    return site, (sku, random.randint(1, 6))


def _filler(random: Random, number: int, site: str, first: tuple[str, int], *, is_from_story: bool) -> Sale:
    lines = [first]
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        _, line = _any_line(random, site)
        if line[0] not in {sku for sku, _ in lines}:
            lines.append(line)
    is_quote = number in story.QUOTES
    is_partly_shipped = number % 2 == 1 and not is_quote and not is_from_story and first[1] > 1
    need = random.randint(1, 24)
    return Sale(
        number=number,
        customer=random.choice(customers_of(site)),
        site=site,
        lines=tuple(lines),
        need_in_days=need,
        is_quote=is_quote,
        blocked=story.BLOCKED.get(number, ""),
        shipped=first[1] // 2 if is_partly_shipped else 0,
    )
