"""The steps of the state machine: each on the real services and on the model at once."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inventory.services import ranks, transfers, undo
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers import Movement, Part, TransferDraft, TransferLineDraft
from production.drafts import CompletionDraft, ComponentUse
from production.drafts import OrderDraft as MakeDraft
from production.models import ManufacturingOrder as RealMaking
from production.services import manufacturing_orders
from purchasing.drafts import LineDraft as BuyLine
from purchasing.drafts import OrderDraft as BuyDraft
from purchasing.drafts import ReceiveDraft, ReceiveLine
from purchasing.services import purchase_orders
from sales.drafts import LineDraft as SellLine
from sales.drafts import OrderDraft as SellDraft
from sales.drafts import ShipDraft, ShipLine
from sales.models import SalesOrder as RealSale
from sales.services import sales_orders
from tests.property.ledger_model import ZERO, Ledger, Posting, Take, half_up
from tests.property.orders_model import (
    Adjustment,
    Line,
    ManufacturingOrder,
    Order,
    PurchaseOrder,
    SalesOrder,
    Transfer,
)
from tests.property.real_world import COINS, RATE, World


class Steps:
    """Whoever mixes this in has a world, a ledger, orders and ranks, and runs a step on both sides with `both`."""

    world: World
    ledger: Ledger
    orders: list[Order]
    ranks: dict[str, list[Order]]
    real_ids: list[int]
    is_compared: bool
    both: Callable[..., Any]

    @property
    def at(self) -> dict[str, Any]:
        return {"now": self.world.now, "actor": None}

    def day(self, offset: int) -> date:
        return self.world.today + timedelta(days=offset)

    # Stock by hand

    def begin(self, quantity) -> None:
        """Some stock, and an order of each kind, so that every step finds something to work on."""
        for item, site in (("LEG", "TLL"), ("TOP", "TLL"), ("TABLE", "CHI")):
            self.adjust("NORDWOOD", site, item, quantity, Decimal("3.33"), False)
        self.adjust("KIRI", "TLL", "LEG", 3 * quantity, Decimal(7), False)
        self.sell("NORDWOOD", "CHI", {"TABLE": quantity, "LEG": Decimal(2)}, 1, True)
        self.buy("NORDWOOD", "TLL", "TOP", quantity, Decimal("1.005"), 2, True)
        self.plan_transfer("NORDWOOD", "TLL", "TOP", Decimal(1), 0, 3)
        self.confirm(self.orders[-1], None)
        self.plan_making("NORDWOOD", "TLL", "TABLE", quantity, 4)

    def put_in(self, company, site, item, quantity, cost, near) -> None:
        self.adjust(company, site, item, quantity, cost, near)

    def take_out(self, company, site, item, quantity, near) -> None:
        self.adjust(company, site, item, -quantity, None, near)

    def adjust(self, company, site, item, quantity, cost, near) -> None:
        world, place = self.world, (site, "NEAR" if near else "MAIN")
        line = AdjustmentLine(world.items[item].pk, quantity, cost, location_id=world.near[site] if near else None)
        real = lambda: adjust(  # noqa: E731
            site_id=world.sites[site].pk, owner_id=world.companies[company].pk, reason="x", lines=[line], **self.at
        )

        def model() -> None:
            posting = Posting(Adjustment())
            if quantity > 0:
                worth = self.ledger.average(item, quantity, company, site)
                if cost is not None:
                    worth = half_up(Fraction(cost) * Fraction(quantity) * COINS[company])
                self.ledger.deposit(posting, item, quantity, place, company, worth)
            else:
                take = Take(item, site, company, -quantity, owner=company, place=place if near else None)
                self.ledger.withdraw(posting, self.ledger.choose([take]), passes_title=False, to=None)
            self.ledger.postings.append(posting)

        self.both(real, model)

    # Selling

    def sell(self, company, site, wanted, due, is_open) -> None:
        lines = [Line(item, quantity, self.day(due)) for item, quantity in wanted.items()]
        order = SalesOrder(company, site, lines, state="open" if is_open else "quote")
        draft = SellDraft(
            customer_id=self.world.customers[company].pk,
            company_id=self.world.companies[company].pk,
            site_id=self.world.sites[site].pk,
            need_by_on=self.day(due),
            lines=[SellLine(item_id=self.world.items[item].pk, quantity=q, unit_price=1) for item, q in wanted.items()],
        )
        real = sales_orders.create(draft, is_open=is_open, **self.at)
        self._know(order, real, real.lines.order_by("line_no"))
        if is_open:
            self.ranks[company].append(order)

    def open_quote(self, order: SalesOrder, quantity: Decimal | None) -> None:
        if self.both(lambda: sales_orders.open(order.id, **self.at), order.open):
            self.ranks[order.company].append(order)

    def ship(self, order: SalesOrder, quantity: Decimal | None) -> None:
        draft = wanted = None
        if quantity is not None:
            wanted = {0: quantity}
            draft = ShipDraft(lines=[ShipLine(line_id=order.lines[0].id, quantity=quantity)])
        self.both(lambda: sales_orders.ship(order.id, draft, **self.at), lambda: order.ship(self.ledger, wanted))

    # Buying

    def buy(self, company, site, item, quantity, price, due, is_ordered) -> None:
        line = Line(item, quantity, self.day(due), price)
        coins = Fraction(100) if company == "NORDWOOD" else RATE
        order = PurchaseOrder(company, site, [line], state="ordered" if is_ordered else "draft", coins=coins)
        draft = BuyDraft(
            supplier_id=self.world.suppliers[company].pk,
            company_id=self.world.companies[company].pk,
            site_id=self.world.sites[site].pk,
            expected_on=self.day(due),
            lines=[BuyLine(item_id=self.world.items[item].pk, quantity=quantity, unit_price=price)],
        )
        real = purchase_orders.create(draft, is_ordered=is_ordered, **self.at)
        self._know(order, real, real.lines.order_by("line_no"))

    def order_draft(self, order: PurchaseOrder, quantity: Decimal | None) -> None:
        self.both(lambda: purchase_orders.order(order.id, **self.at), order.order)

    def receive(self, order: PurchaseOrder, quantity: Decimal | None) -> None:
        draft = wanted = None
        if quantity is not None:
            wanted = {0: quantity}
            draft = ReceiveDraft(lines=[ReceiveLine(line_id=order.lines[0].id, quantity=quantity)])
        self.both(
            lambda: purchase_orders.receive(order.id, draft, **self.at), lambda: order.receive(self.ledger, wanted)
        )

    # Moving

    def plan_transfer(self, company, origin, item, quantity, leaves, takes) -> None:
        destination = "CHI" if origin == "TLL" else "TLL"
        order = Transfer(
            company, origin, [Line(item, quantity, self.day(leaves))],
            state="draft", destination=destination, arrives=self.day(leaves + takes),
        )  # fmt: skip
        draft = TransferDraft(
            origin_id=self.world.sites[origin].pk,
            destination_id=self.world.sites[destination].pk,
            company_id=self.world.companies[company].pk,
            ship_by_on=self.day(leaves),
            expected_on=order.arrives,
            lines=[TransferLineDraft(item_id=self.world.items[item].pk, quantity=quantity)],
        )
        real = transfers.create(draft, **self.at)
        self._know(order, real, real.lines.all())

    def confirm(self, order: Transfer, quantity: Decimal | None) -> None:
        self.both(lambda: transfers.confirm(order.id, **self.at), order.confirm)

    def dispatch(self, order: Transfer, quantity: Decimal | None) -> None:
        self.both(
            lambda: transfers.dispatch(order.id, _movement(order, quantity), **self.at),
            lambda: order.dispatch(self.ledger, quantity),
        )

    def arrive(self, order: Transfer, quantity: Decimal | None) -> None:
        self.both(
            lambda: transfers.receive(order.id, _movement(order, quantity), **self.at),
            lambda: order.receive(self.ledger, quantity),
        )

    def lose(self, order: Transfer, quantity: Decimal | None) -> None:
        self.both(
            lambda: transfers.settle(order.id, _movement(order, quantity), reason="Fell off", **self.at),
            lambda: order.receive(self.ledger, quantity, is_lost=True),
        )

    # Making

    def plan_making(self, company, site, item, quantity, due) -> None:
        order = ManufacturingOrder.plan(company, site, item, quantity, self.day(due))
        draft = MakeDraft(
            item_id=self.world.items[item].pk,
            site_id=self.world.sites[site].pk,
            company_id=self.world.companies[company].pk,
            quantity=quantity,
            due_on=self.day(due),
        )
        real = manufacturing_orders.create(draft, **self.at)
        self._know(order, real, real.components.order_by("line_no"))
        order.made.id = real.pk
        self.ranks[company].append(order)

    def release(self, order: ManufacturingOrder, quantity: Decimal | None) -> None:
        self.both(lambda: manufacturing_orders.release(order.id, **self.at), order.to_release)

    def complete(self, order: ManufacturingOrder, quantity: Decimal | None) -> None:
        """With the planned share of the components; without a quantity all that is open."""
        self._report(order, order.made.open if quantity is None else quantity, ZERO, None)

    def report(self, pick, good, scrapped, used) -> None:
        """Good and scrapped ones, with the components that were used in fact."""
        started = ("released", "in_progress", "partly_completed")
        if order := self._some(pick, lambda order: order.state in started and type(order) is ManufacturingOrder):
            used = {n: quantity for n, quantity in sorted(used.items()) if n < len(order.lines)}
            self._report(order, good, scrapped, used)

    def _report(self, order: ManufacturingOrder, good, scrapped, used: dict[int, Decimal] | None) -> None:
        named = None
        if used is not None:
            items_of = [self.world.items[line.item].pk for line in order.lines]
            named = [ComponentUse(item_id=items_of[n], quantity=quantity) for n, quantity in used.items()]
        draft = CompletionDraft(quantity=good, scrapped_quantity=scrapped, components=named)
        self.both(
            lambda: manufacturing_orders.complete(order.id, draft, **self.at),
            lambda: order.complete(self.ledger, good, scrapped, used),
        )

    # Going on

    def go_on(self, pick, quantity, choice) -> None:
        """The next step of some order that has one."""
        if order := self._some(pick, lambda order: (order.kind, order.state) in _NEXT):
            steps = _NEXT[order.kind, order.state]
            steps[choice % len(steps)](self, order, quantity)

    def go_astray(self, pick, quantity, choice) -> None:
        """A step that the order's state may not allow."""
        if order := self._some(pick, lambda order: True):
            steps = [step for (kind, _), of_state in _NEXT.items() if kind == order.kind for step in of_state]
            steps[choice % len(steps)](self, order, quantity)

    # Undoing, ranking, ending

    def reverse(self, pick, again) -> None:
        """Mostly one of the latest that stand; sometimes one that is reversed, or a reversal."""
        standing = [n for n, posting in enumerate(self.ledger.postings) if not posting.is_reversed]
        own = range(len(self.ledger.postings)) if again < 2 else standing[-6:]
        if own:
            n = own[pick % len(own)]
            posting = self.ledger.postings[n]
            self.both(
                lambda: undo.reverse_posting(self.real_ids[n], **self.at),
                lambda: posting.document.undo(self.ledger, posting),
            )

    def rank(self, company, pick, other, is_before) -> None:
        ranked = self.ranks[company]
        movable = [order for order in ranked if order.state in _RANKED_STATES]
        if not movable or len(ranked) < 2:
            return
        order, anchor = movable[pick % len(movable)], ranked[other % len(ranked)]
        if order is anchor:
            return
        self._rank(order, anchor, is_before=is_before)
        self.is_compared = False
        ranked.remove(order)
        ranked.insert(ranked.index(anchor) + (0 if is_before else 1), order)

    def _rank(self, order: Order, anchor: Order, *, is_before: bool) -> None:
        side = "before" if is_before else "after"
        if isinstance(order, SalesOrder) and isinstance(anchor, SalesOrder):
            sales_orders.rank(order.id, **{side: anchor.id}, **self.at)
            return
        of = {SalesOrder: RealSale, ManufacturingOrder: RealMaking}
        mine, its = (of[type(one)].objects.get(pk=one.id).priority_id for one in (order, anchor))
        ranks.move(mine, **{side: its}, **self.at)

    def end(self, pick, is_short) -> None:
        """Close short, or cancel; mostly what has not ended."""
        order = self._some(pick, lambda order: pick < 3 or order.state not in {"closed", "canceled"})
        if order is None:
            return
        service = _SERVICES[type(order)]
        if is_short:
            self.both(lambda: service.close(order.id, reason="Enough", **self.at), lambda: order.close(self.ledger))
        else:
            self.both(lambda: service.cancel(order.id, **self.at), lambda: order.cancel(self.ledger))

    def _know(self, order: Order, real, lines) -> None:
        order.id = real.pk
        for line, row in zip(order.lines, lines, strict=True):
            line.id = row.pk
        self.orders.append(order)
        self.is_compared = False

    def _some(self, pick: int, is_wanted: Callable[[Order], bool]) -> Order | None:
        fitting = [order for order in self.orders if is_wanted(order)]
        return fitting[pick % len(fitting)] if fitting else None


_RANKED_STATES = {"open", "partly_shipped", *ManufacturingOrder.OPEN}
_SERVICES = {
    SalesOrder: sales_orders,
    PurchaseOrder: purchase_orders,
    Transfer: transfers,
    ManufacturingOrder: manufacturing_orders,
}


_NEXT = {
    ("sales_order", "quote"): [Steps.open_quote],
    ("sales_order", "open"): [Steps.ship],
    ("sales_order", "partly_shipped"): [Steps.ship],
    ("purchase_order", "draft"): [Steps.order_draft],
    ("purchase_order", "ordered"): [Steps.receive],
    ("purchase_order", "partly_received"): [Steps.receive],
    ("transfer", "draft"): [Steps.confirm],
    ("transfer", "confirmed"): [Steps.dispatch],
    ("transfer", "in_transit"): [Steps.arrive, Steps.dispatch, Steps.arrive, Steps.lose],
    ("transfer", "partly_received"): [Steps.arrive, Steps.dispatch],
    ("manufacturing_order", "planned"): [Steps.release],
    ("manufacturing_order", "released"): [Steps.complete],
    ("manufacturing_order", "in_progress"): [Steps.complete],
    ("manufacturing_order", "partly_completed"): [Steps.complete],
}


def _movement(order: Transfer, quantity: Decimal | None) -> Movement | None:
    return None if quantity is None else Movement(parts=[Part(line_id=order.lines[0].id, quantity=quantity)])
