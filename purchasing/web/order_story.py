"""What happened to a purchase order, newest first: made, ordered, received, taken back, blocked, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.ui.formats import number
from inventory.choices import DocumentKind, PostingKind
from inventory.models import Posting
from inventory.web.story import Happened, names_of, newest_first
from purchasing import selectors
from purchasing.choices import PurchaseOrderState as State
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """How much of a line came with a receipt, and what of that delivery was sent back."""

    receipt: Receipt
    quantity: Decimal
    rejected_quantity: Decimal


def receipts_of(line: PurchaseOrderLine) -> list[ReceivedPart]:
    """The receipts of a line, newest first; one query."""
    rows = ReceiptLine.objects.filter(order_line=line).select_related("receipt__site").order_by("-pk")
    return [ReceivedPart(row.receipt, row.quantity, row.rejected_quantity) for row in rows]


def story_of(order: PurchaseOrder, receipts: Sequence[Receipt], *, is_inside: bool) -> list[Happened]:
    """All of it; why it was blocked only for those inside. Two queries.

    When it was closed or canceled is the last time that its head was written.
    """
    by_posting = {row.posting_id: row for row in receipts}
    postings = list(Posting.objects.filter(source_kind=DocumentKind.PURCHASE_ORDER, source_id=order.pk).order_by("-pk"))
    names = names_of([order.created_by_id, *(posting.actor_id for posting in postings)])
    taken_back = {posting.reverses_id: posting for posting in postings if posting.reverses_id}
    told = [
        _posted(posting, by_posting.get(posting.pk), taken_back.get(posting.pk), names.get(posting.actor_id or 0, ""))
        for posting in postings
    ]
    return newest_first(_headline(order, told, names, is_inside), told)


def receipts_with_lines(order: PurchaseOrder) -> list[Receipt]:
    """The order's receipts with what they brought; two queries."""
    return list(selectors.with_received_lines(Receipt.objects.filter(order=order)))


def _posted(posting: Posting, receipt: Receipt | None, back: Posting | None, by: str) -> Happened:
    if posting.kind == PostingKind.REVERSAL or receipt is None:
        what = str(posting.get_kind_display()).capitalize()
        return Happened(posting.posted_at, what, posting, note=posting.reason, by=by)
    goods = ", ".join(_part(part) for part in receipt.lines.all())
    note = receipt.supplier_reference
    if back is not None:
        note = _("taken back by %(number)s") % {"number": back.number}
    is_standing = back is None and not receipt.is_historical
    return Happened(
        posting.effective_at, _("Received"), posting, goods, note, by, is_standing=is_standing, is_undone=bool(back)
    )


def _part(part: ReceiptLine) -> str:
    """ "PLANK 40, 2 rejected"."""
    decimals = part.order_line.item.unit.decimals
    text = f"{part.order_line.item.sku} {number(part.quantity, decimals)}"
    if not part.rejected_quantity:
        return text
    return text + " " + _("(%(amount)s rejected)") % {"amount": number(part.rejected_quantity, decimals)}


def _headline(order: PurchaseOrder, told: Sequence[Happened], names: dict[int, str], is_inside: bool) -> list[Happened]:
    # What was entered later than its goods came tells of the past.
    entered_at = min([order.created_at, *(one.at for one in told)])
    found = [Happened(entered_at, _("Entered"), by=names.get(order.created_by_id or 0, ""))]
    if order.blocked_at:
        found.append(Happened(order.blocked_at, _("Blocked"), note=order.blocked_reason if is_inside else ""))
    if order.state in (State.CLOSED, State.CANCELED):
        what = _("Closed") if order.state == State.CLOSED else _("Canceled")
        found.append(Happened(order.updated_at, what, note=order.close_reason))
    return found
