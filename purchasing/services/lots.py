"""The lots of a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from purchasing.drafts import Planned

# A lot that is there keeps its dates; the select sees it, and those just written are returned.
_PUT = """
WITH given AS (
    SELECT DISTINCT ON (item_id, lower(number)) * FROM unnest(
        %(items)s::bigint[], %(numbers)s::text[], %(began)s::date[], %(expires)s::date[]
    ) AS given(item_id, number, began_on, expires_on)
    ORDER BY item_id, lower(number)
), written AS (
    INSERT INTO inventory_lot (item_id, issuer_id, number, kind, state, state_reason, began_on, expires_on,
                               source_kind, stage, version)
    SELECT item_id, %(issuer)s, number, 'stock', 'ok', '', coalesce(began_on, %(on)s), expires_on, '', '', 1
    FROM given ORDER BY item_id, lower(number)
    ON CONFLICT DO NOTHING
    RETURNING id, item_id, number
)
SELECT id, item_id, lower(number) FROM written
UNION
SELECT lot.id, lot.item_id, lower(lot.number) FROM inventory_lot lot JOIN given
    ON given.item_id = lot.item_id AND lower(given.number) = lower(lot.number)
    AND lot.issuer_id = %(issuer)s AND lot.kind = 'stock'
"""


@dataclass(frozen=True)
class Issued:
    """Who issued the lots, and the day that new ones begin on."""

    issuer_id: int
    on: date


def lots_of(parts: Sequence[Planned], issued: Issued) -> dict[str, int]:
    """The lot of each part that names one, by the part's field; a number that the supplier never issued is made.

    One statement for all. Whether a serial number is in stock already, posting looks.
    """
    named = [part for part in parts if part.lot_number and part.lot_id is None]
    by_number = _put(named, issued) if named else {}
    lots = {part.field: part.lot_id for part in parts if part.lot_id is not None}
    return lots | {part.field: by_number[part.item_id, part.lot_number.lower()] for part in named}


def _put(named: Sequence[Planned], issued: Issued) -> dict[tuple[int, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT,
            {
                "items": [part.item_id for part in named],
                "numbers": [part.lot_number for part in named],
                "began": [part.began_on for part in named],
                "expires": [part.expires_on for part in named],
                "issuer": issued.issuer_id,
                "on": issued.on,
            },
        )
        return {(item_id, number): lot_id for lot_id, item_id, number in cursor.fetchall()}
