"""Reading demands and supplies, each within a reader's access."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from inventory.choices import COUNTED_FIRMNESS
from inventory.drafts import LevelKey
from inventory.models import Demand, Supply
from sites.access import Access

Row = TypeVar("Row", Demand, Supply)


def demands(access: Access) -> QuerySet[Demand]:
    """Demands of his companies, and any at his sites."""
    return Demand.objects.filter(access.q(companies=["used_by"], sites=["site"]))


def supplies(access: Access) -> QuerySet[Supply]:
    """Supplies of his companies, and any at his sites."""
    return Supply.objects.filter(access.q(companies=["used_by"], sites=["site"]))


def counted(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Those that levels and allocation count: open, planned or firm."""
    return rows.filter(closed_at=None, open_quantity__gt=0, firmness__in=[str(word) for word in COUNTED_FIRMNESS])


def at_keys(rows: QuerySet[Row], keys: Iterable[LevelKey]) -> QuerySet[Row]:
    """Those at these level keys, found by the index over the key's three columns."""
    keys = list(keys)
    table = rows.model._meta.db_table
    condition = RawSQL(
        f"({table}.used_by_id, {table}.site_id, {table}.item_id) IN "
        "(SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]))",
        [[key.used_by_id for key in keys], [key.site_id for key in keys], [key.item_id for key in keys]],
        output_field=BooleanField(),
    )
    return rows.filter(condition)


def key_of(row: Demand | Supply) -> LevelKey:
    """The level key of a row."""
    return LevelKey(row.item_id, row.site_id, row.used_by_id)
