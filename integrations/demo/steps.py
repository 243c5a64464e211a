"""What is posted, each at its moment: written in the order of time, whichever order it belongs to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from integrations.demo.world import World
from inventory.models import Lot
from inventory.services import adjustments, lots, stock_counts, transfers
from inventory.services.adjustments import AdjustmentLine
from inventory.services.stock_counts import CountDraft, Counted
from inventory.services.transfers import Movement
from production.drafts import CompletionDraft
from production.services import manufacturing_orders
from purchasing.drafts import ReceiveDraft
from purchasing.services import purchase_orders
from sales.drafts import ShipDraft
from sales.services import sales_orders


@dataclass
class Steps:
    """Collects what shall be posted, then runs it in the order of time."""

    world: World
    _steps: list[tuple[datetime, Callable[..., Any]]] = field(default_factory=list)

    def then(self, at: datetime, step: Callable[..., Any]) -> None:
        """At that moment, call a service with `now` and `actor`."""
        self._steps.append((at, step))

    def ship(self, at: datetime, order_id: int, draft: ShipDraft | None = None) -> None:
        self.then(at, partial(sales_orders.ship, order_id, draft))

    def receive(self, at: datetime, order_id: int, draft: ReceiveDraft | None = None) -> None:
        self.then(at, partial(purchase_orders.receive, order_id, draft))

    def complete(self, at: datetime, order_id: int, draft: CompletionDraft) -> None:
        self.then(at, partial(manufacturing_orders.complete, order_id, draft))

    def dispatch(self, at: datetime, transfer_id: int) -> None:
        self.then(at, partial(transfers.dispatch, transfer_id))

    def arrive(self, at: datetime, transfer_id: int, movement: Movement | None = None) -> None:
        self.then(at, partial(transfers.receive, transfer_id, movement))

    def adjust(self, at: datetime, site: str, lines: list[AdjustmentLine], **head: Any) -> None:
        self.then(at, partial(adjustments.adjust, site_id=self.world.sites[site].pk, lines=lines, **head))

    def reverse_shipment(self, at: datetime, order_id: int, reason: str) -> None:
        self.then(at, partial(sales_orders.reverse, order_id, reason=reason))

    def count(self, at: datetime, site: str, differences: Mapping[str, Decimal]) -> None:
        """Count these items at a site, and find so much more (below 0: less) than the books say."""
        wanted = {self.world.items[sku].pk: difference for sku, difference in differences.items()}
        draft = CountDraft(site_id=self.world.sites[site].pk, item_ids=list(wanted))
        self.then(at, partial(_count, draft, wanted))

    def hold(self, at: datetime, sku: str, number: str, reason: str) -> None:
        def hold_lot(*, now: datetime, actor: Any) -> None:
            lot = Lot.objects.get(item=self.world.items[sku], number=number)
            lots.hold(lot, reason=reason, actor=actor)

        self.then(at, hold_lot)

    def run(self) -> int:
        """Post them all as the planner; returns how many."""
        for at, step in sorted(self._steps, key=lambda entry: entry[0]):
            step(now=at, actor=self.world.planner)
        return len(self._steps)


def _count(draft: CountDraft, differences: Mapping[int, Decimal], *, now: datetime, actor: Any) -> None:
    """Every place of the items is counted; the difference is found in the one that holds most."""
    count = stock_counts.create(draft, now=now, actor=actor)
    left = dict(differences)
    counted = [
        Counted(
            item_id=line.item_id,
            location_id=line.location_id,
            quantity=line.expected_quantity + left.pop(line.item_id, 0),
            lot_id=line.lot_id,
        )
        for line in count.lines.order_by("-expected_quantity", "pk")
    ]
    stock_counts.enter(count.pk, counted, now=now, actor=actor)
    stock_counts.post_differences(count.pk, now=now, actor=actor)
