"""The attention list in words: why, and the one thing to do."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.selectors.attention import (
    Attention,
    BlockedLot,
    OverduePurchase,
    OverdueTransfer,
)
from analytics.selectors.shortages import Shortage
from analytics.selectors.value import Value
from core.ui.formats import day, money, number
from production.web import rank_rows
from production.web.rank_rows import Row
from sites.access import PLANNERS, WRITERS, Access


@dataclass(frozen=True)
class Entry:
    """One entry; `weight` is what waiting costs, and sorts the list. The component names the other members."""

    state: str
    title: str
    why: str
    cost: str
    url: str
    action: dict[str, str] | None
    live: str
    weight: Decimal


class Writer:
    """Writes entries for a page whose addresses begin with `/s/<site>/`."""

    def __init__(self, site_code: str, access: Access) -> None:
        self.base = f"/s/{site_code}/"
        self.access = access

    def entries(self, found: Attention) -> list[Entry]:
        """All of them, the dearest first; different currencies are compared as they stand."""
        rows = [
            *map(self.shortage, found.shortages),
            *map(self.late_order, rank_rows.rows(found.late_orders, self.access, base=self.base)),
            *map(self.transfer, found.transfers),
            *map(self.purchase, found.purchases),
            *map(self.lot, found.lots),
        ]
        return sorted(rows, key=lambda row: -row.weight)

    def shortage(self, row: Shortage) -> Entry:
        level, unit = row.level, row.level.item.unit
        amount = number(level.missing, unit.decimals)
        is_empty = level.available + level.expected < 0
        return Entry(
            "missing" if is_empty or row.shorts else "at_risk",
            _("%(item)s at %(site)s: %(amount)s missing")
            % {"item": level.item.sku, "site": level.site.name, "amount": amount},
            " ".join(filter(None, [self._stock_out(row), self._waiting(row), self._elsewhere(row)])),
            _("order by %(day)s") % {"day": day(row.order_by_on, weekday=True)} if row.order_by_on else _cost(row.cost),
            f"{self.base}stock/{level.item_id}/",
            self._remedy(row),
            f"level:{level.item_id}:{level.site_id}",
            row.cost.amount if row.cost else Decimal(0),
        )

    def late_order(self, row: Row) -> Entry:
        days = row.late_days or (row.today - row.need_on).days if row.need_on else row.late_days
        return Entry(
            "late",
            f"{row.number} {row.party if row.icon == 'sell' else row.items}: {_days_late(max(days, 1))}",
            _sentence(row.why) or _("Needed %(day)s.") % {"day": day(row.need_on) if row.need_on else "–"},
            _cost(Value(row.currency, row.amount) if row.amount else None),
            row.url,
            _link(_("Open"), row.url),
            f"document:{row.kind}:{row.id}",
            row.amount or Decimal(0),
        )

    def transfer(self, row: OverdueTransfer) -> Entry:
        flow = row.flow
        url = f"{self.base}transfers/{flow.id}/"
        amount = _("%(count)s lines") % {"count": flow.lines}
        due = day(flow.expected_on) if flow.expected_on else "–"
        if flow.quantity is not None:
            amount = number(flow.quantity, flow.decimals)
        return Entry(
            "in_transit",
            _("%(number)s %(origin)s to %(destination)s: %(late)s")
            % {
                "number": flow.number,
                "origin": flow.origin,
                "destination": flow.destination,
                "late": _overdue(row.late_days),
            },
            _("%(amount)s under way, due %(day)s, not received.") % {"amount": amount, "day": due},
            _cost(row.value),
            url,
            _link(_("Receive") if self._may_report(flow.company_id, flow.destination_id) else _("Open"), url),
            f"document:transfer:{flow.id}",
            row.value.amount if row.value else Decimal(0),
        )

    def purchase(self, row: OverduePurchase) -> Entry:
        order = row.order
        url = f"{self.base}purchase-orders/{order.pk}/"
        return Entry(
            "overdue",
            f"{order.number} {order.supplier.name}: {_overdue(row.late_days)}",
            _("Not received at %(site)s; a new date says who has to wait.") % {"site": order.site.name},
            _cost(row.amount),
            url,
            _link(_("Open"), url),
            f"document:purchase_order:{order.pk}",
            row.amount.amount if row.amount else Decimal(0),
        )

    def lot(self, row: BlockedLot) -> Entry:
        url = f"{self.base}stock/{row.item_id}/"
        reason = row.reason or _("No reason is given")
        return Entry(
            "blocked",
            _("%(item)s lot %(lot)s at %(site)s") % {"item": row.sku, "lot": row.number, "site": row.site},
            f"{reason}; {number(row.quantity)} {row.unit} " + _("blocked."),
            _cost(row.value),
            url,
            _link(_("Open"), url),
            f"level:{row.item_id}:*",
            row.value.amount if row.value else Decimal(0),
        )

    def _stock_out(self, row: Shortage) -> str:
        out = row.level.stock_out_on
        return _("Stock-out %(day)s.") % {"day": day(out)} if out else ""

    def _waiting(self, row: Shortage) -> str:
        if not row.shorts:
            return _("All orders are covered, the safety stock is not.")
        first = row.shorts[0]
        text = _("%(number)s stays %(amount)s short") % {"number": first.number, "amount": number(first.quantity)}
        more = len(row.shorts) - 1
        return text + (ngettext(", %d more waits.", ", %d more wait.", more) % more if more else ".")

    def _elsewhere(self, row: Shortage) -> str:
        if row.excess is None:
            return ""
        return _("%(site)s has %(amount)s excess.") % {
            "site": row.excess.site.name,
            "amount": number(row.excess.quantity),
        }

    def _remedy(self, row: Shortage) -> dict[str, str]:
        """Moving another site's excess before making, and making before buying; for who plans for the company."""
        level = row.level
        if not self.access.has_role(PLANNERS, company_id=level.used_by_id, site_id=level.site_id):
            return _link(_("Open"), f"{self.base}stock/{level.item_id}/")
        query: dict[str, Any] = {"item": level.item.sku, "quantity": f"{level.missing.normalize():f}"}
        if row.excess is not None:
            quantity = min(row.excess.quantity, level.missing)
            query |= {"quantity": f"{quantity.normalize():f}", "origin": row.excess.site.code}
            label = _("Move %(amount)s from %(site)s") % {"amount": number(quantity), "site": row.excess.site.code}
            return self._form("transfers", label, {**query, "destination": level.site.code})
        amount = number(level.missing)
        if row.is_made:
            label = _("Make %(amount)s") % {"amount": amount}
            return self._form("manufacturing-orders", label, {**query, "site": level.site.code})
        if row.is_bought:
            label = _("Buy %(amount)s") % {"amount": amount}
            return self._form("purchase-orders", label, {**query, "site": level.site.code})
        return _link(_("Open"), f"{self.base}stock/{level.item_id}/")

    def _form(self, noun: str, label: str, query: dict[str, Any]) -> dict[str, str]:
        return _link(label, f"{self.base}{noun}/new/?{urlencode(query)}")

    def _may_report(self, company_id: int, site_id: int) -> bool:
        """Whether what happens to goods of the company at the site is his to report."""
        return self.access.has_role(WRITERS, company_id=company_id, site_id=site_id, by_operator=True)


def _link(label: str, url: str) -> dict[str, str]:
    return {"label": label, "url": url, "method": "get"}


def _cost(value: Value | None) -> str:
    return money(value.amount, value.currency, 0) if value and value.amount else ""


def _sentence(text: str) -> str:
    """A reason as a sentence; it may begin with an SKU or a number."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _days_late(days: int) -> str:
    return ngettext("%d day late", "%d days late", days) % days


def _overdue(days: int) -> str:
    return ngettext("%d day overdue", "%d days overdue", days) % days
