"""Numbers of new orders: those given are checked, the others are the company's next ones."""

from collections.abc import Sequence

from core import numbers
from core.errors import InvalidInput
from inventory.models import Document


def number(orders: Sequence[Document], prefixes: Sequence[str], *, series: str) -> None:
    """Give each new order without a number the company's next one of a series (`SO`).

    The sequences stay locked until the commit. `prefixes` are the paths of the orders in the caller's input.

    :raises InvalidInput: for a number given that is taken, or is of those that the system gives.
    """
    _check_given(orders, prefixes, series)
    waiting: dict[int, list[Document]] = {}
    for order in orders:
        if not order.number:
            waiting.setdefault(order.company_id, []).append(order)
    for company_id in sorted(waiting):
        taken = numbers.take(company_id, series, len(waiting[company_id]))
        for order, next_number in zip(waiting[company_id], taken, strict=True):
            order.number = next_number


def _check_given(orders: Sequence[Document], prefixes: Sequence[str], series: str) -> None:
    given = [order for order in orders if order.number]
    if not given:
        return
    rows = type(given[0])._default_manager.filter(
        company_id__in={order.company_id for order in given}, number__in=[order.number for order in given]
    )
    seen = set(rows.values_list("company_id", "number"))
    errors: dict[str, str] = {}
    for order, prefix in zip(orders, prefixes, strict=True):
        key = (order.company_id, order.number)
        if order.number.upper().startswith(f"{series}-"):
            errors[f"{prefix}number"] = f"Numbers that begin with {series}- are given by the system."
        elif order.number and key in seen:
            errors[f"{prefix}number"] = f"“{order.number}” is taken."
        seen.add(key)
    if errors:
        raise InvalidInput(errors=errors)
