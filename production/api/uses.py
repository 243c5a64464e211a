"""What a body says was used, and what came out beside."""

from typing import Any

from inventory.api.line_places import Named, find
from production.drafts import ComponentUse, OutputDraft
from sites.access import Access


def component_uses(rows: list[dict[str, Any]], site_id: int, access: Access) -> list[ComponentUse]:
    """Checked rows of `components` at a site, with the lots and places that they name."""
    items = [row.get("component") or row["item"] for row in rows]
    named = [
        Named(f"components.{place}", item.pk, site_id, row.get("lot"), row.get("location"))
        for place, (item, row) in enumerate(zip(items, rows, strict=True))
    ]
    return [
        ComponentUse(
            item_id=item.pk,
            quantity=row["quantity"],
            lot_id=where.lot_id,
            location_id=where.location_id,
            owner_id=row["owner"].pk if row.get("owner") else None,
        )
        for item, row, where in zip(items, rows, find(named, access), strict=True)
    ]


def given_outputs(rows: list[dict[str, Any]] | None) -> list[OutputDraft] | None:
    """Checked rows of `outputs`; None where the body names none."""
    if rows is None:
        return None
    return [
        OutputDraft(
            item_id=row["item"].pk,
            quantity=row["quantity"],
            lot_number=row.get("lot", ""),
            serial_numbers=row.get("serial_numbers", ()),
        )
        for row in rows
    ]
