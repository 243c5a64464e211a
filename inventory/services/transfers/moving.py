"""What goods of a transfer do: leave, arrive, get lost; and taking the latest of it back.

On their way they lie in the transfer's own TRANSIT location at the destination, with its own cost pools. The owner
never changes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from core.dates import happened_at
from core.errors import InvalidInput, NotFound, WrongState
from core.transactions import service
from inventory.choices import DocumentKind, LocationKind, PostingKind, TransferState
from inventory.drafts import Deposit, Posted, PostingDraft, Withdrawal
from inventory.errors import NothingToPost
from inventory.locks import documents as locks
from inventory.models import Posting, StockMove, Transfer, TransferLine
from inventory.rules import transfers as rules
from inventory.rules.transfers import Step
from inventory.selectors.ordering import Place, check_places
from inventory.selectors.places import receipt_locations, virtual_location, wip_locations
from inventory.services import reversal
from inventory.services.orders.blocking import refuse_blocked
from inventory.services.posting import post
from inventory.services.transfers import legs, registers, transit
from inventory.services.transfers.access import require_at_destination, require_at_origin
from inventory.services.transfers.consignment import check_agreements
from inventory.services.transfers.drafts import MovedOn, Movement
from inventory.services.transfers.parts import Chosen, choose, open_to_dispatch, open_to_receive
from inventory.services.transfers.recording import record

Quantities = Mapping[int, Decimal]

# The column that each kind of posting adds to.
_COLUMN = {
    PostingKind.DISPATCH: "posted_quantity",
    PostingKind.ARRIVAL: "received_quantity",
    PostingKind.DISCREPANCY: "lost_quantity",
}
_ADD = """
UPDATE inventory_transferline AS line SET {column} = line.{column} + given.quantity
FROM unnest(%s::bigint[], %s::numeric[]) AS given(id, quantity) WHERE line.id = given.id
"""


@service
def dispatch(
    transfer_id: int,
    movement: Movement | None = None,
    *,
    carrier: str = "",
    tracking_number: str = "",
    now: datetime,
    actor: Any,
) -> MovedOn:
    """Send what is named, or all that is open, on its way in one posting. Emits `transfer.dispatched`.

    Takes the company's own stock first, then consigned, unless a line names an owner. Locks the transfer, then what
    the ledger needs.

    :raises WrongState, DocumentBlocked: unless it is confirmed and free.
    :raises MoreThanOpen, InsufficientStock, InsufficientStocks: with the numbers.
    :raises NoSuchAgreement: for consigned stock that nobody may use at the destination.
    """
    movement = _checked(movement, now)
    transfer = locks.transfer(transfer_id)
    require_at_origin(actor, transfer)
    lines = _lines(transfer, Step.DISPATCH)
    chosen = choose(transfer, lines, movement.parts, possible=open_to_dispatch)
    _check_any(transfer, chosen, "is open to be dispatched")
    check_places([_place(one, transfer.origin_id) for one in chosen])

    location = transit.take(transfer)
    effective_at = movement.effective_at or now
    posted = post(
        _draft(transfer, PostingKind.DISPATCH, transfer.origin_id, effective_at),
        withdrawals=[_departure(transfer, one, location.pk) for one in chosen],
        absorbed=legs.transport(transfer, chosen),
        order_pool=legs.order_pool(transfer, lines),
        now=now,
        actor=actor,
    )
    check_agreements(transfer, posted, on=effective_at)

    transfer.dispatched_at = transfer.dispatched_at or effective_at
    transfer.carrier = carrier or transfer.carrier
    transfer.tracking_number = tracking_number or transfer.tracking_number
    return _move_on(transfer, lines, PostingKind.DISPATCH, _sums(chosen), posted, "dispatched", now=now, actor=actor)


@service
def receive(transfer_id: int, movement: Movement | None = None, *, now: datetime, actor: Any) -> MovedOn:
    """Take what is named, or all that is on its way, into stock at the destination. Emits `transfer.received`.

    Of several lots the oldest first, unless a line names one; each keeps its lot, owner and value. Locks the transfer,
    then what the ledger needs.

    :raises WrongState, DocumentBlocked: unless goods are on their way.
    :raises MoreThanOpen: with the numbers.
    """
    movement = _checked(movement, now)
    transfer = locks.transfer(transfer_id)
    require_at_destination(actor, transfer)
    lines = _lines(transfer, Step.RECEIVE)
    chosen = choose(transfer, lines, movement.parts, possible=open_to_receive)
    _check_any(transfer, chosen, "is on its way")
    check_places([_place(one._replace(lot_id=None), transfer.destination_id) for one in chosen])

    location = transit.take(transfer)
    goods = transit.pieces(location, chosen)
    places = _receipt_places(transfer, chosen)
    posted = post(
        _draft(transfer, PostingKind.ARRIVAL, transfer.destination_id, movement.effective_at or now),
        deposits=[_arrival(transfer, one, piece, location.pk, places) for one, piece in goods],
        order_pool=legs.order_pool(transfer, lines),
        now=now,
        actor=actor,
    )
    return _move_on(transfer, lines, PostingKind.ARRIVAL, _sums(chosen), posted, "received", now=now, actor=actor)


@service
def settle(transfer_id: int, movement: Movement | None = None, *, reason: str, now: datetime, actor: Any) -> MovedOn:
    """Give up what is named, or all that is still on its way: it is lost, and its value with it.

    Emits `transfer.settled`. Locks the transfer, then what the ledger needs.

    :raises InvalidInput: without a reason.
    :raises WrongState, DocumentBlocked, MoreThanOpen: as `receive`.
    """
    if not reason.strip():
        raise InvalidInput(errors={"reason": "Say what happened to the goods."})
    movement = _checked(movement, now)
    transfer = locks.transfer(transfer_id)
    require_at_destination(actor, transfer)
    lines = _lines(transfer, Step.SETTLE)
    chosen = choose(transfer, lines, movement.parts, possible=open_to_receive)
    _check_any(transfer, chosen, "is on its way")

    location = transit.take(transfer)
    goods = transit.pieces(location, chosen)
    scrap = virtual_location(transfer.destination_id, LocationKind.SCRAP)
    at = movement.effective_at or now
    posted = post(
        _draft(transfer, PostingKind.DISCREPANCY, transfer.destination_id, at, reason=reason.strip()),
        withdrawals=[_loss(transfer, one, piece, location.pk, scrap) for one, piece in goods],
        order_pool=legs.order_pool(transfer, lines),
        now=now,
        actor=actor,
    )
    return _move_on(transfer, lines, PostingKind.DISCREPANCY, _sums(chosen), posted, "settled", now=now, actor=actor)


@service
def reverse(transfer_id: int, *, reason: str = "", now: datetime, actor: Any) -> MovedOn:
    """Take the latest step of a transfer back: goods, lots, owners and values return. Emits `transfer.reversed`.

    :raises WrongState: when nothing was posted, or it is closed.
    :raises ReversalBlocked: naming what took the goods meanwhile.
    """
    transfer = locks.transfer(transfer_id)
    reversed_ids = Posting.objects.filter(
        source_kind=DocumentKind.TRANSFER, source_id=transfer.pk, reverses__isnull=False
    ).values_list("reverses_id", flat=True)
    latest = (
        Posting.objects.filter(source_kind=DocumentKind.TRANSFER, source_id=transfer.pk, reverses=None)
        .exclude(pk__in=list(reversed_ids))
        .order_by("-pk")
        .first()
    )
    return _take_back(transfer, latest, reason=reason, now=now, actor=actor)


@service
def undo_posting(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """The same for one posting of a transfer, be it the latest or not; for `inventory.services.undo`."""
    posting = Posting.objects.filter(pk=posting_id, source_kind=DocumentKind.TRANSFER).first()
    if posting is None or posting.source_id is None:
        raise NotFound("There is no posting of a transfer with that id.")
    return _take_back(locks.transfer(posting.source_id), posting, reason="", now=now, actor=actor).posted


def _checked(movement: Movement | None, now: datetime) -> Movement:
    movement = movement or Movement()
    happened_at(movement.effective_at, now=now)
    return movement


def _lines(transfer: Transfer, step: Step) -> list[TransferLine]:
    """The lines, for a step that the transfer's state and block allow."""
    rules.check(transfer.state, step, number=transfer.number)
    refuse_blocked(transfer)
    return list(transfer.lines.select_related("item__unit").order_by("line_no", "pk"))


def _check_any(transfer: Transfer, chosen: Sequence[Chosen], what: str) -> None:
    if not chosen:
        raise NothingToPost(number=transfer.number, what=what)


def _place(one: Chosen, site_id: int) -> Place:
    return Place(one.field, site_id, one.location_id, one.line.item_id, one.lot_id)


def _draft(
    transfer: Transfer, kind: PostingKind, site_id: int, effective_at: datetime, *, reason: str = ""
) -> PostingDraft:
    return PostingDraft(
        kind=kind,
        company_id=transfer.company_id,
        site_id=site_id,
        effective_at=effective_at,
        source_kind=DocumentKind.TRANSFER,
        source_id=transfer.pk,
        source_number=transfer.number,
        reason=reason,
    )


def _receipt_places(transfer: Transfer, chosen: Sequence[Chosen]) -> dict[int, int]:
    """Where each item goes: what people named aside, work in progress to where it is kept."""
    site_id = transfer.destination_id
    if all(one.line.wip_lot_id for one in chosen):
        return {one.line.item_id: wip_locations([site_id])[site_id] for one in chosen}
    unplaced = [one.line.item_id for one in chosen if one.location_id is None]
    return receipt_locations(unplaced, site_id, transfer.company_id) if unplaced else {}


def _departure(transfer: Transfer, one: Chosen, transit_id: int) -> Withdrawal:
    if one.line.wip_lot_id is not None:
        return legs.departure(transfer, one, transit_id)
    owner_id = one.owner_id or (transfer.owner_id if transfer.owner_id != transfer.company_id else None)
    return Withdrawal(
        item_id=one.line.item_id,
        quantity=one.quantity,
        site_id=transfer.origin_id,
        used_by_id=transfer.company_id,
        to_location_id=transit_id,
        location_id=one.location_id,
        lot_id=one.lot_id,
        owner_id=owner_id,
        line_id=one.line.pk,
        field=one.field,
    )


def _arrival(
    transfer: Transfer, one: Chosen, piece: rules.Piece, transit_id: int, places: Mapping[int, int]
) -> Deposit:
    return Deposit(
        item_id=one.line.item_id,
        quantity=piece.quantity,
        site_id=transfer.destination_id,
        location_id=places[one.line.item_id] if one.line.wip_lot_id else one.location_id or places[one.line.item_id],
        owner_id=piece.owner_id,
        from_location_id=transit_id,
        lot_id=piece.lot_id,
        line_id=one.line.pk,
        field=one.field,
    )


def _loss(transfer: Transfer, one: Chosen, piece: rules.Piece, transit_id: int, scrap_id: int) -> Withdrawal:
    return Withdrawal(
        item_id=one.line.item_id,
        quantity=piece.quantity,
        site_id=transfer.destination_id,
        used_by_id=transfer.company_id,
        to_location_id=scrap_id,
        location_id=transit_id,
        lot_id=piece.lot_id,
        owner_id=piece.owner_id,
        is_correction=True,
        line_id=one.line.pk,
        field=one.field,
    )


def _sums(chosen: Sequence[Chosen]) -> Quantities:
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for one in chosen:
        sums[one.line.pk] += one.quantity
    return sums


def _take_back(transfer: Transfer, posting: Posting | None, *, reason: str, now: datetime, actor: Any) -> MovedOn:
    """The caller holds the transfer's lock."""
    has_arrived = posting is not None and posting.kind != PostingKind.DISPATCH
    (require_at_destination if has_arrived else require_at_origin)(actor, transfer)
    lines = _lines(transfer, Step.REVERSE)
    if posting is None or posting.kind not in _COLUMN:
        raise WrongState(f"{transfer.number} has no such step to take back.")
    kind = PostingKind(posting.kind)

    posted = reversal.reverse(posting.pk, now=now, actor=actor, reason=reason)

    moved = StockMove.objects.filter(posting=posting, line_id__isnull=False).order_by()
    totals = moved.values("line_id").annotate(total=Sum("quantity")).values_list("line_id", "total")
    back = {line_id: -total for line_id, total in totals if line_id is not None}
    return _move_on(transfer, lines, kind, back, posted, "reversed", now=now, actor=actor)


def _move_on(
    transfer: Transfer,
    lines: Sequence[TransferLine],
    kind: PostingKind,
    quantities: Quantities,
    posted: Posted,
    verb: str,
    *,
    now: datetime,
    actor: Any,
) -> MovedOn:
    """Add to the lines; state, transit place and registers follow. The caller holds the transfer's lock."""
    column = _COLUMN[kind]
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(column=column), [list(quantities), list(quantities.values())])
    for line in lines:
        setattr(line, column, getattr(line, column) + quantities.get(line.pk, Decimal(0)))
    transfer.state = rules.state_of(lines)
    if transfer.state == TransferState.CONFIRMED:
        transfer.dispatched_at = None
    transfer.version += 1
    transfer.save(update_fields=["state", "dispatched_at", "carrier", "tracking_number", "version"])
    transit.keep(transfer, is_open=transfer.state != TransferState.RECEIVED, now=now)
    keys = registers.put(transfer, lines) | posted.keys
    record(verb, transfer, keys=keys, actor=actor)
    return MovedOn(transfer, posted)
