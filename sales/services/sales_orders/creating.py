"""Making sales orders, one or many at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import inserts
from core.clock import local_date
from core.transactions import service
from inventory.services.orders import parties
from inventory.services.orders.dating import check_drafts
from inventory.services.orders.numbering import number
from inventory.services.orders.parties import Parties
from sales import events
from sales.drafts import OrderDraft
from sales.models import Customer, SalesOrder
from sales.services import demands
from sales.services.sales_orders import lines as order_lines
from sales.services.sales_orders.opening import open_locked
from sites.access import PLANNERS, require
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
    check_drafts(drafts, prefixes)
    known = _look_up(drafts, prefixes)
    for company_id, site_id in {(each.company.pk, each.site.pk) for each in known}:
        require(actor, company_id=company_id, site_id=site_id, roles=PLANNERS)

    orders = [_order(draft, each, now=now, actor=actor) for draft, each in zip(drafts, known, strict=True)]
    wanted = [
        order_lines.Wanted(order, line, f"{prefix}lines.{place}", place + 1)
        for order, draft, prefix in zip(orders, drafts, prefixes, strict=True)
        for place, line in enumerate(draft.lines)
    ]
    built = order_lines.build(wanted, actor=actor)

    number(orders, prefixes, series=PREFIX)
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


def _look_up(drafts: Sequence[OrderDraft], prefixes: Sequence[str]) -> list[Parties[Customer]]:
    customers = Customer.objects.select_related("party").in_bulk({draft.customer_id for draft in drafts})
    return parties.look_up(drafts, [customers.get(draft.customer_id) for draft in drafts], prefixes, noun="customer")


def _order(draft: OrderDraft, known: Parties[Customer], *, now: datetime, actor: Any) -> SalesOrder:
    return SalesOrder(
        company=known.company,
        owner=known.owner,
        customer=known.partner,
        site=known.site,
        number=draft.number.strip(),
        currency=check_currency(draft.currency or known.partner.currency),
        ordered_on=draft.ordered_on or local_date(now, known.site.time_zone),
        need_by_on=draft.need_by_on,
        promised_on=draft.promised_on,
        note=draft.note,
        external_reference=draft.external_reference,
        created_by_id=getattr(actor, "pk", None),
    )
