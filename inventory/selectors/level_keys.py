"""Which keys there are: those of levels, of balances and of open registers together."""

from collections.abc import Iterator

from django.db import connection

from inventory.drafts import LevelKey
from inventory.models import Item

# Every place where a key can first appear; `{where}` narrows each of them.
_EVERYWHERE = """
SELECT item_id, site_id, used_by_id FROM inventory_stocklevel {where}
UNION
SELECT item_id, site_id, used_by_id FROM inventory_stockbalance {where}
UNION
SELECT item_id, site_id, used_by_id FROM inventory_demand {where_open}
UNION
SELECT item_id, site_id, used_by_id FROM inventory_supply {where_open}
ORDER BY 1, 2, 3
"""

# What the drainer has still to do.
WAITING = """
SELECT (key ->> 0)::bigint, (key ->> 1)::bigint, (key ->> 2)::bigint
FROM core_outboxevent CROSS JOIN LATERAL jsonb_array_elements(keys) AS key
WHERE handler = 'levels' AND done_at IS NULL AND dead_at IS NULL
"""


def all_keys(items_at_once: int = 2_000) -> Iterator[list[LevelKey]]:
    """Every key, a few items at a time, with no transaction left open between."""
    after = 0
    while ids := list(Item.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:items_at_once]):
        yield keys_at(ids, None, None)
        after = ids[-1]


def keys_at(item_ids: list[int] | None, site_ids: list[int] | None, used_by_ids: list[int] | None) -> list[LevelKey]:
    """The keys of these items, sites and companies (None: of all), whether or not they have a level yet."""
    names = {"item_id": item_ids, "site_id": site_ids, "used_by_id": used_by_ids}
    conditions = [f"{name} = ANY(%({name})s)" for name, ids in names.items() if ids is not None]
    where = "WHERE " + " AND ".join(conditions or ["TRUE"])
    with connection.cursor() as cursor:
        cursor.execute(_EVERYWHERE.format(where=where, where_open=f"{where} AND closed_at IS NULL"), names)
        return [LevelKey(*row) for row in cursor.fetchall()]


def waiting_keys() -> set[LevelKey]:
    """Keys whose recompute has been asked for and is not done."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return {LevelKey(*row) for row in cursor.fetchall()}
