"""Who may write to a sales order."""

from typing import Any

from core.errors import Forbidden, NotFound
from sales import selectors
from sales.models import SalesOrder
from sites.access import PLANNERS, WRITERS, access_of, require


def require_planner(actor: Any, order: SalesOrder) -> None:
    """For what binds the company. See `_require`."""
    _require(actor, order, order.site_id, roles=PLANNERS, by_operator=False)


def require_writer(actor: Any, order: SalesOrder, site_id: int) -> None:
    """For what happens at a site of its lines: that site's operator too. See `_require`."""
    _require(actor, order, site_id, roles=WRITERS, by_operator=True)


def _require(actor: Any, order: SalesOrder, site_id: int, *, roles: frozenset[str], by_operator: bool) -> None:
    """Refuse whoever may not write; the customer's own people and those of its other sites see it, so they hear why.

    :raises NotFound: when he may not even see it.
    :raises Forbidden: when he may see it but not change it.
    """
    try:
        require(actor, company_id=order.company_id, site_id=site_id, roles=roles, by_operator=by_operator)
    except NotFound:
        access = access_of(actor)
        if access.sees(company_id=order.customer.party_id):
            raise Forbidden("This is your supplier's order: you may see it, but not change it.") from None
        if selectors.sales_orders(access).filter(pk=order.pk).exists():
            raise Forbidden("You may see this order, but not change it.") from None
        raise
