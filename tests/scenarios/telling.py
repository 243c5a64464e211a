"""Short words for the stories of this folder: work as the workers do, and read what stands there then."""

from decimal import Decimal
from unittest import mock

from core import drainer, invariants
from inventory.models import Allocation, CostPool, Demand, DocumentStatus, Lot, StockLevel
from inventory.services.adjustments import AdjustmentLine, adjust

ZERO = Decimal(0)


def work(cast):
    """Do what the workers would do now, and prove that all holds."""
    drainer.drain(now=lambda: cast.now)
    with mock.patch("core.clock.now", return_value=cast.now):
        assert [outcome for outcome in invariants.check() if not outcome.is_ok] == []


def put(cast, site, item, quantity, unit_cost, owner=None, lot=""):
    """Stock from nowhere; of a tracked item in a lot of NORDWOOD."""
    lot_id = Lot.objects.get_or_create(item=item, issuer=cast.maker, number=lot)[0].pk if lot else None
    line = AdjustmentLine(item_id=item.pk, quantity=Decimal(quantity), unit_cost=Decimal(unit_cost), lot_id=lot_id)
    owner_id = owner.pk if owner else None
    return adjust(site_id=site.pk, owner_id=owner_id, reason="Opening", lines=[line], now=cast.now, actor=None)


def level(item, site, used_by):
    """on hand, committed, expected, in transit, projected: as the workers wrote them; nothing written is nothing."""
    row = StockLevel.objects.filter(item=item, site=site, used_by=used_by).first() or StockLevel()
    return row.on_hand, row.committed, row.expected, row.in_transit, row.projected


def pools(item):
    """What an item is worth: (kind, owner, site) → (quantity, value); what is empty is left out."""
    rows = CostPool.objects.filter(item=item).exclude(quantity=0, value=0)
    return {
        (kind, owner, site or ""): (quantity, value)
        for kind, owner, site, quantity, value in rows.values_list(
            "kind", "owner__code", "site__code", "quantity", "value"
        )
    }


def status(kind, document):
    """How a document stands: availability, complete on, days late; None when nothing is open."""
    rows = DocumentStatus.objects.filter(document_kind=kind, document_id=document.pk)
    return rows.values_list("availability", "complete_on", "late_days").first()


def served(line_id):
    """How a sales line is served: how much of it, and how."""
    demand = Demand.objects.get(kind="sales_line", line_id=line_id)
    row = Allocation.objects.get(demand_id=demand.pk)
    return row.served_quantity, row.availability
