"""Locks on inventory's own documents. A document's lock guards its lines, its register rows and its transit place."""

from core.errors import NotFound
from inventory.models import StockCount, Transfer


def transfer(transfer_id: int) -> Transfer:
    """A transfer, locked, with its two sites and its parties.

    :raises NotFound: when there is none.
    """
    found = (
        Transfer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("origin", "destination", "company", "owner")
        .filter(pk=transfer_id)
        .first()
    )
    if found is None:
        raise NotFound(f"There is no transfer {transfer_id}.")
    return found


def stock_count(count_id: int) -> StockCount:
    """A stock count, locked, with its site and owner.

    :raises NotFound: when there is none.
    """
    found = (
        StockCount.objects.select_for_update(no_key=True, of=("self",))
        .select_related("site", "company", "owner")
        .filter(pk=count_id)
        .first()
    )
    if found is None:
        raise NotFound(f"There is no stock count {count_id}.")
    return found
