"""What happened before the demo's day, so that it ends in the stock that the story wants. Plain values.

Worked out backward: going back over a day, what left is put back and what came is taken away. So stock never falls
below zero on the way, the last day ends as wanted, and what is left on the first day is the opening stock. Whatever
an order used, and whatever another site sent, leaves the spots that are worked out after it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from integrations.demo import story
from integrations.demo.catalog import items
from integrations.demo.days import Days
from integrations.demo.keeping import Source, Spot, Way, in_order, spots
from integrations.demo.orders import Target
from integrations.demo.past_sales import Correction, PastSale
from integrations.demo.recipes import needs, shares

D = Decimal
ZERO = D(0)
Quantities = dict[Spot, Decimal]

# Working days on the way, and every how many days something comes.
_TRANSIT = {
    ("TLL", "CHI"): (9, 10), ("TLL", "HAM"): (2, 10), ("TLL", "OPO"): (5, 15), ("TLL", "RIX"): (1, 5),
    ("RIX", "TLL"): (1, 5), ("RIX", "CHI"): (3, 10), ("OPO", "HAM"): (4, 15), ("OPO", "TLL"): (5, 15),
}  # fmt: skip
_BUYING_EVERY = 10


@dataclass(frozen=True, slots=True)
class PastMake:
    """An order that was made in one go."""

    day: int
    sku: str
    site: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PastBuy:
    """What a supplier brought on a day."""

    day: int
    supplier: str
    site: str
    lines: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class PastMove:
    """What was sent on a day and arrived on a later one."""

    left: int
    arrived: int
    origin: str
    destination: str
    lines: Mapping[str, Decimal]


@dataclass
class History:
    """Days are places in `Days.past`."""

    makes: list[PastMake] = field(default_factory=list)
    buys: list[PastBuy] = field(default_factory=list)
    moves: list[PastMove] = field(default_factory=list)
    opening: Quantities = field(default_factory=dict)


@dataclass
class _Flows:
    """What leaves each spot by day, what the story says came there, and what was bought or moved so far."""

    out: defaultdict[Spot, defaultdict[int, Decimal]]
    given: defaultdict[Spot, defaultdict[int, Decimal]]
    buys: defaultdict[tuple[int, str, str], dict[str, Decimal]]
    moves: defaultdict[tuple[int, int, str, str], dict[str, Decimal]]

    @classmethod
    def empty(cls) -> "_Flows":
        def by_day() -> defaultdict[int, Decimal]:
            return defaultdict(D)

        return cls(defaultdict(by_day), defaultdict(by_day), defaultdict(dict), defaultdict(dict))


def work_out(
    days: Days,
    targets: Mapping[Spot, Target],
    sold: list[PastSale],
    corrected: list[Correction],
    book: list[story.Sale],
) -> History:
    """All that was made, bought and moved, and the opening stock."""
    flows = _Flows.empty()
    last = len(days.past)
    for sale in sold:
        for sku, quantity in sale.lines.items():
            flows.out[Spot(sku, sale.site)][sale.day] += quantity
    for correction in corrected:
        flows.out[Spot(correction.sku, correction.site)][correction.day] -= correction.quantity
    _add_story(flows, last, book)

    history = History()
    made_by_story = PastMake(last - 2, story.TABLE, "CHI", D(10))
    _add_make(flows, history, made_by_story)
    flows.given[Spot(story.TABLE, "CHI")][last - 2] += D(10)
    for spot in in_order():
        history.opening[spot] = _go_back(spot, targets[spot].on_hand, last, flows, history)
    _collect(flows, history)
    return history


def _add_story(flows: _Flows, last: int, book: list[story.Sale]) -> None:
    """What has left and come already of orders that are still open."""
    for sale in book:
        if sale.shipped:
            flows.out[Spot(sale.lines[0][0], sale.site)][last - 1] += sale.shipped
    for make in story.MAKES:
        if make.done:
            flows.given[Spot(make.sku, make.site)][last - 1] += make.done
            for sku, share in shares(make.sku, D(make.quantity), D(make.done)).items():
                flows.out[Spot(sku, make.site)][last - 1] += share
    for buy in story.BUYS:
        flows.given[Spot(buy.lines[0][0], buy.site)][last - 1] += buy.received
    for move in story.MOVES:
        if move.left is not None:
            for sku, quantity in move.lines:
                flows.out[Spot(sku, move.origin)][last - move.left] += quantity
            flows.given[Spot(move.lines[0][0], move.destination)][last - 1] += move.received


def _go_back(spot: Spot, target: Decimal, last: int, flows: _Flows, history: History) -> Decimal:
    """The spot's stock before the first day; what it takes of others is added to what leaves them."""
    source, out, given = spots()[spot], flows.out[spot], flows.given[spot]
    stock = target
    for day in range(last - 1, -1, -1):
        # What came on a day must be there in the evening, whatever left on the same day.
        stock -= given.get(day, ZERO)
        assert stock >= 0, (spot, day, stock)
        if (quantity := _supply(spot, source, stock - target, day)) > 0:
            stock -= quantity
            _add_supply(flows, history, spot, source, day, quantity)
        stock += out.get(day, ZERO)
    assert stock >= 0, (spot, stock)
    return stock


def _supply(spot: Spot, source: Source, above: Decimal, day: int) -> Decimal:
    """How much came on a day, when the evening's stock lies so far above what usually lies there."""
    lot = items()[spot.sku].lot
    if source.way == Way.MOVE:
        transit, every = _TRANSIT[source.origin, spot.site]
        may_come = day >= transit and day % every == transit % every
        return above if may_come and above >= lot / 2 else ZERO
    if above < lot or source.way == Way.CONSIGN:
        return ZERO
    if source.way == Way.BUY and day % _BUYING_EVERY != len(source.supplier) % _BUYING_EVERY:
        return ZERO
    return above // lot * lot


def _add_supply(flows: _Flows, history: History, spot: Spot, source: Source, day: int, quantity: Decimal) -> None:
    if source.way == Way.MAKE:
        _add_make(flows, history, PastMake(day, spot.sku, spot.site, quantity))
    elif source.way == Way.BUY:
        flows.buys[day, source.supplier, spot.site][spot.sku] = quantity
    else:
        left = day - _TRANSIT[source.origin, spot.site][0]
        flows.moves[left, day, source.origin, spot.site][spot.sku] = quantity
        flows.out[Spot(spot.sku, source.origin)][left] += quantity


def _add_make(flows: _Flows, history: History, make: PastMake) -> None:
    history.makes.append(make)
    for sku, quantity in needs(make.sku, make.quantity).items():
        flows.out[Spot(sku, make.site)][make.day] += quantity


def _collect(flows: _Flows, history: History) -> None:
    """Everything in the order of its days."""
    history.makes.sort(key=lambda make: (make.day, make.sku, make.site))
    history.buys = [PastBuy(*key, lines) for key, lines in sorted(flows.buys.items())]
    history.moves = [PastMove(*key, lines) for key, lines in sorted(flows.moves.items())]
