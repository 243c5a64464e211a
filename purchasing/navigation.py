"""The main page of purchasing in the side."""

from django.utils.translation import gettext_lazy as _

from sites.web import navigation
from sites.web.navigation import Entry

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
    is_trade=True,
    count=_OPEN,
    count_label=_("open purchase orders"),
    also=("suppliers/",),
)


def register() -> None:
    """Enter it; called in `AppConfig.ready`."""
    navigation.register(BUY)
