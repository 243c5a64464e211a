"""What inventory refuses, with the numbers."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from core.errors import DomainError, plain


class InsufficientStock(DomainError):
    """Too little free stock. `available` is what is there and not reserved; nothing was changed."""

    code = "insufficient_stock"

    def __init__(
        self, *, item: str, site: str, requested: Decimal, available: Decimal, reserved: Decimal, field: str
    ) -> None:
        held = f", {plain(reserved)} more are reserved" if reserved else ""
        super().__init__(
            f"{item} at {site}: {plain(requested)} asked, {plain(available)} on hand{held}.",
            item=item,
            site=site,
            requested=requested,
            available=available,
            reserved=reserved,
            field=field,
        )
        self.field = field


class InsufficientStocks(DomainError):
    """Several lines lack stock; `shortages` has the numbers of each."""

    code = "insufficient_stock"

    def __init__(self, shortages: Sequence[InsufficientStock]) -> None:
        super().__init__(" ".join(error.message for error in shortages))
        self.shortages = shortages
        self.details = {"shortages": [error.details for error in shortages]}


class LotBlocked(DomainError):
    """The lot is held or expired and may not be shipped or used."""

    code = "lot_blocked"

    def __init__(self, *, lot: str, reason: str, field: str) -> None:
        super().__init__(f"Lot {lot} is blocked: {reason}.", lot=lot, field=field)


class PeriodClosed(DomainError):
    """The books of an owner are closed up to and including that date."""

    code = "period_closed"

    def __init__(self, *, company: str, closed_through_on: date, effective_on: date) -> None:
        super().__init__(
            f"{company} has closed its books through {closed_through_on}; {effective_on} can't be posted.",
            company=company,
            closed_through_on=str(closed_through_on),
            effective_on=str(effective_on),
        )


class ReversalBlocked(DomainError):
    """What the posting brought has left again; `blockers` are the postings that took it."""

    code = "reversal_blocked"

    def __init__(self, *, number: str, item: str, needed: Decimal, available: Decimal, blockers: Sequence[str]) -> None:
        by = f" It left with {', '.join(blockers)}." if blockers else ""
        super().__init__(
            f"{number} can't be reversed: {plain(needed)} of {item} are needed where it put them, "
            f"{plain(available)} are free there.{by}",
            number=number,
            item=item,
            needed=needed,
            available=available,
            blockers=list(blockers),
        )


class AlreadyReversed(DomainError):
    """A posting is reversed once; a reversal is not reversed itself."""

    code = "already_reversed"

    def __init__(self, *, number: str) -> None:
        super().__init__(f"{number} was reversed before, or is a reversal itself.", number=number)


class NoExchangeRate(DomainError):
    """Two currencies meet, and the company's books have no rate for that day."""

    code = "no_exchange_rate"

    def __init__(self, *, company: str, from_currency: str, to_currency: str, on: date) -> None:
        super().__init__(
            f"{company} has no exchange rate from {from_currency} to {to_currency} on {on}.",
            company=company,
            from_currency=from_currency,
            to_currency=to_currency,
        )


class MoreThanOpen(DomainError):
    """More dispatched, received or given up than the line still has for it."""

    code = "more_than_open"

    def __init__(
        self, *, number: str, item: str, requested: Decimal, possible: Decimal, what: str, line_no: int, field: str
    ) -> None:
        super().__init__(
            f"{number}, line {line_no}: {plain(requested)} of {item} asked, {plain(possible)} are {what}.",
            number=number,
            line_no=line_no,
            item=item,
            requested=requested,
            possible=possible,
            field=field,
        )
        self.field = field


class NothingToPost(DomainError):
    """A step without lines found nothing that it could do."""

    code = "nothing_to_post"

    def __init__(self, *, number: str, what: str) -> None:
        super().__init__(f"{number}: nothing {what}.", number=number)


class GoodsOnTheWay(DomainError):
    """A transfer can't end while its goods travel."""

    code = "goods_on_the_way"

    def __init__(self, *, number: str, goods: Sequence[tuple[str, Decimal]]) -> None:
        text = ", ".join(f"{plain(quantity)} of {item}" for item, quantity in goods)
        super().__init__(
            f"{number}: {text} are on their way; receive them or settle the shortage first.",
            number=number,
            goods=[{"item": item, "quantity": plain(quantity)} for item, quantity in goods],
        )


class NoSuchAgreement(DomainError):
    """Consigned stock is not moved to a site where the same two companies have no agreement about it."""

    code = "no_consignment_agreement"

    def __init__(self, *, item: str, owner: str, used_by: str, site: str) -> None:
        super().__init__(
            f"{item} of {owner}, consigned to {used_by}, can't go to {site}: they have no agreement there.",
            item=item,
            owner=owner,
            used_by=used_by,
            site=site,
        )


class DocumentBlocked(DomainError):
    """The document is blocked: nothing moves for it until somebody unblocks it."""

    code = "blocked"

    def __init__(self, *, number: str, reason: str, since: datetime) -> None:
        super().__init__(
            f"{number} is blocked since {since:%Y-%m-%d}: {reason}. Unblock it first.", number=number, reason=reason
        )


class NothingOpen(DomainError):
    """No line has anything left to post."""

    code = "nothing_open"

    def __init__(self, *, number: str) -> None:
        super().__init__(f"Nothing is open on {number}.", number=number)


class LineTouched(DomainError):
    """Something was posted or closed on the line, so it stays as it is."""

    code = "line_touched"

    def __init__(self, *, line_no: int, what: str, field: str) -> None:
        super().__init__(f"Line {line_no} {what}, so it stays as it is.", line=line_no, field=field)
        self.field = field


class NothingToReverse(DomainError):
    """Nothing of the order stands that could be taken back; `what` it would be: shipment or receipt."""

    code = "nothing_to_reverse"

    def __init__(self, *, number: str, what: str) -> None:
        super().__init__(f"{number} has no {what} that could be reversed.", number=number)
