"""Making purchase orders, one or many at a time."""

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
from purchasing import events
from purchasing.drafts import OrderDraft
from purchasing.models import PurchaseOrder, Supplier
from purchasing.services import supplies
from purchasing.services.purchase_orders import lines as order_lines
from purchasing.services.purchase_orders.ordering import order_locked
from sites.access import PLANNERS, require
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
    check_drafts(drafts, prefixes)
    known = _look_up(drafts, prefixes)
    for company_id, site_id in {(each.company.pk, each.site.pk) for each in known}:
        require(actor, company_id=company_id, site_id=site_id, roles=PLANNERS)

    orders = [_order(draft, each, actor=actor) for draft, each in zip(drafts, known, strict=True)]
    wanted = [
        order_lines.Wanted(order, line, f"{prefix}lines.{place}", place + 1, local_date(now, order.site.time_zone))
        for order, draft, prefix in zip(orders, drafts, prefixes, strict=True)
        for place, line in enumerate(draft.lines)
    ]
    built = order_lines.build(wanted, actor=actor)

    number(orders, prefixes, series=PREFIX)
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


def _look_up(drafts: Sequence[OrderDraft], prefixes: Sequence[str]) -> list[Parties[Supplier]]:
    suppliers = Supplier.objects.select_related("party").in_bulk({draft.supplier_id for draft in drafts})
    return parties.look_up(drafts, [suppliers.get(draft.supplier_id) for draft in drafts], prefixes, noun="supplier")


def _order(draft: OrderDraft, known: Parties[Supplier], *, actor: Any) -> PurchaseOrder:
    return PurchaseOrder(
        company=known.company,
        owner=known.owner,
        supplier=known.partner,
        site=known.site,
        number=draft.number.strip(),
        currency=check_currency(draft.currency or known.partner.currency),
        ordered_on=draft.ordered_on,
        expected_on=draft.expected_on,
        note=draft.note,
        external_reference=draft.external_reference,
        created_by_id=getattr(actor, "pk", None),
    )
