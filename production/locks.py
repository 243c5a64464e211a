"""Every lock that production takes. Orders first, sorted by id; the ledger locks what it needs after them."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef

from core.errors import NotFound
from inventory.models import Demand
from production.choices import OUTPUT_KINDS
from production.models import BillOfMaterials, ManufacturingOrder, ManufacturingOrderComponent, Routing

# The two halves of a cycle may come from two transactions, so changes of recipes go one by one.
_STRUCTURE = 0x6D666702

_OUTPUTS = ManufacturingOrderComponent.objects.filter(order=OuterRef("pk"), kind__in=OUTPUT_KINDS)


def structure() -> None:
    """Keep all other changes of bills of materials out until the transaction ends; readers don't wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_STRUCTURE])


def bill(bill_id: int) -> BillOfMaterials:
    """The bill of materials, locked. The caller holds `structure`.

    :raises NotFound: when there is none.
    """
    found = BillOfMaterials.objects.select_for_update(no_key=True, of=("self",)).filter(pk=bill_id).first()
    if found is None:
        raise NotFound(f"There is no bill of materials {bill_id}.")
    return found


def routing(routing_id: int) -> Routing:
    """The routing, locked.

    :raises NotFound: when there is none.
    """
    found = Routing.objects.select_for_update(no_key=True, of=("self",)).filter(pk=routing_id).first()
    if found is None:
        raise NotFound(f"There is no routing {routing_id}.")
    return found


def orders(order_ids: Iterable[int]) -> list[ManufacturingOrder]:
    """The orders, locked in order of their ids, with item, unit, site, company and bill.

    `has_outputs` says whether anything comes out beside what they make.

    :raises NotFound: naming the first that is missing.
    """
    wanted = sorted(set(order_ids))
    found: list[ManufacturingOrder] = list(
        ManufacturingOrder.objects.select_for_update(no_key=True, of=("self",))
        .select_related("item__unit", "site", "company", "bill")
        .annotate(has_outputs=Exists(_OUTPUTS))
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    if len(found) < len(wanted):
        missing = min(set(wanted) - {order.pk for order in found})
        raise NotFound(f"There is no manufacturing order {missing}.")
    return found


def order(order_id: int) -> ManufacturingOrder:
    """One order, locked.

    :raises NotFound: when there is none.
    """
    return orders([order_id])[0]


def demands(demand_ids: Iterable[int]) -> list[Demand]:
    """Demands that orders are about to be made for, locked in order of their ids: each is made for once."""
    wanted = sorted(set(demand_ids))
    return list(Demand.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))


def tasks_not_begun(order_ids: Iterable[int]) -> None:
    """Lock the tasks of these orders that wait or are ready, by id; for whoever judges which of them it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM production_task WHERE order_id = ANY(%s) AND state IN ('waiting', 'ready') "
            "ORDER BY id FOR NO KEY UPDATE",
            [sorted(order_ids)],
        )
