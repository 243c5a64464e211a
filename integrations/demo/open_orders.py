"""Writing the orders that are open on the demo's day, under the numbers of the story."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from core import numbers
from integrations.demo import story
from integrations.demo.past_orders import create_transfer
from integrations.demo.steps import Steps
from integrations.demo.story import Buy, Make, Move, Sale
from integrations.demo.world import World
from inventory.models import TransferLine
from inventory.services import transfers
from inventory.services.transfers import Movement, Part, TransferDraft, TransferLineDraft
from production.drafts import CompletionDraft
from production.drafts import OrderDraft as MakeDraft
from production.models import ManufacturingOrder
from production.services import manufacturing_orders
from purchasing.drafts import LineDraft as BuyLine
from purchasing.drafts import OrderDraft as BuyDraft
from purchasing.drafts import ReceiveDraft, ReceiveLine
from purchasing.services import purchase_orders
from sales.drafts import LineDraft as SaleLine
from sales.drafts import OrderDraft as SaleDraft
from sales.drafts import ShipDraft, ShipLine
from sales.models import SalesOrder
from sales.services import sales_orders

D = Decimal
# Lacquer that failed its test: 40 l in Riga, blocked since.
BAD_LOT = "L-2291"
_BAD_LOT_ORDER, _BAD_QUANTITY, _BAD_REASON = 1615, D(40), "Failed viscosity"
# Minutes after 7:00, as in `past_orders`.
_DELIVERED, _MADE, _LEFT, _SHIPPED = 90, 200, 430, 560


def write_open(world: World, steps: Steps, book: Sequence[Sale]) -> None:
    """All of them, and in which order they are served."""
    orders = _write_sales(world, steps, book)
    makes = _write_makes(world, steps)
    _write_ranks(world, orders, makes)
    _write_buys(world, steps, makes)
    _write_moves(world, steps, makes)


def skip_to(world: World, prefix: str, number: int) -> None:
    """Let the next document of that kind have this number."""
    (taken,) = numbers.take(world.own.pk, prefix)
    next_number = int(taken.rpartition("-")[2]) + 1
    assert next_number <= number, (prefix, next_number, number)
    numbers.take(world.own.pk, prefix, number - next_number)


def _write_sales(world: World, steps: Steps, book: Sequence[Sale]) -> dict[str, SalesOrder]:
    days = world.days
    ordered = [days.past[-1 - min(9, (story.LAST_SALE - sale.number) // 8)] for sale in book]
    drafts = [_sale(world, sale, on) for sale, on in zip(book, ordered, strict=True)]
    orders = sales_orders.create_many(drafts, now=days.at(days.past[-10], "TLL", 60), actor=world.planner)
    at = days.at(days.past[-1], "CHI", _SHIPPED)
    for order, sale in zip(orders, book, strict=True):
        assert order.number == f"SO-{sale.number}", order.number
        if sale.shipped:
            line = order.lines.get(line_no=1)
            steps.ship(at, order.pk, ShipDraft(lines=[ShipLine(line_id=line.pk, quantity=sale.shipped)]))
    return {order.number: order for order in orders}


def _sale(world: World, sale: Sale, ordered_on: date) -> SaleDraft:
    need_by_on = world.days.after(sale.need_in_days)
    promised = sale.need_in_days if sale.promised_in_days is None else sale.promised_in_days
    return SaleDraft(
        customer_id=world.customers[sale.customer].pk,
        site_id=world.sites[sale.site].pk,
        ordered_on=ordered_on,
        need_by_on=need_by_on,
        promised_on=None if sale.is_quote else world.days.after(promised),
        lines=[SaleLine(item_id=world.items[sku].pk, quantity=quantity) for sku, quantity in sale.lines],
    )


def _write_makes(world: World, steps: Steps) -> dict[int, ManufacturingOrder]:
    """Planned in the order of their numbers, then released; what is done of them is a step."""
    days = world.days
    skip_to(world, "MO", story.MAKES[0].number)
    drafts = [
        MakeDraft(
            item_id=world.items[make.sku].pk,
            site_id=world.sites[make.site].pk,
            quantity=make.quantity,
            due_on=days.after(make.due_in_days),
        )
        for make in story.MAKES
    ]
    planned_at = days.at(days.past[-8], "TLL", 60)
    orders = manufacturing_orders.create_many(drafts, now=planned_at, actor=world.planner)
    by_number = {make.number: order for make, order in zip(story.MAKES, orders, strict=True)}
    released = [by_number[make.number].pk for make in story.MAKES if make.is_released]
    manufacturing_orders.release_many(released, now=days.at(days.past[-6], "TLL", 60), actor=world.planner)
    for make in story.MAKES:
        _report(world, steps, make, by_number[make.number])
    return by_number


def _report(world: World, steps: Steps, make: Make, order: ManufacturingOrder) -> None:
    assert order.number == f"MO-{make.number}", order.number
    at = world.days.at(world.days.past[-1], make.site, _MADE)
    if make.done:
        steps.complete(at, order.pk, CompletionDraft(quantity=make.done))
    elif make.scrapped:
        steps.complete(at, order.pk, CompletionDraft(quantity=0, scrapped_quantity=make.scrapped, components=[]))
    if make.blocked:
        manufacturing_orders.block(order.pk, reason=make.blocked, now=at, actor=world.planner)


def _write_ranks(world: World, orders: dict[str, SalesOrder], makes: dict[int, ManufacturingOrder]) -> None:
    """Open the sales orders in the order of their ranks, then put each manufacturing order in its place."""
    wanted = _ranked([number for number in orders if int(number[3:]) not in story.QUOTES], list(makes))
    sales = [orders[number].pk for number in wanted if number in orders]
    opened_at = world.days.at(world.days.past[-3], "TLL", 60)
    opened = sales_orders.open_many(sales, now=opened_at, actor=world.planner)
    priorities = {order.number: order.priority_id for order in opened}
    priorities |= {order.number: order.priority_id for order in makes.values()}
    by_number = {order.number: order for order in makes.values()}
    for before, number in pairwise(wanted):
        if number in by_number:
            order_id = by_number[number].pk
            manufacturing_orders.rank(order_id, after=priorities[before], now=opened_at, actor=world.planner)
    for blocked, reason in story.BLOCKED.items():
        sales_orders.block(orders[f"SO-{blocked}"].pk, reason=reason, now=opened_at, actor=world.planner)


def _ranked(sales: Sequence[str], makes: Sequence[int]) -> list[str]:
    """The story's ranks, then two sales orders and a manufacturing order in turn."""
    rest = [number for number in sales if number not in story.RANKS]
    making = [f"MO-{number}" for number in makes if f"MO-{number}" not in story.RANKS]
    wanted = list(story.RANKS)
    while rest or making:
        wanted += rest[:2] + making[:1]
        rest, making = rest[2:], making[1:]
    return wanted


def _write_buys(world: World, steps: Steps, makes: dict[int, ManufacturingOrder]) -> None:
    _write_bad_lot(world, steps)
    for buy in story.BUYS:
        skip_to(world, "PO", buy.number) if buy is story.BUYS[0] else None
        # Lacquer that an order waits for comes on the day it starts.
        start_on = makes[1389].start_on or world.today
        expected_on = start_on if buy.expected_in_days is None else world.days.after(buy.expected_in_days)
        _write_buy(world, steps, buy, expected_on)


def _write_buy(world: World, steps: Steps, buy: Buy, expected_on: date) -> None:
    days = world.days
    ordered_on = min(days.after(-buy.ordered_days_ago), days.past[-1])
    draft = BuyDraft(
        supplier_id=world.suppliers[buy.supplier].pk,
        site_id=world.sites[buy.site].pk,
        ordered_on=ordered_on,
        expected_on=expected_on,
        lines=[BuyLine(item_id=world.items[sku].pk, quantity=quantity) for sku, quantity in buy.lines],
    )
    at = days.at(ordered_on, "TLL", 120)
    order = purchase_orders.create(draft, is_ordered=not buy.is_draft, now=at, actor=world.planner)
    assert order.number == f"PO-{buy.number}", order.number
    if buy.received:
        line = order.lines.get(line_no=1)
        received = ReceiveDraft(lines=[ReceiveLine(line_id=line.pk, quantity=buy.received)])
        steps.receive(days.at(days.past[-1], buy.site, _DELIVERED), order.pk, received)


def _write_bad_lot(world: World, steps: Steps) -> None:
    """It came three working days ago and was blocked a day later."""
    days = world.days
    skip_to(world, "PO", _BAD_LOT_ORDER)
    draft = BuyDraft(
        supplier_id=world.suppliers["HANSA-LACK"].pk,
        site_id=world.sites["RIX"].pk,
        ordered_on=days.past[-8],
        expected_on=days.past[-3],
        lines=[BuyLine(item_id=world.items["LACQUER-MATT"].pk, quantity=_BAD_QUANTITY)],
    )
    at = days.at(days.past[-8], "TLL", 120)
    order = purchase_orders.create(draft, is_ordered=True, now=at, actor=world.planner)
    line = order.lines.get(line_no=1)
    expires_on = days.past[-3] + timedelta(days=365)
    received = ReceiveLine(line_id=line.pk, lot_number=BAD_LOT, expires_on=expires_on)
    steps.receive(days.at(days.past[-3], "RIX", _DELIVERED), order.pk, ReceiveDraft(lines=[received]))
    steps.hold(days.at(days.past[-2], "RIX", 0), "LACQUER-MATT", BAD_LOT, _BAD_REASON)


def _write_moves(world: World, steps: Steps, makes: dict[int, ManufacturingOrder]) -> None:
    skip_to(world, "TR", story.MOVES[0].number)
    for move in story.MOVES:
        start_on = makes[move.for_order].start_on if move.for_order else None
        expected_on = (start_on or world.today) + timedelta(days=move.expected_in_days)
        _write_move(world, steps, move, expected_on)


def _write_move(world: World, steps: Steps, move: Move, expected_on: date) -> None:
    days = world.days
    left_on = days.after(move.ship_in_days) if move.left is None else days.past[-move.left]
    draft = TransferDraft(
        origin_id=world.sites[move.origin].pk,
        destination_id=world.sites[move.destination].pk,
        ship_by_on=min(left_on, expected_on),
        expected_on=expected_on,
        carrier=move.carrier,
        lines=[TransferLineDraft(item_id=world.items[sku].pk, quantity=quantity) for sku, quantity in move.lines],
    )
    written_on = days.past[-1] if move.left is None else left_on
    at = days.at(written_on, move.origin, 0)
    if move.is_draft:
        transfers.create(draft, now=at, actor=world.planner)
        return
    transfer = create_transfer(world, draft, at)
    if move.left is not None:
        steps.dispatch(days.at(left_on, move.origin, _LEFT), transfer)
    if move.received:
        line = TransferLine.objects.get(transfer=transfer, line_no=1)
        arrived = Movement(parts=[Part(line_id=line.pk, quantity=move.received)])
        steps.arrive(days.at(days.past[-1], move.destination, _DELIVERED), transfer, arrived)
