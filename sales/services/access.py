"""Who may write to a sales order."""

from typing import Any

from core.errors import Forbidden, NotFound
from sales.models import SalesOrder
from sites.access import PLANNERS, WRITERS, access_of, require


def require_planner(actor: Any, order: SalesOrder) -> None:
    """For what binds the company. See `_require`."""
    _require(actor, order, PLANNERS)


def require_writer(actor: Any, order: SalesOrder) -> None:
    """For what happens at the site. See `_require`."""
    _require(actor, order, WRITERS)


def _require(actor: Any, order: SalesOrder, roles: frozenset[str]) -> None:
    """Refuse whoever may not write; the customer's own people see the order, so they hear why.

    :raises NotFound: when he may not even see it.
    :raises Forbidden: when he may see it but not change it.
    """
    try:
        require(actor, company_id=order.company_id, site_id=order.site_id, roles=roles)
    except NotFound:
        if access_of(actor).sees(company_id=order.customer.party_id):
            raise Forbidden("This is your supplier's order: you may see it, but not change it.") from None
        raise
