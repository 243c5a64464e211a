"""Making sales orders, one or many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import inserts, numbers
from core.clock import local_date
from core.errors import InvalidInput
from core.transactions import service
from sales import events
from sales.drafts import OrderDraft
from sales.models import Customer, SalesOrder
from sales.services import demands
from sales.services.sales_orders import lines as order_lines
from sales.services.sales_orders.opening import open_locked
from sites.access import PLANNERS, require
from sites.models import Company, Site
from sites.rules import check_currency

PREFIX = "SO"


def create(draft: OrderDraft, *, is_open: bool = False, now: datetime, actor: Any) -> SalesOrder:
    """A new sales order: a quote, or with `is_open` one that is open at once.

    Each line freezes the factor of its unit; the price defaults to the item's list price. A quote keeps DRAFT demand.
    Emits `sales_order.created`, and with `is_open` `sales_order.opened`.

    :raises InvalidInput: naming each field that is wrong, such as `lines.0.quantity`.
    """
    return _create([draft], prefixes=[""], is_open=is_open, now=now, actor=actor)[0]


def create_many(drafts: Sequence[OrderDraft], *, is_open: bool = False, now: datetime, actor: Any) -> list[SalesOrder]:
    """Many new sales orders, all or none, in a number of statements that does not depend on how many.

    :raises InvalidInput: as `create`, each field behind the order's place: `3.lines.0.quantity`.
    """
    prefixes = [f"{place}." for place in range(len(drafts))]
    return _create(drafts, prefixes=prefixes, is_open=is_open, now=now, actor=actor)


@service
def _create(
    drafts: Sequence[OrderDraft], *, prefixes: Sequence[str], is_open: bool, now: datetime, actor: Any
) -> list[SalesOrder]:
    if not drafts:
        return []
    parties = _look_up(drafts, prefixes)
    for company_id, site_id in {(known.company.pk, known.site.pk) for known in parties}:
        require(actor, company_id=company_id, site_id=site_id, roles=PLANNERS)

    orders = [_order(draft, known, now=now, actor=actor) for draft, known in zip(drafts, parties, strict=True)]
    wanted = [
        order_lines.Wanted(order, line, f"{prefix}lines.{place}", place + 1)
        for order, draft, prefix in zip(orders, drafts, prefixes, strict=True)
        for place, line in enumerate(draft.lines)
    ]
    built = order_lines.build(wanted, actor=actor)

    _number(orders, prefixes)
    inserts.insert(orders)
    for line in built:
        line.order_id = line.order.pk
    inserts.insert(built)

    # An order that is open at once writes its demand when it is opened.
    keys = frozenset() if is_open else demands.put([(line.order, line) for line in built])
    events.record_orders("created", orders, keys=keys, actor=actor)
    if is_open:
        open_locked(orders, built, now=now, actor=actor)
    return orders


@dataclass(frozen=True)
class _Parties:
    customer: Customer
    site: Site
    company: Company
    owner: Company


def _look_up(drafts: Sequence[OrderDraft], prefixes: Sequence[str]) -> list[_Parties]:
    customers = Customer.objects.select_related("party").in_bulk({draft.customer_id for draft in drafts})
    sites = Site.objects.select_related("default_owner").in_bulk({draft.site_id for draft in drafts})
    named = {draft.company_id for draft in drafts} | {draft.owner_id for draft in drafts}
    companies = Company.objects.in_bulk(named - {None})
    found: list[_Parties] = []
    errors: dict[str, str] = {}
    for draft, prefix in zip(drafts, prefixes, strict=True):
        try:
            found.append(_parties(draft, customers, sites, companies))
        except InvalidInput as error:
            errors |= {prefix + name: text for name, text in error.errors.items()}
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _parties(
    draft: OrderDraft, customers: dict[int, Customer], sites: dict[int, Site], companies: dict[int, Company]
) -> _Parties:
    site = sites.get(draft.site_id)
    if site is None or site.archived_at is not None:
        raise InvalidInput(errors={"site": "Not found." if site is None else f"{site.code} is archived."})
    company = companies.get(draft.company_id) if draft.company_id else site.default_owner
    owner = companies.get(draft.owner_id) if draft.owner_id else company
    if company is None or owner is None:
        raise InvalidInput(errors={"company" if company is None else "owner": "Not found."})
    customer = customers.get(draft.customer_id)
    if customer is None or customer.company_id != company.pk:
        raise InvalidInput(errors={"customer": f"{company.code} has no such customer."})
    if customer.archived_at is not None:
        raise InvalidInput(errors={"customer": f"{customer.code} is archived."})
    if not draft.lines:
        raise InvalidInput(errors={"lines": "An order needs at least one line."})
    return _Parties(customer, site, company, owner)


def _order(draft: OrderDraft, known: _Parties, *, now: datetime, actor: Any) -> SalesOrder:
    return SalesOrder(
        company=known.company,
        owner=known.owner,
        customer=known.customer,
        site=known.site,
        number=draft.number.strip(),
        currency=check_currency(draft.currency or known.customer.currency),
        ordered_on=draft.ordered_on or local_date(now, known.site.time_zone),
        need_by_on=draft.need_by_on,
        promised_on=draft.promised_on,
        note=draft.note,
        external_reference=draft.external_reference,
        created_by_id=getattr(actor, "pk", None),
    )


def _number(orders: Sequence[SalesOrder], prefixes: Sequence[str]) -> None:
    """Give each order without a number the company's next one; the sequence stays locked until the commit."""
    _check_given(orders, prefixes)
    waiting: dict[int, list[SalesOrder]] = {}
    for order in orders:
        if not order.number:
            waiting.setdefault(order.company_id, []).append(order)
    for company_id in sorted(waiting):
        taken = numbers.take(company_id, PREFIX, len(waiting[company_id]))
        for order, number in zip(waiting[company_id], taken, strict=True):
            order.number = number


def _check_given(orders: Sequence[SalesOrder], prefixes: Sequence[str]) -> None:
    given = [order for order in orders if order.number]
    if not given:
        return
    rows = SalesOrder.objects.filter(
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
