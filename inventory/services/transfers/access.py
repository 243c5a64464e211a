"""Who may do what to a transfer: its company plans it, each site's operator handles what happens there."""

from collections.abc import Iterable
from typing import Any

from core.errors import Forbidden, NotFound
from inventory.models import Transfer
from sites.access import PLANNERS, WRITERS, access_of, require


def require_planner(actor: Any, transfer: Transfer) -> None:
    """For what binds the company."""
    _require(actor, transfer, transfer.origin_id, roles=PLANNERS, by_operator=False)


def require_at_origin(actor: Any, transfer: Transfer) -> None:
    """For what leaves the origin."""
    _require(actor, transfer, transfer.origin_id, roles=WRITERS, by_operator=True)


def require_at_destination(actor: Any, transfer: Transfer) -> None:
    """For what arrives at the destination."""
    _require(actor, transfer, transfer.destination_id, roles=WRITERS, by_operator=True)


def _require(actor: Any, transfer: Transfer, site_id: int, *, roles: Iterable[str], by_operator: bool) -> None:
    """:raises Forbidden: for whoever sees the transfer, as a party or at one of its ends, but may not do this."""
    try:
        require(actor, company_id=transfer.company_id, site_id=site_id, roles=roles, by_operator=by_operator)
    except NotFound:
        access = access_of(actor)
        sites = {transfer.origin_id, transfer.destination_id}
        if transfer.owner_id in access.company_ids or not sites.isdisjoint(access.site_ids):
            raise Forbidden("You may see this transfer, but not do this to it.") from None
        raise
