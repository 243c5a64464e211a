"""How a demand is served, in words: from what, and who took the stock before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.ui.formats import number
from inventory.choices import DemandKind, DocumentKind
from inventory.drafts import LevelKey
from inventory.rules import availability
from inventory.selectors.allocations import Line, served_in_order, takers_before

NAMED_TAKERS = 2
PATHS = {
    DocumentKind.SALES_ORDER: "sales-orders",
    DocumentKind.PURCHASE_ORDER: "purchase-orders",
    DocumentKind.TRANSFER: "transfers",
    DocumentKind.MANUFACTURING_ORDER: "manufacturing-orders",
    DocumentKind.STOCK_COUNT: "stock-counts",
}


@dataclass(frozen=True)
class Served:
    """A line's availability with its date, what serves it, and who stands before it."""

    state: str
    expected_on: Any
    late_days: int
    served_by: str
    taken_by: str


def document_url(base: str, kind: str, document_id: int | None) -> str:
    """The page of a document below `/s/<site>/`; "" where it has none."""
    path = PATHS.get(DocumentKind(kind)) if kind in DocumentKind.values else None
    return f"{base}{path}/{document_id}/" if path and document_id else ""


def explain_url(site_code: str, item_id: int, company_code: str) -> str:
    """The drawer of the level of a company's item at a site; without a company, of all that use it there."""
    query = f"?{urlencode({'company': company_code})}" if company_code else ""
    return f"/s/{site_code}/stock/{item_id}/explain/{query}"


def served_lines(
    kind: DemandKind, keys: Iterable[LevelKey], decimals: dict[int, int], *, now: datetime
) -> dict[int, Served]:
    """How the lines of this kind that ask at these keys are served now, by line id; a handful of queries.

    `decimals` are those of each item's unit.
    """
    found: dict[int, Served] = {}
    for key, lines in served_in_order(set(keys), now=now, is_fresh=True).items():
        for line in lines:
            if line.demand.kind == kind:
                found[line.demand.line_id] = in_words(line, lines, decimals.get(key.item_id, 0))
    return found


def in_words(line: Line, lines: Sequence[Line], decimals: int) -> Served:
    """One demand of those at a key, which are in the order they are served."""
    state = availability.shown(line.availability, line.late_days) or "waiting"
    parts = ", ".join(_part(part, decimals) for part in line.parts)
    return Served(state, line.expected_on, line.late_days, parts, _taken(line, lines, decimals))


def _part(part: Any, decimals: int) -> str:
    amount = number(part.quantity, decimals)
    if part.supply is None:
        return _("%(amount)s on hand") % {"amount": amount}
    return _("%(amount)s of %(number)s") % {"amount": amount, "number": part.supply.document_number}


def _taken(line: Line, lines: Sequence[Line], decimals: int) -> str:
    """What it stays short by and who took before it; nothing for what is in stock in time."""
    if line.availability == "in_stock" and not line.late_days:
        return ""
    words = [
        _("%(number)s took %(amount)s")
        % {"number": taker.demand.document_number, "amount": number(taker.served_quantity, decimals)}
        for taker in takers_before(lines, line, most=NAMED_TAKERS)
    ]
    if line.short_quantity > 0:
        words.insert(0, _("%(amount)s short") % {"amount": number(line.short_quantity, decimals)})
    return "; ".join(words)
