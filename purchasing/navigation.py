"""The main page of purchasing in the side."""

from django.utils.translation import gettext_lazy as _

from purchasing.rules import OPEN_STATES
from sites.web import navigation
from sites.web.navigation import Entry

BUY = Entry(
    name="buy",
    label=_("Buy"),
    path="purchase-orders/",
    icon="buy",
    key="b",
    order=50,
    is_trade=True,
    count=navigation.count_open("purchasing_purchaseorder", OPEN_STATES, is_shared=False),
    count_label=_("open purchase orders"),
    also=("suppliers/",),
)


def register() -> None:
    """Enter it; called in `AppConfig.ready`."""
    navigation.register(BUY)
