"""What transfers tell the world."""

from collections.abc import Iterable
from typing import Any

from inventory.choices import DocumentKind
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.models import Transfer


def record(verb: str, transfer: Transfer, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `transfer.<verb>`; its company, its owner and both sites hear of it."""
    record_change(
        f"{DocumentKind.TRANSFER}.{verb}",
        documents=[(str(DocumentKind.TRANSFER), transfer.pk)],
        keys=keys,
        company_ids={transfer.company_id, transfer.owner_id},
        site_ids={transfer.origin_id, transfer.destination_id},
        actor=actor,
    )
