"""What production tells the world."""

from collections.abc import Iterable, Sequence
from typing import Any

from inventory.choices import DocumentKind
from inventory.drafts import LevelKey
from inventory.events import record_change
from production.models import BillOfMaterials, ManufacturingOrder

_ORDER = str(DocumentKind.MANUFACTURING_ORDER)


def record_order(verb: str, order: ManufacturingOrder, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `manufacturing_order.<verb>`; its company and the people of its site hear of it."""
    record_orders(verb, [order], keys=keys, actor=actor)


def record_orders(
    verb: str, orders: Sequence[ManufacturingOrder], *, keys: Iterable[LevelKey] = (), actor: Any
) -> None:
    """Record `manufacturing_order.<verb>` once for each company, and its level keys with it.

    One company must not hear of another's orders, and one event for all would tell it.
    """
    keys = frozenset(keys)
    companies = sorted({order.company_id for order in orders})
    for company_id in companies:
        own = [order for order in orders if order.company_id == company_id]
        record_change(
            f"{_ORDER}.{verb}",
            documents=[(_ORDER, order.pk) for order in own],
            keys=[key for key in keys if key.used_by_id == company_id],
            company_ids=[company_id],
            site_ids={order.site_id for order in own},
            actor=actor,
        )


def record_bill(verb: str, bill: BillOfMaterials, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `bill_of_materials.<verb>`; whoever follows it hears of it."""
    record_change(
        f"bill_of_materials.{verb}",
        documents=[("bill_of_materials", bill.pk)],
        keys=keys,
        company_ids=[bill.company_id] if bill.company_id else [],
        site_ids=[bill.site_id] if bill.site_id else [],
        actor=actor,
    )
