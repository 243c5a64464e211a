"""From drafts to order lines: looked up, priced, checked and converted for any number of lines at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput
from core.money import round_half_up
from inventory.rules.order_lines import PRICE_DECIMALS, check_price
from inventory.selectors.ordering import Asked, Measured, check_sites, measured
from inventory.services.order_lines import give_first_sight
from purchasing import rules, selectors
from purchasing.drafts import LineDraft
from purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierItem


@dataclass(frozen=True)
class Wanted:
    """A draft, the order it belongs to (not yet saved, perhaps) and its path in the caller's input (`lines.0`).

    `today` is the date at the order's site.
    """

    order: PurchaseOrder
    draft: LineDraft
    field: str
    line_no: int
    today: date


def build(wanted: Sequence[Wanted], *, actor: Any) -> list[PurchaseOrderLine]:
    """The lines, unsaved, in the same order; a fixed number of queries.

    A company gets sight of an item that it uses for the first time.

    :raises InvalidInput: with all that is wrong in the quantities, else all that is wrong in the rest.
    """
    sold = selectors.sold_by({want.order.supplier_id for want in wanted}, {want.draft.item_id for want in wanted})
    offers = [sold.get((want.order.supplier_id, want.draft.item_id)) for want in wanted]
    sizes = measured(_asked(wanted, offers), actor=actor)
    check_sites({f"{want.field}.site": want.draft.site_id for want in wanted})
    lines: list[PurchaseOrderLine] = []
    errors: dict[str, str] = {}
    for want, size, offer in zip(wanted, sizes, offers, strict=True):
        try:
            lines.append(_line(want, size, offer))
        except InvalidInput as error:
            errors |= {f"{want.field}.{name}": text for name, text in error.errors.items()}
    if errors:
        raise InvalidInput(errors=errors)
    give_first_sight((want.order.company_id, size) for want, size in zip(wanted, sizes, strict=True))
    return lines


def _asked(wanted: Sequence[Wanted], offers: Sequence[SupplierItem | None]) -> list[Asked]:
    errors: dict[str, str] = {}
    asked: list[Asked] = []
    for want, offer in zip(wanted, offers, strict=True):
        draft, factor = want.draft, None
        if draft.unit_label:
            if offer is None or offer.unit_label.casefold() != draft.unit_label.casefold():
                sold_in = f"the supplier sells it in {offer.unit_label}" if offer else "the supplier does not list it"
                errors[f"{want.field}.unit_label"] = f"“{draft.unit_label}” is not known here; {sold_in}."
                continue
            factor = offer.unit_factor
        company_id = want.order.company_id
        asked.append(
            Asked(company_id, draft.item_id, draft.quantity, want.field, draft.unit_id, factor, draft.unit_label)
        )
    if errors:
        raise InvalidInput(errors=errors)
    return asked


def _line(want: Wanted, size: Measured, offer: SupplierItem | None) -> PurchaseOrderLine:
    order, draft = want.order, want.draft
    return PurchaseOrderLine(
        order=order,
        company_id=order.company_id,
        site_id=draft.site_id or order.site_id,
        line_no=want.line_no,
        item_id=size.item_id,
        ordered_quantity=size.ordered_quantity,
        unit_id=size.unit_id,
        unit_label=draft.unit_label,
        unit_factor=size.unit_factor,
        quantity=size.quantity,
        posted_quantity=Decimal(0),
        closed_quantity=Decimal(0),
        rejected_quantity=Decimal(0),
        need_by_on=draft.need_by_on,
        promised_on=draft.promised_on,
        expected_on=draft.expected_on or order.expected_on or _after_lead_time(want, offer),
        description=draft.description,
        unit_price=_price(want, size, offer),
        source_kind=draft.source_kind,
        source_id=draft.source_id,
    )


def _after_lead_time(want: Wanted, offer: SupplierItem | None) -> date | None:
    days = offer.lead_time_days if offer and offer.lead_time_days is not None else want.order.supplier.lead_time_days
    return None if days is None else (want.order.ordered_on or want.today) + timedelta(days=days)


def _price(want: Wanted, size: Measured, offer: SupplierItem | None) -> Decimal:
    """The price given; else the supplier's for that quantity, else what the last receipt cost; else 0."""
    if want.draft.unit_price is not None:
        return check_price(want.draft.unit_price, field="unit_price")
    if offer is None:
        return Decimal(0)
    order = want.order
    quantity = size.quantity / offer.unit_factor
    found = rules.best_break(
        offer.prices.all(), quantity=quantity, on=order.ordered_on or want.today, currency=order.currency
    )
    price = found.unit_price if found else None
    if price is None and order.currency == order.supplier.currency:
        price = offer.last_cost
    if price is None:
        return Decimal(0)
    return round_half_up(price * size.unit_factor / offer.unit_factor, PRICE_DECIMALS)
