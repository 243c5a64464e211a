"""Who may write to a purchase order."""

from typing import Any

from core.errors import Forbidden, NotFound
from purchasing.models import PurchaseOrder
from sites.access import PLANNERS, WRITERS, access_of, require


def require_planner(actor: Any, order: PurchaseOrder) -> None:
    """For what binds the company. See `_require`."""
    _require(actor, order, PLANNERS)


def require_writer(actor: Any, order: PurchaseOrder) -> None:
    """For what happens at the site. See `_require`."""
    _require(actor, order, WRITERS)


def _require(actor: Any, order: PurchaseOrder, roles: frozenset[str]) -> None:
    """Refuse whoever may not write; the supplier's own people see the order, so they hear why.

    :raises NotFound: when he may not even see it.
    :raises Forbidden: when he may see it but not change it.
    """
    try:
        require(actor, company_id=order.company_id, site_id=order.site_id, roles=roles)
    except NotFound:
        if access_of(actor).sees(company_id=order.supplier.party_id):
            raise Forbidden("This is your customer's order: you may see it, but not change it.") from None
        raise
