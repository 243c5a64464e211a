"""Manufacturing orders: everything that can be done to one."""

from production.services.manufacturing_orders.chains import make_for, preview_for, unmake_for
from production.services.manufacturing_orders.closing import cancel, close
from production.services.manufacturing_orders.completing import complete
from production.services.manufacturing_orders.creating import create, create_many
from production.services.manufacturing_orders.editing import block, edit, rank, unblock
from production.services.manufacturing_orders.releasing import release, release_many
from production.services.manufacturing_orders.reversing import reverse, undo_posting
from production.services.manufacturing_orders.reviewing import mark_changed, reviewed
from production.services.manufacturing_orders.sourcing import make_to_stock, note_beyond
from production.services.manufacturing_orders.splitting import close_with_back_order, merge, split

__all__ = [
    "block",
    "cancel",
    "close",
    "close_with_back_order",
    "complete",
    "create",
    "create_many",
    "edit",
    "make_for",
    "make_to_stock",
    "mark_changed",
    "merge",
    "note_beyond",
    "preview_for",
    "rank",
    "release",
    "release_many",
    "reverse",
    "reviewed",
    "split",
    "unblock",
    "undo_posting",
    "unmake_for",
]
