"""Serial numbers: one piece each, in stock once."""

from collections.abc import Sequence
from decimal import Decimal

from core.errors import InvalidInput
from inventory.drafts import Deposit
from inventory.locks.lots import in_stock, lock_serials
from inventory.rules.valuing import ZERO
from inventory.services.working_set import WorkingSet


def check(work: WorkingSet, deposits: Sequence[Deposit] = ()) -> None:
    """Refuse a posting about to be written that brings a serial number which is in stock already, or brings it twice.

    What only changes its place is let through. Locks the lots; the caller holds the balances' locks.

    :raises InvalidInput: naming the `lot` of each deposit that brings one too many.
    """
    brought: dict[int, Decimal] = {}
    for (_, _, lot_id, _), difference in work.differences.items():
        if lot_id is not None:
            brought[lot_id] = brought.get(lot_id, ZERO) + difference
    coming = {lot_id for lot_id, quantity in brought.items() if quantity > 0}
    names = lock_serials(coming) if coming else {}
    there = in_stock(names) if names else {}
    fields = {deposit.lot_id: _lot_field(deposit) for deposit in deposits}
    errors = {
        fields.get(lot_id, "lot"): f"{name} is in stock already, or named twice; a serial number is one piece."
        for lot_id, name in names.items()
        if there.get(lot_id, ZERO) + brought[lot_id] > 1
    }
    if errors:
        raise InvalidInput(errors=errors)


def _lot_field(deposit: Deposit) -> str:
    line, _, _ = deposit.field.rpartition(".")
    return f"{line}.lot" if line else "lot"
