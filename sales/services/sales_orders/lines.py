"""From drafts to order lines: looked up, checked and converted for any number of lines at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput
from core.quantities import to_decimal
from inventory.rules.order_lines import check_price, price_in_unit
from inventory.selectors.exchange import rate_on
from inventory.selectors.ordering import Asked, Measured, check_sites, measured
from inventory.services.order_lines import give_first_sight
from sales.drafts import LineDraft
from sales.models import SalesOrder, SalesOrderLine


@dataclass(frozen=True)
class Wanted:
    """A draft, the order it belongs to (not yet saved, perhaps) and its path in the caller's input (`lines.0`)."""

    order: SalesOrder
    draft: LineDraft
    field: str
    line_no: int


def build(wanted: Sequence[Wanted], *, actor: Any) -> list[SalesOrderLine]:
    """The lines, unsaved, in the same order; a fixed number of queries.

    A company gets sight of an item that it uses for the first time.

    :raises InvalidInput: with all that is wrong in the quantities, else all that is wrong in the rest.
    """
    sizes = measured([_asked(want) for want in wanted], actor=actor)
    check_sites({f"{want.field}.site": want.draft.site_id for want in wanted})
    rates = _Rates()
    lines: list[SalesOrderLine] = []
    errors: dict[str, str] = {}
    for want, size in zip(wanted, sizes, strict=True):
        try:
            lines.append(_line(want, size, rates))
        except InvalidInput as error:
            errors |= {f"{want.field}.{name}": text for name, text in error.errors.items()}
    if errors:
        raise InvalidInput(errors=errors)
    give_first_sight((want.order.company_id, size) for want, size in zip(wanted, sizes, strict=True))
    return lines


def _asked(want: Wanted) -> Asked:
    draft = want.draft
    return Asked(want.order.company_id, draft.item_id, draft.quantity, want.field, draft.unit_id)


def _line(want: Wanted, size: Measured, rates: "_Rates") -> SalesOrderLine:
    order, draft = want.order, want.draft
    return SalesOrderLine(
        order=order,
        company_id=order.company_id,
        site_id=draft.site_id or order.site_id,
        line_no=want.line_no,
        item_id=size.item_id,
        ordered_quantity=size.ordered_quantity,
        unit_id=size.unit_id,
        unit_factor=size.unit_factor,
        quantity=size.quantity,
        posted_quantity=Decimal(0),
        closed_quantity=Decimal(0),
        need_by_on=draft.need_by_on or order.need_by_on,
        promised_on=draft.promised_on or order.promised_on,
        description=draft.description,
        unit_price=_price(want, size, rates),
        discount=check_discount(draft.discount),
        source_kind=draft.source_kind,
        source_id=draft.source_id,
    )


def _price(want: Wanted, size: Measured, rates: "_Rates") -> Decimal:
    """The price given; else the item's list price, in the order's currency and the line's unit; else 0."""
    if want.draft.unit_price is not None:
        return check_price(want.draft.unit_price, field="unit_price")
    if size.list_price is None:
        return Decimal(0)
    rate = rates.of(want.order)
    return check_price(price_in_unit(size.list_price * rate, size.unit_factor), field="unit_price")


def check_discount(value: object) -> Decimal:
    """:raises InvalidInput: unless it is a fraction."""
    discount = to_decimal(value, field="discount")
    if not 0 <= discount <= 1:
        raise InvalidInput(errors={"discount": f"{value} is not allowed; a discount is a fraction from 0 to 1."})
    return discount


class _Rates:
    """From the seller's currency to an order's, each asked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, date], Decimal] = {}

    def of(self, order: SalesOrder) -> Decimal:
        key = order.company_id, order.currency, order.ordered_on
        if key not in self._known:
            self._known[key] = rate_on(
                books_of=order.company,
                from_currency=order.company.currency,
                to_currency=order.currency,
                on=order.ordered_on,
            )
        return self._known[key]
