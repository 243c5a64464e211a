"""Transfers: everything that can be done to one."""

from inventory.services.transfers.closing import block, cancel, close, unblock
from inventory.services.transfers.creating import confirm, create, edit
from inventory.services.transfers.drafts import (
    MovedOn,
    Movement,
    Part,
    TransferDraft,
    TransferLineChange,
    TransferLineDraft,
    TransferLineRemoval,
)
from inventory.services.transfers.moving import dispatch, receive, reverse, settle, undo_posting

__all__ = [
    "MovedOn",
    "Movement",
    "Part",
    "TransferDraft",
    "TransferLineChange",
    "TransferLineDraft",
    "TransferLineRemoval",
    "block",
    "cancel",
    "close",
    "confirm",
    "create",
    "dispatch",
    "edit",
    "receive",
    "reverse",
    "settle",
    "unblock",
    "undo_posting",
]
