"""Documents of every kind, made by chance: several lines in any order, on few items that all of them share.

Each is posted through the services. Which kind, which lines and which sites follow from the chance alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bench.world import World, make_world
from core import clock
from core.errors import WrongState
from inventory.choices import PostingKind
from inventory.errors import AlreadyReversed, ReversalBlocked
from inventory.models import Posting
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers import TransferDraft, TransferLineDraft
from inventory.services.undo import reverse_posting
from production.drafts import BillDraft, BillLineDraft, CompletionDraft
from production.drafts import OrderDraft as MakingDraft
from production.services import bills, manufacturing_orders
from purchasing.drafts import LineDraft as PurchaseLine
from purchasing.drafts import OrderDraft as PurchaseDraft
from purchasing.services import purchase_orders, suppliers
from sales.drafts import LineDraft as SalesLine
from sales.drafts import OrderDraft as SalesDraft
from sales.drafts import ShipDraft, ShipLine
from sales.models import SalesOrder
from sales.services import customers, sales_orders

ITEMS, MADE, SITES = 12, 3, 3
FEWEST_LINES, MOST_LINES = 2, 6
# Documents that others have begun or posted are taken from so many, so that two often take the same.
OTHERS = 10


@dataclass(frozen=True)
class Trade:
    """A company that sells, buys, moves and makes; `made_ids` are the items with a recipe."""

    world: World
    customer_id: int
    supplier_id: int
    made_ids: list[int]


Post = Callable[[Trade, Random], None]
_TOO_LATE = (AlreadyReversed, ReversalBlocked, WrongState)


def make_trade(code: str) -> Trade:
    """A new company with all that its documents need."""
    world = make_world(code, items=ITEMS, sites=SITES)
    company, chance = world.company, Random(code)
    made, components = world.item_ids[:MADE], world.item_ids[MADE:]
    for item_id in made:
        lines = [BillLineDraft(component_id=component, quantity_per=1) for component in chance.sample(components, 4)]
        bills.create(BillDraft(item_id=item_id, company_id=company.pk, lines=lines), now=world.now, actor=None)
    customer = customers.create(company=company, code=f"{code}-CUSTOMER", actor=None)
    supplier = suppliers.create(company=company, code=f"{code}-SUPPLIER", actor=None)
    return Trade(world, customer.pk, supplier.pk, made)


def post_one(trade: Trade, chance: Random) -> None:
    """Make one document and post it; where another process was quicker and it is refused, an adjustment instead.

    :raises OperationalError: when the database refuses it for good, above all after too many deadlocks.
    """
    (post,) = chance.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))
    try:
        post(trade, chance)
    except _TOO_LATE:
        _adjust(trade, chance)


def _adjust(trade: Trade, chance: Random) -> None:
    lines = [AdjustmentLine(item_id, Decimal(chance.choice((-2, -1, 1, 2)))) for item_id in _items(trade, chance)]
    adjust(site_id=_site(trade, chance), reason="soak", lines=lines, now=clock.now(), actor=None)


def _sell(trade: Trade, chance: Random) -> None:
    """An order, of which a part is shipped at once."""
    lines = [SalesLine(item_id=item_id, quantity=2, unit_price=3) for item_id in _items(trade, chance)]
    draft = SalesDraft(customer_id=trade.customer_id, site_id=_site(trade, chance), lines=lines)
    order = sales_orders.create(draft, is_open=True, now=clock.now(), actor=None)
    part = [ShipLine(line_id=line.pk, quantity=1) for line in order.lines.all()]
    chance.shuffle(part)
    sales_orders.ship(order.pk, ShipDraft(lines=part), now=clock.now(), actor=None)


def _ship_the_rest(trade: Trade, chance: Random) -> None:
    """Of an order that any of the processes has left open."""
    waiting = SalesOrder.objects.filter(company=trade.world.company, state__in=("open", "partly_shipped"))
    ids = list(waiting.order_by("id").values_list("id", flat=True)[:OTHERS])
    if ids:
        sales_orders.ship(chance.choice(ids), now=clock.now(), actor=None)
    else:
        _sell(trade, chance)


def _buy(trade: Trade, chance: Random) -> None:
    lines = [PurchaseLine(item_id=item_id, quantity=2, unit_price=2) for item_id in _items(trade, chance)]
    draft = PurchaseDraft(supplier_id=trade.supplier_id, site_id=_site(trade, chance), lines=lines)
    order = purchase_orders.create(draft, is_ordered=True, now=clock.now(), actor=None)
    purchase_orders.receive(order.pk, now=clock.now(), actor=None)


def _move(trade: Trade, chance: Random) -> None:
    origin, destination = chance.sample(trade.world.sites, 2)
    lines = [TransferLineDraft(item_id=item_id, quantity=1) for item_id in _items(trade, chance)]
    draft = TransferDraft(origin_id=origin.pk, destination_id=destination.pk, lines=lines)
    transfer = transfers.create(draft, now=clock.now(), actor=None)
    for step in (transfers.confirm, transfers.dispatch, transfers.receive):
        step(transfer.pk, now=clock.now(), actor=None)


def _make(trade: Trade, chance: Random) -> None:
    draft = MakingDraft(item_id=chance.choice(trade.made_ids), site_id=_site(trade, chance), quantity=2)
    order = manufacturing_orders.create(draft, now=clock.now(), actor=None)
    manufacturing_orders.release(order.pk, now=clock.now(), actor=None)
    manufacturing_orders.complete(order.pk, CompletionDraft(quantity=2), now=clock.now(), actor=None)


def _undo(trade: Trade, chance: Random) -> None:
    """One of the newest postings, whoever made it, but not the stock that all else lives on."""
    first_hand = Posting.objects.filter(company=trade.world.company, reverses=None).exclude(kind=PostingKind.OPENING)
    if ids := list(first_hand.order_by("-id").values_list("id", flat=True)[:OTHERS]):
        reverse_posting(chance.choice(ids), now=clock.now(), actor=None)
    else:
        _adjust(trade, chance)


def _items(trade: Trade, chance: Random) -> list[int]:
    return chance.sample(trade.world.item_ids, chance.randint(FEWEST_LINES, MOST_LINES))


def _site(trade: Trade, chance: Random) -> int:
    return chance.choice(trade.world.sites).pk


_WEIGHTS: dict[Post, int] = {_adjust: 8, _sell: 2, _ship_the_rest: 3, _buy: 1, _move: 1, _make: 1, _undo: 1}
