"""What purchasing refuses, with the numbers."""

from datetime import datetime
from decimal import Decimal

from core.errors import DomainError, plain


class OrderBlocked(DomainError):
    """The order is blocked; unblock it first."""

    code = "blocked"

    def __init__(self, *, number: str, reason: str, since: datetime) -> None:
        super().__init__(
            f"{number} is blocked since {since:%Y-%m-%d}: {reason}. Unblock it first.", number=number, reason=reason
        )


class OverReceipt(DomainError):
    """More than is open on the line."""

    code = "over_receipt"

    def __init__(
        self, *, item: str, line_no: int, requested: Decimal, open_quantity: Decimal, quantity: Decimal, field: str
    ) -> None:
        super().__init__(
            f"Line {line_no}, {item}: {plain(requested)} received, "
            f"{plain(open_quantity)} of {plain(quantity)} are open.",
            item=item,
            line=line_no,
            requested=requested,
            open=open_quantity,
            quantity=quantity,
            field=field,
        )
        self.field = field


class NothingOpen(DomainError):
    """No line has anything left to receive."""

    code = "nothing_open"

    def __init__(self, *, number: str) -> None:
        super().__init__(f"Nothing is open on {number}.", number=number)


class NothingToReverse(DomainError):
    """No receipt of the order stands that moved stock."""

    code = "nothing_to_reverse"

    def __init__(self, *, number: str) -> None:
        super().__init__(f"{number} has no receipt that could be reversed.", number=number)


class LineTouched(DomainError):
    """Something was received or closed on the line, so it stays as it is."""

    code = "line_touched"

    def __init__(self, *, line_no: int, what: str, field: str) -> None:
        super().__init__(f"Line {line_no} {what}, so it stays as it is.", line=line_no, field=field)
        self.field = field
