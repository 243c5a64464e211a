"""What sales tells the app `sites`: who deals with whom as a customer, and its main page."""

from django.utils.translation import gettext_lazy as _

from sites import upward
from sites.web import navigation
from sites.web.navigation import Entry

# To both sides: a seller deals with the customer's company, and that with the seller.
_PARTNERS = """
SELECT party_id FROM sales_customer WHERE company_id = ANY(%(companies)s::bigint[])
UNION SELECT company_id FROM sales_customer WHERE party_id = ANY(%(companies)s::bigint[])
"""
_OPEN = """
SELECT count(*) FROM sales_salesorder
WHERE state IN ('open', 'partly_shipped') AND site_id = ANY(%(at)s) AND company_id = ANY(%(companies)s::bigint[])
"""

SELL = Entry(
    name="sell",
    label=_("Sell"),
    path="sales-orders/",
    icon="sell",
    key="o",
    order=30,
    count=_OPEN,
    count_label=_("open sales orders"),
)


def register() -> None:
    """Enter it all; called in `AppConfig.ready`."""
    upward.register("companies", "sales", _PARTNERS)
    navigation.register(SELL)
