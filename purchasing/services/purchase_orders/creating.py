"""Making purchase orders, one or many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import inserts, numbers
from core.clock import local_date
from core.errors import InvalidInput
from core.transactions import service
from purchasing import events
from purchasing.drafts import OrderDraft
from purchasing.models import PurchaseOrder, Supplier
from purchasing.services import supplies
from purchasing.services.purchase_orders import lines as order_lines
from purchasing.services.purchase_orders.ordering import order_locked
from sites.access import PLANNERS, require
from sites.models import Company, Site
from sites.rules import check_currency

PREFIX = "PO"


def create(draft: OrderDraft, *, is_ordered: bool = False, now: datetime, actor: Any) -> PurchaseOrder:
    """A new purchase order: a draft, or with `is_ordered` one that is ordered at once.

    Each line freezes the factor of its unit; price and date default to the supplier's terms. A draft keeps DRAFT
    supply. Emits `purchase_order.created`, and with `is_ordered` `purchase_order.ordered`.

    :raises InvalidInput: naming each field that is wrong, such as `lines.0.quantity`.
    """
    return _create([draft], prefixes=[""], is_ordered=is_ordered, now=now, actor=actor)[0]


def create_many(
    drafts: Sequence[OrderDraft], *, is_ordered: bool = False, now: datetime, actor: Any
) -> list[PurchaseOrder]:
    """Many new purchase orders, all or none, in a number of statements that does not depend on how many.

    :raises InvalidInput: as `create`, each field behind the order's place: `3.lines.0.quantity`.
    """
    prefixes = [f"{place}." for place in range(len(drafts))]
    return _create(drafts, prefixes=prefixes, is_ordered=is_ordered, now=now, actor=actor)


@service
def _create(
    drafts: Sequence[OrderDraft], *, prefixes: Sequence[str], is_ordered: bool, now: datetime, actor: Any
) -> list[PurchaseOrder]:
    if not drafts:
        return []
    parties = _look_up(drafts, prefixes)
    for company_id, site_id in {(known.company.pk, known.site.pk) for known in parties}:
        require(actor, company_id=company_id, site_id=site_id, roles=PLANNERS)

    orders = [_order(draft, known, actor=actor) for draft, known in zip(drafts, parties, strict=True)]
    wanted = [
        order_lines.Wanted(order, line, f"{prefix}lines.{place}", place + 1, local_date(now, order.site.time_zone))
        for order, draft, prefix in zip(orders, drafts, prefixes, strict=True)
        for place, line in enumerate(draft.lines)
    ]
    built = order_lines.build(wanted, actor=actor)

    number(orders, prefixes)
    inserts.insert(orders)
    for line in built:
        line.order_id = line.order.pk
    inserts.insert(built)

    # An order that is ordered at once writes its supply when it is ordered.
    keys = frozenset() if is_ordered else supplies.put([(line.order, line) for line in built], now=now)
    events.record_orders("created", orders, keys=keys, actor=actor)
    if is_ordered:
        order_locked(orders, built, now=now, actor=actor)
    return orders


def number(orders: Sequence[PurchaseOrder], prefixes: Sequence[str]) -> None:
    """Give each order without a number the company's next one; the sequence stays locked until the commit.

    :raises InvalidInput: for a number given that is taken, or is of those that the system gives.
    """
    _check_given(orders, prefixes)
    waiting: dict[int, list[PurchaseOrder]] = {}
    for order in orders:
        if not order.number:
            waiting.setdefault(order.company_id, []).append(order)
    for company_id in sorted(waiting):
        taken = numbers.take(company_id, PREFIX, len(waiting[company_id]))
        for order, next_number in zip(waiting[company_id], taken, strict=True):
            order.number = next_number


@dataclass(frozen=True)
class _Parties:
    supplier: Supplier
    site: Site
    company: Company
    owner: Company


def _look_up(drafts: Sequence[OrderDraft], prefixes: Sequence[str]) -> list[_Parties]:
    suppliers = Supplier.objects.select_related("party").in_bulk({draft.supplier_id for draft in drafts})
    sites = Site.objects.select_related("default_owner").in_bulk({draft.site_id for draft in drafts})
    named = {draft.company_id for draft in drafts} | {draft.owner_id for draft in drafts}
    companies = Company.objects.in_bulk(named - {None})
    found: list[_Parties] = []
    errors: dict[str, str] = {}
    for draft, prefix in zip(drafts, prefixes, strict=True):
        try:
            found.append(_parties(draft, suppliers, sites, companies))
        except InvalidInput as error:
            errors |= {prefix + name: text for name, text in error.errors.items()}
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _parties(
    draft: OrderDraft, suppliers: dict[int, Supplier], sites: dict[int, Site], companies: dict[int, Company]
) -> _Parties:
    site = sites.get(draft.site_id)
    if site is None or site.archived_at is not None:
        raise InvalidInput(errors={"site": "Not found." if site is None else f"{site.code} is archived."})
    company = companies.get(draft.company_id) if draft.company_id else site.default_owner
    owner = companies.get(draft.owner_id) if draft.owner_id else company
    if company is None or owner is None:
        raise InvalidInput(errors={"company" if company is None else "owner": "Not found."})
    supplier = suppliers.get(draft.supplier_id)
    if supplier is None or supplier.company_id != company.pk:
        raise InvalidInput(errors={"supplier": f"{company.code} has no such supplier."})
    if supplier.archived_at is not None:
        raise InvalidInput(errors={"supplier": f"{supplier.code} is archived."})
    if not draft.lines:
        raise InvalidInput(errors={"lines": "An order needs at least one line."})
    return _Parties(supplier, site, company, owner)


def _order(draft: OrderDraft, known: _Parties, *, actor: Any) -> PurchaseOrder:
    return PurchaseOrder(
        company=known.company,
        owner=known.owner,
        supplier=known.supplier,
        site=known.site,
        number=draft.number.strip(),
        currency=check_currency(draft.currency or known.supplier.currency),
        ordered_on=draft.ordered_on,
        expected_on=draft.expected_on,
        note=draft.note,
        external_reference=draft.external_reference,
        created_by_id=getattr(actor, "pk", None),
    )


def _check_given(orders: Sequence[PurchaseOrder], prefixes: Sequence[str]) -> None:
    given = [order for order in orders if order.number]
    if not given:
        return
    rows = PurchaseOrder.objects.filter(
        company_id__in={order.company_id for order in given}, number__in=[order.number for order in given]
    )
    seen = set(rows.values_list("company_id", "number"))
    errors: dict[str, str] = {}
    for order, prefix in zip(orders, prefixes, strict=True):
        key = (order.company_id, order.number)
        if order.number.upper().startswith(f"{PREFIX}-"):
            errors[f"{prefix}number"] = f"Numbers that begin with {PREFIX}- are given by the system."
        elif order.number and key in seen:
            errors[f"{prefix}number"] = f"“{order.number}” is taken."
        seen.add(key)
    if errors:
        raise InvalidInput(errors=errors)
