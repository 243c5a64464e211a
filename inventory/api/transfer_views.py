"""`transfers`."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from core.api.views import CreateMixin, EditMixin, ScopedViewSet, document_action
from inventory.api import transfer_serializers as serializers
from inventory.api.line_places import Named, chosen_lines, find
from inventory.api.order_fields import OptionalReasonSerializer, ReasonSerializer, line_edit, line_values
from inventory.api.transfer_filters import TransferFilter
from inventory.choices import DocumentKind
from inventory.models import Transfer, TransferLine
from inventory.selectors import transfers as selectors
from inventory.selectors.statuses import fresh_statuses, statuses
from inventory.services import transfers
from inventory.services.transfers import (
    MovedOn,
    Movement,
    Part,
    TransferDraft,
    TransferLineDraft,
)
from sites.access import Access, access_of


class TransferViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """Goods between sites. `?fresh=true` works availability out from what is committed now."""

    serializer_class = serializers.TransferSerializer
    write_serializer_class = serializers.TransferWriteSerializer
    change_serializer_class = serializers.TransferEditSerializer
    filterset_class = TransferFilter
    supports_fresh = True
    ordering_fields = {
        "number": "number",
        "ship_by_on": "ship_by_on",
        "expected_on": "expected_on",
        "created_at": "created_at",
        "id": "id",
    }

    def scope(self) -> QuerySet[Transfer]:
        rows = selectors.visible_transfers(access_of(self.actor))
        return selectors.with_lines(rows) if self.wants("lines") else rows

    def perform_create(self, values: dict[str, Any]) -> Transfer:
        is_confirmed = values.pop("is_confirmed", False)
        lines = [TransferLineDraft(**line_values(line)) for line in values.pop("lines")]
        draft = TransferDraft(lines=lines, **line_values(values))
        transfer = transfers.create(draft, now=self.now, actor=self.actor)
        return transfers.confirm(transfer.pk, now=self.now, actor=self.actor) if is_confirmed else transfer

    def perform_update(self, row: Transfer, values: dict[str, Any], expected: int) -> Transfer:
        edits = [line_edit(line, TransferLineDraft) for line in values.pop("lines", [])]
        return transfers.edit(row.pk, values, edits, expected=expected, now=self.now, actor=self.actor)

    @document_action()
    def confirm(self, transfer: Transfer, values: dict[str, Any]) -> None:
        """Confirm a draft: it is served before all ranked orders."""
        transfers.confirm(transfer.pk, now=self.now, actor=self.actor)

    # `dispatch` is the name of what answers every request.
    @document_action(serializer=serializers.DispatchSerializer, url_path="dispatch")
    def send(self, transfer: Transfer, values: dict[str, Any]) -> Response:
        """Send all that is open, or what is named, on its way."""
        given = {name: values[name] for name in ("carrier", "tracking_number") if name in values}
        movement = _movement(transfer, transfer.origin_id, values, access_of(self.actor))
        moved = transfers.dispatch(transfer.pk, movement, now=self.now, actor=self.actor, **given)
        return self._answer_with(moved)

    @document_action(serializer=serializers.MovementSerializer)
    def receive(self, transfer: Transfer, values: dict[str, Any]) -> Response:
        """Take all that is on its way, or what is named, into stock."""
        movement = _movement(transfer, transfer.destination_id, values, access_of(self.actor))
        return self._answer_with(transfers.receive(transfer.pk, movement, now=self.now, actor=self.actor))

    @document_action(serializer=serializers.SettleSerializer)
    def settle(self, transfer: Transfer, values: dict[str, Any]) -> Response:
        """Give up what did not arrive."""
        movement = _movement(transfer, transfer.destination_id, values, access_of(self.actor))
        moved = transfers.settle(transfer.pk, movement, reason=values["reason"], now=self.now, actor=self.actor)
        return self._answer_with(moved)

    @document_action(serializer=OptionalReasonSerializer)
    def reverse(self, transfer: Transfer, values: dict[str, Any]) -> Response:
        """Take its latest step back."""
        return self._answer_with(transfers.reverse(transfer.pk, **values, now=self.now, actor=self.actor))

    @document_action(serializer=OptionalReasonSerializer)
    def close(self, transfer: Transfer, values: dict[str, Any]) -> None:
        """Release what was not sent; a reason is needed where something is."""
        transfers.close(transfer.pk, **values, now=self.now, actor=self.actor)

    @document_action(serializer=OptionalReasonSerializer)
    def cancel(self, transfer: Transfer, values: dict[str, Any]) -> None:
        """Cancel it, where nothing was sent."""
        transfers.cancel(transfer.pk, **values, now=self.now, actor=self.actor)

    @document_action(serializer=ReasonSerializer)
    def block(self, transfer: Transfer, values: dict[str, Any]) -> None:
        """Keep its goods from moving, with the reason."""
        transfers.block(transfer.pk, **values, now=self.now, actor=self.actor)

    @document_action()
    def unblock(self, transfer: Transfer, values: dict[str, Any]) -> None:
        """Let it go on."""
        transfers.unblock(transfer.pk, now=self.now, actor=self.actor)

    def figures(self, rows: list[Transfer]) -> dict[str, Any]:
        """How the transfers of a page stand and what is on its way: three queries for all."""
        ids = [row.pk for row in rows]
        kind = DocumentKind.TRANSFER
        return {
            "statuses": fresh_statuses(kind, ids, now=self.now) if self.is_fresh else statuses(kind, ids),
            "values": selectors.values_in_transit(ids, access_of(self.actor)),
        }

    def _answer_with(self, moved: MovedOn) -> Response:
        posting = {"id": moved.posted.posting_id, "number": moved.posted.number}
        return self.answer(self.read_again(moved.transfer), posting=posting, warnings=list(moved.posted.warnings))


def _movement(transfer: Transfer, site_id: int, values: dict[str, Any], access: Access) -> Movement:
    rows = values.get("lines")
    parts = None if rows is None else _parts(transfer, site_id, rows, access)
    return Movement(parts=parts, effective_at=values.get("effective_at"))


def _parts(transfer: Transfer, site_id: int, rows: Sequence[dict[str, Any]], access: Access) -> list[Part]:
    all_lines = list(transfer.lines.all())
    lines = chosen_lines(all_lines, [_with_line(all_lines, row) for row in rows])
    named = [
        Named(f"lines.{place}", line.item_id, site_id, row.get("lot"), row.get("location"))
        for place, (line, row) in enumerate(zip(lines, rows, strict=True))
    ]
    return [
        Part(
            line_id=line.pk,
            quantity=row.get("quantity"),
            lot_id=where.lot_id,
            location_id=where.location_id,
            owner_id=row["owner"].pk if row.get("owner") else None,
        )
        for line, row, where in zip(lines, rows, find(named, access), strict=True)
    ]


def _with_line(lines: Sequence[TransferLine], row: dict[str, Any]) -> dict[str, Any]:
    """The row with the number of its item's first line, where it names no line itself."""
    if "item" not in row or "line" in row or "line_no" in row:
        return row
    found = next((line.line_no for line in lines if line.item_id == row["item"].pk), None)
    return {**row, "line_no": found if found is not None else row["item"].sku}
