"""What purchasing tells the app `sites`: who deals with whom as a supplier, and its main page."""

from django.utils.translation import gettext_lazy as _

from sites import upward
from sites.web import navigation
from sites.web.navigation import Entry

# To both sides: a buyer deals with the supplier's company, and that with the buyer.
_PARTNERS = """
SELECT party_id FROM purchasing_supplier WHERE company_id = ANY(%(companies)s::bigint[])
UNION SELECT company_id FROM purchasing_supplier WHERE party_id = ANY(%(companies)s::bigint[])
"""
_OPEN = """
SELECT count(*) FROM purchasing_purchaseorder
WHERE state IN ('ordered', 'partly_received') AND site_id = ANY(%(at)s) AND company_id = ANY(%(companies)s::bigint[])
"""

BUY = Entry(
    name="buy",
    label=_("Buy"),
    path="purchase-orders/",
    icon="buy",
    key="b",
    order=50,
    count=_OPEN,
    count_label=_("open purchase orders"),
)


def register() -> None:
    """Enter it all; called in `AppConfig.ready`."""
    upward.register("companies", "purchasing", _PARTNERS)
    navigation.register(BUY)
