"""Many lots at once, by item, issuer and number, for imports."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Lower

from core.upserts import Put, Wanted, put
from inventory.choices import LotKind
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.models import Lot, StockBalance
from inventory.services.items import require_some_planner

LotKey = tuple[int, int | None, str]


def put_many(rows: Sequence[tuple[LotKey, Mapping[str, Any]]], *, actor: Any) -> Put[Lot]:
    """Write lots by (item id, issuer id or None, number) with checked dates; what is not given stays.

    Marks the levels with stock of the lots that change for recompute. Emits `lot.changed` then.
    """
    require_some_planner(actor)
    numbers = {number.lower() for (_, _, number), _ in rows}
    queryset = Lot.objects.filter(item__in={key[0] for key, _ in rows}, kind=LotKind.STOCK)
    lots = queryset.annotate(_key=Lower("number")).filter(_key__in=numbers)
    known = {(lot.item_id, lot.issuer_id, lot.number.lower()): lot for lot in lots}
    wanted = []
    for (item_id, issuer_id, number), fields in rows:
        lot = known.get((item_id, issuer_id, number.lower()))
        new = {"item_id": item_id, "issuer_id": issuer_id, "number": number}
        wanted.append(Wanted(lot, dict(fields) if lot else {**fields, **new}))
    result = put(Lot, wanted)
    balances = StockBalance.objects.filter(lot__in=[lot.pk for lot in result.changed], quantity__gt=0)
    keys = {LevelKey(*row) for row in balances.values_list("item_id", "site_id", "used_by_id")}
    if keys:
        record_change("lot.changed", keys=keys, company_ids=[], actor=actor)
    return result
