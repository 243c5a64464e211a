"""Writing orders that came to nothing: canceled, or closed short."""

from datetime import timedelta
from functools import partial

from integrations.demo.steps import Steps
from integrations.demo.world import World
from inventory.services import stock_counts, transfers
from inventory.services.stock_counts import CountDraft
from inventory.services.transfers import TransferDraft, TransferLineDraft
from production.drafts import OrderDraft as MakeDraft
from production.services import manufacturing_orders
from purchasing.drafts import LineDraft as BuyLine
from purchasing.drafts import OrderDraft as BuyDraft
from purchasing.services import purchase_orders
from sales.drafts import LineDraft as SaleLine
from sales.drafts import OrderDraft as SaleDraft
from sales.services import sales_orders


def write_ended(world: World, steps: Steps) -> None:
    """One of each kind, before the orders that are open take their numbers; they end as steps, after having begun."""
    days, planner = world.days, world.planner
    at = days.at(days.past[-30], "TLL", 60)
    later = at + timedelta(days=2)

    canceled = sales_orders.create(_sale(world, "P-4099"), is_open=True, now=at, actor=planner)
    steps.then(later, partial(sales_orders.cancel, canceled.pk, reason="Customer withdrew"))
    closed = sales_orders.create(_sale(world, "P-4100"), is_open=True, now=at, actor=planner)
    steps.then(later, partial(sales_orders.close, closed.pk, reason="Ordered again in another size"))

    item = world.items["DESK-ASH-160"].pk
    make = MakeDraft(item_id=item, site_id=world.sites["TLL"].pk, quantity=10, due_on=days.past[-20])
    made = manufacturing_orders.create(make, now=at, actor=planner)
    steps.then(later, partial(manufacturing_orders.cancel, made.pk, reason="No demand"))

    buy = BuyDraft(
        supplier_id=world.suppliers["VILLAVABRIK"].pk,
        site_id=world.sites["TLL"].pk,
        lines=[BuyLine(item_id=world.items["CUSHION-BLACK"].pk, quantity=60)],
    )
    bought = purchase_orders.create(buy, is_ordered=True, now=at, actor=planner)
    steps.then(later, partial(purchase_orders.cancel, bought.pk, reason="The color is no longer made"))

    move = TransferDraft(
        origin_id=world.sites["HAM"].pk,
        destination_id=world.sites["TLL"].pk,
        ship_by_on=days.past[-25],
        lines=[TransferLineDraft(item_id=world.items["CHAIR-ASH-1"].pk, quantity=12)],
    )
    moved = transfers.create(move, now=at, actor=planner)
    steps.then(later, partial(transfers.cancel, moved.pk, reason="Sold in Hamburg meanwhile"))


def write_open_count(world: World) -> None:
    """A count of tables in Hamburg that nobody has finished."""
    days = world.days
    tables = [item.pk for sku, item in world.items.items() if sku.startswith("TABLE-OAK")]
    draft = CountDraft(site_id=world.sites["HAM"].pk, item_ids=tables, note="Hall 2, before the year ends")
    stock_counts.create(draft, now=days.at(days.past[-1], "HAM", 590), actor=world.planner)


def _sale(world: World, number: str) -> SaleDraft:
    days = world.days
    return SaleDraft(
        customer_id=world.customers["RANTA"].pk,
        site_id=world.sites["TLL"].pk,
        number=number,
        ordered_on=days.past[-30],
        need_by_on=days.past[-22],
        lines=[SaleLine(item_id=world.items["DESK-OAK-140"].pk, quantity=4)],
    )
