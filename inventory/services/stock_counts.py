"""Stock counts: what is really there, written against what the balances said when each place was counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core import numbers
from core.dates import happened_at
from core.errors import InvalidInput, NotFound, WrongState
from core.quantities import check_quantity, to_decimal
from core.transactions import service
from inventory.choices import ON_HAND_KINDS, CountState, DocumentKind, LocationKind, PostingKind, Tracking
from inventory.drafts import Deposit, LevelKey, Posted, PostingDraft, Withdrawal
from inventory.errors import NothingToPost
from inventory.events import record_change
from inventory.locks import documents as locks
from inventory.models import Item, Posting, StockBalance, StockCount, StockCountLine
from inventory.selectors.ordering import Place, check_places
from inventory.selectors.places import virtual_location
from inventory.services import reversal
from inventory.services.posting import post
from sites.access import require
from sites.models import Company, Site

PREFIX = "SC"
_COUNTED_KINDS = (*ON_HAND_KINDS, LocationKind.QUARANTINE)


@dataclass(frozen=True, kw_only=True)
class CountDraft:
    """A count to be, of one owner's stock (absent: the site's default owner).

    Only these locations or items if named; without either, all that stands there.
    """

    site_id: int
    owner_id: int | None = None
    location_ids: Sequence[int] = ()
    item_ids: Sequence[int] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """So much (stocking unit, 0 or more) of an item was found in a place; None: it counts as not counted, after all."""

    item_id: int
    location_id: int
    quantity: object
    lot_id: int | None = None


@dataclass(frozen=True)
class CountPosted:
    """The count after its posting; `posted` is None when nothing differed."""

    count: StockCount
    posted: Posted | None


@service
def create(draft: CountDraft, *, now: datetime, actor: Any) -> StockCount:
    """Begin a count: a line for each place, lot and item where the owner has stock now. Emits `stock_count.created`.

    :raises InvalidInput: naming the field that is wrong.
    """
    site = Site.objects.select_related("default_owner").filter(pk=draft.site_id, archived_at=None).first()
    if site is None:
        raise InvalidInput(errors={"site": "Not found."})
    owner = Company.objects.filter(pk=draft.owner_id).first() if draft.owner_id else site.default_owner
    if owner is None:
        raise InvalidInput(errors={"owner": "Not found."})
    require(actor, company_id=owner.pk, site_id=site.pk, by_operator=True)
    count = StockCount(company=owner, owner=owner, site=site, note=draft.note, created_by_id=getattr(actor, "pk", None))
    places = _balances(count)
    if draft.location_ids:
        places = places.filter(location__in=list(draft.location_ids))
    if draft.item_ids:
        places = places.filter(item__in=list(draft.item_ids))

    (count.number,) = numbers.take(owner.pk, PREFIX)
    count.save(force_insert=True)
    StockCountLine.objects.bulk_create(
        StockCountLine(
            count=count,
            item_id=row.item_id,
            location_id=row.location_id,
            lot_id=row.lot_id,
            owner_id=row.owner_id,
            expected_quantity=row.quantity,
        )
        for row in places.filter(quantity__gt=0).order_by("location__pick_order", "location_id", "item_id", "lot_id")
    )
    _record("created", count, actor=actor)
    return count


@service
def enter(count_id: int, counted: Sequence[Counted], *, now: datetime, actor: Any) -> StockCount:
    """Write down what was found; a place that has no line yet gets one. Emits `stock_count.entered`.

    What the balance says at this moment becomes the expected quantity, so that moves before and after don't matter.
    Locks the count.

    :raises InvalidInput: naming each field that is wrong.
    :raises WrongState: unless the count is open.
    """
    count = _open(count_id, actor)
    quantities = _checked(count, counted)
    expected = _expected(count, counted)
    lines = {(line.item_id, line.location_id, line.lot_id): line for line in count.lines.all()}
    changed: list[StockCountLine] = []
    new: list[StockCountLine] = []
    for one, quantity in zip(counted, quantities, strict=True):
        key = one.item_id, one.location_id, one.lot_id
        line = lines.get(key)
        if line is None:
            item_id, location_id, lot_id = key
            line = StockCountLine(
                count=count, item_id=item_id, location_id=location_id, lot_id=lot_id, owner_id=count.owner_id
            )
            lines[key] = line
            new.append(line)
        else:
            changed.append(line)
        line.expected_quantity, line.counted_quantity = expected.get(key, Decimal(0)), quantity

    StockCountLine.objects.bulk_create(new)
    StockCountLine.objects.bulk_update(changed, ["expected_quantity", "counted_quantity"])
    count.version += 1
    count.save(update_fields=["version"])
    _record("entered", count, actor=actor)
    return count


@service
def post_differences(count_id: int, *, effective_at: datetime | None = None, now: datetime, actor: Any) -> CountPosted:
    """Write what was found more or less as one posting; places that were not counted stay as they are.

    Touches the count's owner only. Locks the count, then what the ledger needs. Emits `stock_count.posted`.

    :raises WrongState: unless the count is open.
    :raises NothingToPost: when nothing was counted.
    :raises InsufficientStock: when what is missing has left meanwhile.
    """
    effective_at = happened_at(effective_at, now=now)
    count = _open(count_id, actor)
    lines = list(count.lines.filter(counted_quantity__isnull=False).order_by("pk"))
    if not lines:
        raise NothingToPost(number=count.number, what="is counted")

    posted = _post(count, lines, effective_at, now=now, actor=actor)

    count.state = CountState.POSTED
    count.version += 1
    count.save(update_fields=["state", "version"])
    _record("posted", count, keys=posted.keys if posted else (), actor=actor)
    return CountPosted(count, posted)


@service
def cancel(count_id: int, *, reason: str = "", now: datetime, actor: Any) -> StockCount:
    """Give a count up; nothing is written. Locks it. Emits `stock_count.canceled`."""
    count = _open(count_id, actor)
    count.state, count.close_reason = CountState.CANCELED, reason.strip()
    count.version += 1
    count.save(update_fields=["state", "close_reason", "version"])
    _record("canceled", count, actor=actor)
    return count


@service
def reverse(count_id: int, *, reason: str = "", now: datetime, actor: Any) -> CountPosted:
    """Take a count's posting back; the count is open again. Emits `stock_count.reversed`.

    :raises WrongState: unless it is posted.
    :raises ReversalBlocked: naming what took the stock meanwhile.
    """
    count = locks.stock_count(count_id)
    postings = Posting.objects.filter(source_kind=DocumentKind.STOCK_COUNT, source_id=count.pk)
    taken_back = postings.filter(reverses__isnull=False).values_list("reverses_id", flat=True)
    standing = postings.filter(reverses=None).exclude(pk__in=list(taken_back)).order_by("-pk").first()
    return _take_back(count, standing.pk if standing else None, reason=reason, now=now, actor=actor)


@service
def undo_posting(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """The same for its posting; for `inventory.services.undo`."""
    posting = Posting.objects.filter(pk=posting_id, source_kind=DocumentKind.STOCK_COUNT).first()
    if posting is None or posting.source_id is None:
        raise NotFound("There is no posting of a stock count with that id.")
    posted = _take_back(locks.stock_count(posting.source_id), posting_id, reason="", now=now, actor=actor).posted
    assert posted is not None
    return posted


def _take_back(count: StockCount, posting_id: int | None, *, reason: str, now: datetime, actor: Any) -> CountPosted:
    """Open a count again; the caller holds its lock."""
    require(actor, company_id=count.company_id, site_id=count.site_id, by_operator=True)
    if count.state != CountState.POSTED:
        raise WrongState(f"The stock count {count.number} is {count.state}; only a posted one is taken back.")
    posted = reversal.reverse(posting_id, now=now, actor=actor, reason=reason) if posting_id else None
    count.state = CountState.OPEN
    count.version += 1
    count.save(update_fields=["state", "version"])
    _record("reversed", count, keys=posted.keys if posted else (), actor=actor)
    return CountPosted(count, posted)


def _open(count_id: int, actor: Any) -> StockCount:
    """The count, locked, for someone who may count there."""
    count = locks.stock_count(count_id)
    require(actor, company_id=count.company_id, site_id=count.site_id, by_operator=True)
    if count.state != CountState.OPEN:
        raise WrongState(f"The stock count {count.number} is {count.state}; it must be open.", state=count.state)
    return count


def _balances(count: StockCount) -> Any:
    return StockBalance.objects.filter(
        site=count.site, owner=count.owner, location__kind__in=_COUNTED_KINDS, location__archived_at=None
    )


def _expected(count: StockCount, counted: Iterable[Counted]) -> dict[tuple[int, int, int | None], Decimal]:
    rows = _balances(count).filter(
        item__in={one.item_id for one in counted}, location__in={one.location_id for one in counted}
    )
    return {(row.item_id, row.location_id, row.lot_id): row.quantity for row in rows}


def _checked(count: StockCount, counted: Sequence[Counted]) -> list[Decimal | None]:
    """The quantities, in order; every error of every line is told at once."""
    items = Item.objects.select_related("unit").in_bulk({one.item_id for one in counted})
    quantities: list[Decimal | None] = []
    errors: dict[str, str] = {}
    seen: set[tuple[int, int, int | None]] = set()
    for place, one in enumerate(counted):
        path, key = f"lines.{place}", (one.item_id, one.location_id, one.lot_id)
        item = items.get(one.item_id)
        if item is None:
            errors[f"{path}.item"] = "Not found."
            continue
        if key in seen:
            errors[f"{path}.item"] = f"{item.sku} is counted twice in this place."
        if item.tracking != Tracking.NONE and one.lot_id is None:
            errors[f"{path}.lot"] = f"{item.sku} is tracked by {item.tracking}; name the lot."
        seen.add(key)
        try:
            found = None if one.quantity is None else _none_or_more(one.quantity, item, f"{path}.quantity")
            quantities.append(found)
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors=errors)
    check_places(
        [
            Place(f"lines.{place}.quantity", count.site_id, one.location_id, one.item_id, one.lot_id)
            for place, one in enumerate(counted)
        ]
    )
    return quantities


def _none_or_more(value: object, item: Item, field: str) -> Decimal:
    number = to_decimal(value, field=field)
    if number == 0:
        return number
    if item.tracking == Tracking.SERIAL and number > 1:
        raise InvalidInput(errors={field: f"{number} of one serial number; there is one or none."})
    return check_quantity(number, decimals=item.unit.decimals, unit=item.unit.code, field=field)


def _post(
    count: StockCount, lines: Sequence[StockCountLine], effective_at: datetime, *, now: datetime, actor: Any
) -> Posted | None:
    differences = [(line, (line.counted_quantity or Decimal(0)) - line.expected_quantity) for line in lines]
    if all(difference == 0 for _, difference in differences):
        return None
    world = virtual_location(count.site_id, LocationKind.COUNT)
    return post(
        PostingDraft(
            kind=PostingKind.COUNT,
            company_id=count.company_id,
            site_id=count.site_id,
            effective_at=effective_at,
            source_kind=DocumentKind.STOCK_COUNT,
            source_id=count.pk,
            source_number=count.number,
        ),
        withdrawals=[_missing(count, line, -quantity, world) for line, quantity in differences if quantity < 0],
        deposits=[_found(count, line, quantity, world) for line, quantity in differences if quantity > 0],
        now=now,
        actor=actor,
    )


def _missing(count: StockCount, line: StockCountLine, quantity: Decimal, world: int) -> Withdrawal:
    return Withdrawal(
        item_id=line.item_id,
        quantity=quantity,
        site_id=count.site_id,
        used_by_id=count.owner_id,
        to_location_id=world,
        location_id=line.location_id,
        lot_id=line.lot_id,
        owner_id=line.owner_id,
        is_correction=True,
        line_id=line.pk,
    )


def _found(count: StockCount, line: StockCountLine, quantity: Decimal, world: int) -> Deposit:
    return Deposit(
        item_id=line.item_id,
        quantity=quantity,
        site_id=count.site_id,
        location_id=line.location_id,
        owner_id=line.owner_id,
        from_location_id=world,
        lot_id=line.lot_id,
        line_id=line.pk,
    )


def _record(verb: str, count: StockCount, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    record_change(
        f"{DocumentKind.STOCK_COUNT}.{verb}",
        documents=[(str(DocumentKind.STOCK_COUNT), count.pk)],
        keys=keys,
        company_ids=[count.company_id],
        site_ids=[count.site_id],
        actor=actor,
    )
