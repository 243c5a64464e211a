"""What a posting brings for one demand alone: reserved as it is put down, and let go when it is taken back.

Written between the locks of the balances and those of the cost pools, where a shipment locks its pins too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from inventory.choices import ON_HAND_KINDS
from inventory.drafts import Deposit
from inventory.locks import pins
from inventory.locks.stock import Place
from inventory.rules.valuing import ZERO
from inventory.services.working_set import WorkingSet


def hold(work: WorkingSet, deposits: Sequence[Deposit], today: date) -> None:
    """Reserve what the deposits bring for a demand, as far as that is open and not pinned.

    Only what may be shipped at the demand's own key: neither blocked goods, nor those at another site or of somebody
    else. The caller holds the balances' locks. A demand that shrinks meanwhile is put right by the next recompute.
    """
    wanted = [deposit for deposit in deposits if deposit.reserved_for_demand_id is not None]
    if not wanted:
        return
    rooms = pins.rooms({deposit.reserved_for_demand_id or 0 for deposit in wanted})
    held: defaultdict[int, Decimal] = defaultdict(Decimal)
    for deposit in wanted:
        demand_id = deposit.reserved_for_demand_id or 0
        place = (deposit.item_id, deposit.location_id, deposit.lot_id, deposit.owner_id)
        stock = work.stocks.get(place)
        if stock is None or demand_id not in rooms or rooms[demand_id][0] != stock.key:
            continue
        if stock.location_kind not in ON_HAND_KINDS or stock.blocked_reason(today) is not None:
            continue
        part = min(deposit.quantity, rooms[demand_id][1] - held[demand_id])
        if part > 0:
            work.release(place, -part)
            held[demand_id] += part
    if kept := {demand_id: held[demand_id] for demand_id in sorted(held) if held[demand_id] > 0}:
        pins.peg(kept)


def let_go(work: WorkingSet, demand_id: int, differences: Mapping[Place, Decimal]) -> None:
    """What is taken away from these places again (differences below 0) is no longer reserved for a demand.

    The caller holds the balances' locks.
    """
    found = pins.lock_of_demand(demand_id)
    if found is None:
        return
    key, own = found
    for place, difference in differences.items():
        stock = work.stocks[place]
        part = min(-difference, stock.reserved, own.left) if stock.key == key else ZERO
        if part > 0:
            stock.reserved -= part
            work.release(place, part)
            own.used += part
    pins.use({0: own})
