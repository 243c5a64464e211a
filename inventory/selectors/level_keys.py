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
    where, names = _where(item_ids, site_ids, used_by_ids)
    with connection.cursor() as cursor:
        cursor.execute(_EVERYWHERE.format(where=where, where_open=f"{where} AND closed_at IS NULL"), names)
        return [LevelKey(*row) for row in cursor.fetchall()]


# Where a key can stand before its first recompute.
_WITHOUT_LEVEL = """
SELECT k.item_id, k.site_id, k.used_by_id
FROM (
    SELECT item_id, site_id, used_by_id FROM inventory_stockbalance {where}
    UNION
    SELECT item_id, site_id, used_by_id FROM inventory_demand {where_open}
    UNION
    SELECT item_id, site_id, used_by_id FROM inventory_supply {where_open}
) k
WHERE NOT EXISTS (
    SELECT 1 FROM inventory_stocklevel l
    WHERE l.used_by_id = k.used_by_id AND l.site_id = k.site_id AND l.item_id = k.item_id
)
ORDER BY 1, 2, 3 LIMIT %(most)s
"""


def keys_without_level(
    item_ids: list[int] | None, site_ids: list[int] | None, used_by_ids: list[int] | None, *, most: int
) -> list[LevelKey]:
    """Keys of balances and open registers that no worker has seen yet, at most so many."""
    where, names = _where(item_ids, site_ids, used_by_ids)
    sql = _WITHOUT_LEVEL.format(where=where, where_open=f"{where} AND closed_at IS NULL")
    with connection.cursor() as cursor:
        cursor.execute(sql, {**names, "most": most})
        return [LevelKey(*row) for row in cursor.fetchall()]


def waiting_keys() -> set[LevelKey]:
    """Keys whose recompute has been asked for and is not done."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return {LevelKey(*row) for row in cursor.fetchall()}


def _where(
    item_ids: list[int] | None, site_ids: list[int] | None, used_by_ids: list[int] | None
) -> tuple[str, dict[str, list[int] | None]]:
    names = {"item_id": item_ids, "site_id": site_ids, "used_by_id": used_by_ids}
    conditions = [f"{name} = ANY(%({name})s)" for name, ids in names.items() if ids is not None]
    return "WHERE " + " AND ".join(conditions or ["TRUE"]), names
