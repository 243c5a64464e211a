"""Adjustments: stock set right by hand, with a reason. An adjustment is a posting of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.dates import happened_at
from core.errors import InvalidInput
from core.money import round_money
from core.transactions import service
from inventory.choices import DocumentKind, PostingKind
from inventory.drafts import Deposit, Posted, PostingDraft, Withdrawal
from inventory.events import record_adjustment
from inventory.models import Location, Lot
from inventory.rules.order_lines import check_price
from inventory.selectors.posting_context import ItemFacts, PostingContext, needs_lot, posting_context
from inventory.services.posting import post
from sites.access import require


@dataclass(frozen=True)
class AdjustmentLine:
    """A signed change in the stocking unit. `unit_cost` (owner's currency) goes with an increase alone."""

    item_id: int
    quantity: Decimal
    unit_cost: Decimal | None = None
    lot_id: int | None = None
    location_id: int | None = None


@service
def adjust(
    *,
    site_id: int,
    reason: str,
    lines: Sequence[AdjustmentLine],
    owner_id: int | None = None,
    kind: PostingKind = PostingKind.ADJUSTMENT,
    effective_at: datetime | None = None,
    now: datetime,
    actor: Any,
) -> Posted:
    """Change an owner's stock at a site: increases at their cost, decreases at the average.

    An increase goes to the named location, else to where receipts go; a decrease takes from the named location
    and lot, else from any of the owner's stock on hand. Locks balances and pools; emits `adjustment.posted`.

    :raises InvalidInput: naming each field that is wrong.
    :raises InsufficientStock: when a decrease finds too little.
    """
    if not lines:
        raise InvalidInput(errors={"lines": "An adjustment needs at least one line."})
    if not reason.strip():
        raise InvalidInput(errors={"reason": "Say why the stock is adjusted."})
    effective_at = happened_at(effective_at, now=now)
    context = posting_context(site_id, owner_id, [line.item_id for line in lines])
    require(actor, company_id=context.owner_id, site_id=site_id, by_operator=True)
    deposits, withdrawals = _split(context, lines)

    draft = PostingDraft(
        kind=kind,
        company_id=context.owner_id,
        site_id=site_id,
        effective_at=effective_at,
        source_kind=DocumentKind.ADJUSTMENT,
        reason=reason.strip(),
    )
    posted = post(draft, withdrawals=withdrawals, deposits=deposits, now=now, actor=actor)
    record_adjustment(posted, company_id=context.owner_id, site_ids=[site_id], actor=actor)
    return posted


def _split(context: PostingContext, lines: Sequence[AdjustmentLine]) -> tuple[list[Deposit], list[Withdrawal]]:
    """Checked increases and decreases; every error of every line is told at once."""
    deposits: list[Deposit] = []
    withdrawals: list[Withdrawal] = []
    errors: dict[str, str] = {}
    _check_places(context, lines, errors)
    for number, line in enumerate(lines):
        path = f"lines.{number}"
        try:
            item = context.item(line.item_id, field=f"{path}.item")
            item.check(line.quantity, field=f"{path}.quantity", is_signed=True)
            if line.quantity > 0:
                deposits.append(_increase(context, line, item, path))
            else:
                withdrawals.append(_decrease(context, line, path))
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors=errors)
    return deposits, withdrawals


def _increase(context: PostingContext, line: AdjustmentLine, item: ItemFacts, path: str) -> Deposit:
    if needs_lot(item.tracking) and line.lot_id is None:
        raise InvalidInput(errors={f"{path}.lot": f"{item.sku} is tracked by {item.tracking}; name the lot."})
    if item.tracking == "serial" and line.quantity != 1:
        raise InvalidInput(errors={f"{path}.quantity": f"{line.quantity} of one serial number; it is 1."})
    amount = None
    if line.unit_cost is not None:
        unit_cost = check_price(line.unit_cost, field=f"{path}.unit_cost")
        amount = round_money(unit_cost * line.quantity, context.currency)
    return Deposit(
        item_id=line.item_id,
        quantity=line.quantity,
        site_id=context.site_id,
        location_id=line.location_id or context.receipt_location(item, field=f"{path}.location"),
        owner_id=context.owner_id,
        from_location_id=context.count_location(),
        lot_id=line.lot_id,
        amount=amount,
        field=f"{path}.quantity",
    )


def _decrease(context: PostingContext, line: AdjustmentLine, path: str) -> Withdrawal:
    if line.unit_cost is not None:
        raise InvalidInput(errors={f"{path}.unit_cost": "A decrease leaves at the average cost; give none."})
    return Withdrawal(
        item_id=line.item_id,
        quantity=-line.quantity,
        site_id=context.site_id,
        used_by_id=context.owner_id,
        owner_id=context.owner_id,
        to_location_id=context.count_location(),
        location_id=line.location_id,
        lot_id=line.lot_id,
        is_correction=True,
        field=f"{path}.quantity",
    )


def _check_places(context: PostingContext, lines: Sequence[AdjustmentLine], errors: dict[str, str]) -> None:
    """A named location must be one of the site's that holds stock; a named lot one of the item's."""
    location_ids = {line.location_id for line in lines if line.location_id}
    lot_ids = {line.lot_id for line in lines if line.lot_id}
    locations = {row.id: row for row in Location.objects.filter(id__in=location_ids)} if location_ids else {}
    lots = dict(Lot.objects.filter(id__in=lot_ids).values_list("id", "item_id")) if lot_ids else {}
    for number, line in enumerate(lines):
        if line.location_id:
            location = locations.get(line.location_id)
            if location is None or location.site_id != context.site_id:
                errors[f"lines.{number}.location"] = f"{context.site} has no location {line.location_id}."
            elif not location.may_be_adjusted:
                errors[f"lines.{number}.location"] = (
                    f"{location.code} is {location.get_kind_display()}; no stock by hand."
                )
        if line.lot_id and lots.get(line.lot_id) != line.item_id:
            errors[f"lines.{number}.lot"] = f"Lot {line.lot_id} is not one of this item."
