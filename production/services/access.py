"""Who may do what to recipes and manufacturing orders."""

from typing import Any

from core.errors import Forbidden, NotFound
from production.models import ManufacturingOrder
from sites.access import PLANNERS, access_of, require


def require_planner(actor: Any, order: ManufacturingOrder) -> None:
    """For what binds the company: its planners, and those of its people who plan at the site.

    :raises Forbidden: for the site's operator too, whose people see the order and report on it.
    """
    try:
        require(actor, company_id=order.company_id, site_id=order.site_id, roles=PLANNERS)
    except NotFound:
        if access_of(actor).sees(company_id=order.company_id, site_id=order.site_id, by_operator=True):
            raise Forbidden("You may see this order and report on it, but not change it.") from None
        raise


def require_reporter(actor: Any, order: ManufacturingOrder) -> None:
    """For what happens at the site: its operator's people too."""
    require(actor, company_id=order.company_id, site_id=order.site_id, by_operator=True)
