"""What sales refuses, with the numbers."""

from decimal import Decimal

from core.errors import DomainError, plain
from inventory.errors import DocumentBlocked, LineTouched, NothingOpen, NothingToReverse

__all__ = ["DocumentBlocked", "LineTouched", "NothingOpen", "NothingToReverse", "OverShipment"]


class OverShipment(DomainError):
    """More than is open on the line."""

    code = "over_shipment"

    def __init__(
        self, *, item: str, line_no: int, requested: Decimal, open_quantity: Decimal, quantity: Decimal, field: str
    ) -> None:
        super().__init__(
            f"Line {line_no}, {item}: {plain(requested)} asked, {plain(open_quantity)} of {plain(quantity)} are open.",
            item=item,
            line=line_no,
            requested=requested,
            open=open_quantity,
            quantity=quantity,
            field=field,
        )
        self.field = field
