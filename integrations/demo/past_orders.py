"""Writing the orders of the past; what they posted is added to the steps."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from integrations.demo import story
from integrations.demo.catalog import items
from integrations.demo.history import History, PastBuy, PastMake, PastMove
from integrations.demo.parties import SUPPLIERS
from integrations.demo.past_sales import Correction, PastSale, order_numbers
from integrations.demo.recipes import level_of
from integrations.demo.steps import Steps
from integrations.demo.world import World
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine
from inventory.services.transfers import TransferDraft, TransferLineDraft
from production.drafts import CompletionDraft
from production.drafts import OrderDraft as MakeDraft
from production.services import manufacturing_orders
from purchasing.drafts import LineDraft as BuyLine
from purchasing.drafts import OrderDraft as BuyDraft
from purchasing.drafts import ReceiveDraft, ReceiveLine
from purchasing.models import PurchaseOrder
from purchasing.services import purchase_orders
from sales.drafts import LineDraft as SaleLine
from sales.drafts import OrderDraft as SaleDraft
from sales.services import sales_orders

Entry = TypeVar("Entry")
D = Decimal
# Orders written at once: they are opened, ordered or released at one moment.
_AT_ONCE = 20
_LEAD_DAYS = {code: days for code, _, _, _, days in SUPPLIERS}
_MAKING_DAYS = 7
# Minutes after 7:00: deliveries, goods from other sites, what was made (parts first), then what leaves.
_DELIVERED, _ARRIVED, _MADE, _COUNTED, _LEFT, _SHIPPED = 60, 120, 240, 390, 420, 450
_LOT_YEAR_DAYS = 365
# The place of the order whose first shipment was taken back.
_SHIPPED_TWICE = 20


def write_sales(world: World, steps: Steps, sold: Sequence[PastSale]) -> None:
    """Sales orders, opened when they came in and shipped on their day."""
    days = world.days
    for part in _batches(order_numbers(list(sold))):
        drafts = [_sale(world, sale, number) for sale, number in part]
        first = min(draft.ordered_on for draft in drafts if draft.ordered_on)
        opened_at = days.at(first, "TLL", 60)
        orders = sales_orders.create_many(drafts, is_open=True, now=opened_at, actor=world.planner)
        for minute, (order, (sale, _)) in enumerate(zip(orders, part, strict=True)):
            at = days.at(days.past[sale.day], sale.site, _SHIPPED + 4 * minute)
            steps.ship(at, order.pk)
            if sale is sold[_SHIPPED_TWICE]:
                steps.reverse_shipment(at + timedelta(minutes=1), order.pk, "The wrong pallet was loaded")
                steps.ship(at + timedelta(minutes=2), order.pk)


def _sale(world: World, sale: PastSale, number: str) -> SaleDraft:
    day = world.days.past[sale.day]
    need_by_on = day + timedelta(days=sale.needed_days_after)
    return SaleDraft(
        customer_id=world.customers[sale.customer].pk,
        site_id=world.sites[sale.site].pk,
        number=number,
        ordered_on=day - timedelta(days=sale.ordered_days_before),
        need_by_on=need_by_on,
        promised_on=need_by_on,
        lines=[SaleLine(item_id=world.items[sku].pk, quantity=quantity) for sku, quantity in sale.lines.items()],
    )


def write_makes(world: World, steps: Steps, makes: Sequence[PastMake]) -> None:
    """Manufacturing orders, each made in one go; now and then one more was lost."""
    days = world.days
    for part in _batches(makes):
        at = days.at(days.past[part[0].day] - timedelta(days=_MAKING_DAYS), "TLL", 60)
        drafts = [
            MakeDraft(
                item_id=world.items[make.sku].pk,
                site_id=world.sites[make.site].pk,
                quantity=make.quantity,
                due_on=days.past[make.day],
            )
            for make in part
        ]
        orders = manufacturing_orders.create_many(drafts, now=at, actor=world.planner)
        manufacturing_orders.release_many([order.pk for order in orders], now=at, actor=world.planner)
        for minute, (order, make) in enumerate(zip(orders, part, strict=True)):
            minutes = _MADE + 30 * (3 - level_of(make.sku)) + minute
            steps.complete(days.at(days.past[make.day], make.site, minutes), order.pk, _completion(world, make))


def _completion(world: World, make: PastMake) -> CompletionDraft:
    # The last tables made in Chicago stand where the pickers take them first.
    is_shown = (make.sku, make.site, make.day) == (story.TABLE, "CHI", len(world.days.past) - 2)
    return CompletionDraft(
        quantity=make.quantity,
        scrapped_quantity=D(1) if make.day % 7 == 3 else D(0),
        location_id=world.locations["CHI", "A-03-1"].pk if is_shown else None,
    )


def write_buys(world: World, steps: Steps, buys: Sequence[PastBuy]) -> None:
    """Purchase orders, each received at once; planks and lacquers in lots of their own."""
    days, lots = world.days, _Lots()
    for part in _batches(buys):
        ordered = [days.past[buy.day] - timedelta(days=_LEAD_DAYS[buy.supplier]) for buy in part]
        drafts = [_buy(world, buy, on) for buy, on in zip(part, ordered, strict=True)]
        at = days.at(min(ordered), "TLL", 90)
        orders = purchase_orders.create_many(drafts, is_ordered=True, now=at, actor=world.planner)
        for minute, (order, buy) in enumerate(zip(orders, part, strict=True)):
            moment = days.at(days.past[buy.day], buy.site, _DELIVERED + minute)
            steps.receive(moment, order.pk, receipt(order, lots, days.past[buy.day]))


def _buy(world: World, buy: PastBuy, ordered_on: date) -> BuyDraft:
    day = world.days.past[buy.day]
    return BuyDraft(
        supplier_id=world.suppliers[buy.supplier].pk,
        site_id=world.sites[buy.site].pk,
        ordered_on=ordered_on,
        expected_on=day - timedelta(days=1) if buy.day % 9 == 4 else day,
        lines=[BuyLine(item_id=world.items[sku].pk, quantity=quantity) for sku, quantity in buy.lines.items()],
    )


class _Lots:
    """Numbers of the lots that suppliers deliver."""

    def __init__(self) -> None:
        self._last = {"P": 8800, "L": 2240}

    def next(self, prefix: str) -> str:
        self._last[prefix] += 1
        return f"{prefix}-{self._last[prefix]}"


def receipt(order: PurchaseOrder, lots: _Lots, on: date) -> ReceiveDraft:
    """All of an order, with a lot for each line that is tracked."""
    lines = []
    for line in order.lines.select_related("item").order_by("line_no"):
        item = items()[line.item.sku]
        if item.tracking == "none":
            lines.append(ReceiveLine(line_id=line.pk))
            continue
        is_plank = item.category == "Planks"
        expires_on = None if is_plank else on + timedelta(days=_LOT_YEAR_DAYS)
        number = lots.next("P" if is_plank else "L")
        lines.append(ReceiveLine(line_id=line.pk, lot_number=number, expires_on=expires_on))
    return ReceiveDraft(lines=lines, supplier_reference=f"DN {order.number[3:]}")


def write_moves(world: World, steps: Steps, moves: Sequence[PastMove]) -> None:
    """Transfers, each sent and received as a whole."""
    days = world.days
    for move in moves:
        left, arrived = days.past[move.left], days.past[move.arrived]
        draft = TransferDraft(
            origin_id=world.sites[move.origin].pk,
            destination_id=world.sites[move.destination].pk,
            ship_by_on=left,
            expected_on=arrived,
            lines=[
                TransferLineDraft(item_id=world.items[sku].pk, quantity=quantity)
                for sku, quantity in move.lines.items()
            ],
        )
        transfer = create_transfer(world, draft, days.at(left, move.origin, 0))
        steps.dispatch(days.at(left, move.origin, _LEFT), transfer)
        steps.arrive(days.at(arrived, move.destination, _ARRIVED), transfer)


def create_transfer(world: World, draft: TransferDraft, at: datetime) -> int:
    """A confirmed transfer; its id."""
    transfer = transfers.create(draft, now=at, actor=world.planner)
    return transfers.confirm(transfer.pk, now=at, actor=world.planner).pk


def write_corrections(world: World, steps: Steps, found: Sequence[Correction]) -> None:
    """Counts and adjustments, one a day, site and reason."""
    days = world.days
    for (day, site, reason, is_count), part in groupby(sorted(found, key=_occasion), key=_occasion):
        at = days.at(days.past[day], site, _COUNTED)
        if is_count:
            steps.count(at, site, {one.sku: one.quantity for one in part})
        else:
            lines = [AdjustmentLine(item_id=world.items[one.sku].pk, quantity=one.quantity) for one in part]
            steps.adjust(at, site, lines, reason=reason)


def _occasion(one: Correction) -> tuple[int, str, str, bool]:
    return one.day, one.site, one.reason, one.is_count


def write_past(
    world: World, steps: Steps, history: History, sold: Sequence[PastSale], corrected: Sequence[Correction]
) -> None:
    """All orders of the past."""
    write_sales(world, steps, sold)
    write_makes(world, steps, history.makes)
    write_buys(world, steps, history.buys)
    write_moves(world, steps, history.moves)
    write_corrections(world, steps, corrected)


def _batches(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), _AT_ONCE):
        yield entries[start : start + _AT_ONCE]
