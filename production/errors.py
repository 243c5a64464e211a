"""What production refuses, with the numbers."""

from collections.abc import Sequence
from decimal import Decimal

from core.errors import DomainError, InvalidInput, plain


class BillCycle(InvalidInput):
    """An item would be a component of itself; `path` names the items from it back to it."""

    code = "bill_cycle"

    def __init__(self, *, path: Sequence[str], field: str) -> None:
        super().__init__(
            errors={field: f"{path[0]} would contain itself: {' → '.join(path)}."},
            path=list(path),
        )


class NoBill(InvalidInput):
    """There is no recipe to follow, to make an item or (`is_apart`) to take it apart."""

    code = "no_bill_of_materials"

    def __init__(self, *, item: str, site: str, on: object, is_apart: bool = False, field: str = "item") -> None:
        recipe = "bill of materials that takes it apart" if is_apart else "bill of materials"
        super().__init__(
            errors={field: f"{item} has no {recipe} for {site} on {on}."},
            item=item,
            site=site,
            on=str(on),
        )


class OverCompletion(DomainError):
    """More reported good than is open."""

    code = "over_completion"

    def __init__(self, *, number: str, item: str, requested: Decimal, open_quantity: Decimal, ordered: Decimal) -> None:
        super().__init__(
            f"{number}: {plain(requested)} of {item} reported, {plain(open_quantity)} of {plain(ordered)} are open.",
            number=number,
            item=item,
            requested=requested,
            open_quantity=open_quantity,
            ordered=ordered,
        )


class TaskBlocked(DomainError):
    """A task is stopped; the reason says why."""

    code = "task_blocked"

    def __init__(self, *, number: str, reason: str) -> None:
        super().__init__(f"{number} is blocked: {reason}", number=number, reason=reason)


class OverReport(DomainError):
    """More reported at an operation than its plan leaves."""

    code = "over_report"

    def __init__(self, *, number: str, requested: Decimal, left: Decimal, planned: Decimal) -> None:
        super().__init__(
            f"{number}: {plain(requested)} good reported, {plain(left)} of {plain(planned)} are left.",
            number=number,
            requested=requested,
            left=left,
            planned=planned,
        )


class NotThere(DomainError):
    """Pieces reported that have not come from the operation before."""

    code = "pieces_not_there"

    def __init__(self, *, number: str, requested: Decimal, there: Decimal, before: str) -> None:
        super().__init__(
            f"{number}: {plain(requested)} reported, but {plain(there)} are here from {before}.",
            number=number,
            requested=requested,
            there=there,
            before=before,
        )
