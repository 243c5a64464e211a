"""The main page of sales in the side."""

from django.utils.translation import gettext_lazy as _

from sales.rules import OPEN_STATES
from sites.web import navigation
from sites.web.navigation import Entry

SELL = Entry(
    name="sell",
    label=_("Sell"),
    path="orders/",
    icon="sell",
    key="o",
    order=30,
    is_trade=True,
    count=navigation.count_open("sales_salesorder", OPEN_STATES, is_shared=False),
    count_label=_("open sales orders"),
    also=("sales-orders/", "customers/"),
)


def register() -> None:
    """Enter it; called in `AppConfig.ready`."""
    navigation.register(SELL)
