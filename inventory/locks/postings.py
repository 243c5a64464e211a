"""The lock of whoever undoes a posting: it is reversed once."""

from inventory.models import Posting


def lock_posting(posting_id: int) -> Posting | None:
    """Lock a posting, before any balance; None when there is none."""
    return (
        Posting.objects.select_for_update(no_key=True, of=("self",))
        .select_related("site")
        .filter(id=posting_id)
        .first()
    )
