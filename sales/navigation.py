"""The main page of sales in the side."""

from django.utils.translation import gettext_lazy as _

from sites.web import navigation
from sites.web.navigation import Entry

_OPEN = """
SELECT count(*) FROM sales_salesorder
WHERE state IN ('open', 'partly_shipped') AND site_id = ANY(%(at)s) AND company_id = ANY(%(companies)s::bigint[])
"""

SELL = Entry(
    name="sell",
    label=_("Sell"),
    path="orders/",
    icon="sell",
    key="o",
    order=30,
    is_trade=True,
    count=_OPEN,
    count_label=_("open sales orders"),
    also=("sales-orders/", "customers/"),
)


def register() -> None:
    """Enter it; called in `AppConfig.ready`."""
    navigation.register(SELL)
