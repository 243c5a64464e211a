"""Writing the quantities of order lines, one statement for any number of lines. The caller locks the document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from inventory.models import OrderLine
from inventory.selectors.ordering import Measured
from inventory.services.items import give_sight

# The table's name is the model's own word, never input.
_ADD_POSTED = """
UPDATE {table} AS line SET posted_quantity = line.posted_quantity + given.quantity
FROM unnest(%s::bigint[], %s::numeric[]) AS given(id, quantity)
WHERE line.id = given.id
"""

_CLOSE = """
UPDATE {table} AS line SET closed_quantity = line.quantity - line.posted_quantity, close_reason = %s
WHERE line.id = ANY(%s) AND line.quantity > line.posted_quantity + line.closed_quantity
"""


def add_posted(model: type[OrderLine], quantities: Mapping[int, Decimal]) -> None:
    """Add to the posted quantities (a reversal: less than 0), by line id, in the stocking unit.

    A check constraint refuses what would go over the ordered quantity or below 0.
    """
    _run(_ADD_POSTED, model, [list(quantities), list(quantities.values())])


def close_open(model: type[OrderLine], line_ids: list[int], *, reason: str) -> None:
    """Release what is open on these lines: it counts as closed short."""
    _run(_CLOSE, model, [reason, line_ids])


def give_first_sight(measured: Iterable[tuple[int, Measured]]) -> None:
    """Let each company see the items that its lines use for the first time; a statement a company, mostly none."""
    first: defaultdict[int, set[int]] = defaultdict(set)
    for company_id, size in measured:
        if size.is_first_use:
            first[company_id].add(size.item_id)
    for company_id in sorted(first):
        give_sight(first[company_id], company_id)


def _run(sql: str, model: type[OrderLine], params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=model._meta.db_table), params)
