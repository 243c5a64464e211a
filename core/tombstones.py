"""Tombstones: what was deleted, for those who follow `updated_after`."""

from core.models import Tombstone


def leave(noun: str, row_id: int, *, company_id: int | None = None, site_id: int | None = None) -> None:
    """Say that a row of a noun (`price-breaks`) is gone, in the transaction that deletes it.

    Readers of `company_id` or of `site_id` hear of it; with neither, everybody.
    """
    Tombstone.objects.create(noun=noun, row_id=row_id, company_id=company_id, site_id=site_id)
