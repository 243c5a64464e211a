"""What happens to companies, sites and what belongs to them."""

from collections.abc import Iterable
from typing import Any

from core import events


def record(
    kind: str, row_id: int, *, company_ids: Iterable[int | None] = (), site_ids: Iterable[int] = (), actor: Any
) -> None:
    """Record `<noun>.<past verb>` of one row, heard by these companies and sites."""
    noun = kind.partition(".")[0]
    events.record(
        kind,
        companies=[company for company in company_ids if company is not None],
        sites=site_ids,
        payload={"documents": [[noun, row_id]]},
        actor=actor,
    )
