"""A transfer's rows in both registers: demand at the origin, supply at the destination."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.clock import local_date
from inventory.choices import DemandKind, DocumentKind, Firmness, SupplyKind, Tier, TransferState
from inventory.drafts import DemandDraft, LevelKey, SupplyDraft
from inventory.models import Transfer, TransferLine
from inventory.rules.order_steps import open_quantity
from inventory.rules.transfers import OPEN_STATES, in_transit, to_come
from inventory.selectors import consignment
from inventory.services import registers

_FIRMNESS = {TransferState.DRAFT: Firmness.DRAFT, TransferState.PLANNED: Firmness.PLANNED}


def put(transfer: Transfer, lines: Sequence[TransferLine]) -> frozenset[LevelKey]:
    """Write both registers of the lines as they stand, one statement each; returns the keys to recompute.

    The caller holds the transfer's lock. Nothing is open of one that is received, closed or canceled. Work in progress
    is neither demand nor supply: the output of its order stands for it.
    """
    return put_many([(transfer, lines)])


def put_many(rows: Sequence[tuple[Transfer, Sequence[TransferLine]]]) -> frozenset[LevelKey]:
    """The same for many transfers at once; whose the goods become is asked once for each owner, place and day."""
    goods = [(transfer, [line for line in lines if line.wip_lot_id is None]) for transfer, lines in rows]
    goods = [(transfer, lines) for transfer, lines in goods if lines]
    if not goods:
        return frozenset()
    users = _users(goods)
    demands = [_demand(transfer, line) for transfer, lines in goods for line in lines]
    supplies = [
        _supply(transfer, line, users[_way(transfer)][line.item_id]) for transfer, lines in goods for line in lines
    ]
    return registers.put_demands(demands) | registers.put_supplies(supplies)


def close(line_ids: Sequence[int]) -> frozenset[LevelKey]:
    """These lines are gone from both registers."""
    return registers.close_demands(DemandKind.TRANSFER_OUT, line_ids) | registers.close_supplies(
        SupplyKind.TRANSFER_IN, line_ids
    )


def _is_open(transfer: Transfer) -> bool:
    return transfer.state == TransferState.DRAFT or transfer.state in OPEN_STATES


def _demand(transfer: Transfer, line: TransferLine) -> DemandDraft:
    return DemandDraft(
        kind=DemandKind.TRANSFER_OUT,
        line_id=line.pk,
        company_id=transfer.company_id,
        item_id=line.item_id,
        site_id=transfer.origin_id,
        used_by_id=transfer.company_id,
        document_kind=DocumentKind.TRANSFER,
        document_id=transfer.pk,
        document_number=transfer.number,
        open_quantity=open_quantity(line) if _is_open(transfer) else Decimal(0),
        due_on=line.need_by_on or local_date(transfer.created_at, transfer.origin.time_zone),
        firmness=_FIRMNESS.get(TransferState(transfer.state), Firmness.FIRM),
        party_name=transfer.destination.name,
        tier=Tier.RANKED if transfer.source_kind else Tier.TRANSFER,
        priority_id=transfer.priority_id,
    )


def _way(transfer: Transfer) -> tuple[int, int, date]:
    on = transfer.expected_on or local_date(transfer.created_at, transfer.destination.time_zone)
    return transfer.owner_id, transfer.destination_id, on


def _users(goods: Sequence[tuple[Transfer, Sequence[TransferLine]]]) -> dict[tuple[int, int, date], dict[int, int]]:
    """Who may use what arrives: who consigns his goods at the destination sends them for somebody else's demand."""
    items: dict[tuple[int, int, date], set[int]] = {}
    for transfer, lines in goods:
        items.setdefault(_way(transfer), set()).update(line.item_id for line in lines)
    return {
        (owner_id, site_id, on): consignment.users_of(item_ids=item_ids, owner_id=owner_id, site_id=site_id, on=on)
        for (owner_id, site_id, on), item_ids in items.items()
    }


def _supply(transfer: Transfer, line: TransferLine, used_by_id: int) -> SupplyDraft:
    is_open = _is_open(transfer)
    return SupplyDraft(
        kind=SupplyKind.TRANSFER_IN,
        line_id=line.pk,
        company_id=transfer.company_id,
        item_id=line.item_id,
        site_id=transfer.destination_id,
        used_by_id=used_by_id,
        document_kind=DocumentKind.TRANSFER,
        document_id=transfer.pk,
        document_number=transfer.number,
        open_quantity=to_come(line) if is_open else Decimal(0),
        due_on=line.expected_on or local_date(transfer.created_at, transfer.destination.time_zone),
        firmness=_FIRMNESS.get(TransferState(transfer.state), Firmness.FIRM),
        party_name=transfer.origin.name,
        in_transit_quantity=in_transit(line) if is_open else Decimal(0),
        origin_id=transfer.origin_id,
    )
