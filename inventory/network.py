"""What inventory tells the app below it: whose goods are where, what a new site begins with, its main pages."""

from django.utils.translation import gettext_lazy as _

from core import handlers
from sites import upward
from sites.web import navigation
from sites.web.navigation import Entry

# Sites where a company's goods lie, or lie for it, by agreement; and sites whose items it keeps. Each site is looked
# up in an index: the other way round every page would read every level of the company.
_SITES = """
SELECT site_id FROM inventory_consignmentagreement
WHERE owner_id = ANY(%(companies)s::bigint[]) OR used_by_id = ANY(%(companies)s::bigint[])
UNION SELECT s.id FROM sites_site s, unnest(%(companies)s::bigint[]) AS company(id)
WHERE EXISTS (SELECT 1 FROM inventory_itemsite WHERE company_id = company.id AND site_id = s.id)
   OR EXISTS (SELECT 1 FROM inventory_stocklevel WHERE used_by_id = company.id AND site_id = s.id)
"""
_COMPANIES = """
SELECT owner_id FROM inventory_consignmentagreement
WHERE used_by_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[])
UNION SELECT used_by_id FROM inventory_consignmentagreement
WHERE owner_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[])
"""
_BOOKS = "SELECT 1 FROM inventory_costpool WHERE owner_id = %(id)s"
_MISSING = """
SELECT count(*) FROM inventory_stocklevel
WHERE missing > 0 AND site_id = ANY(%(at)s)
  AND (used_by_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[]))
"""
_OPEN_TRANSFERS = """
SELECT count(*) FROM inventory_transfer
WHERE state IN ('planned', 'confirmed', 'in_transit', 'partly_received')
  AND (origin_id = ANY(%(at)s) OR destination_id = ANY(%(at)s))
  AND (company_id = ANY(%(companies)s::bigint[]) OR origin_id = ANY(%(sites)s::bigint[])
       OR destination_id = ANY(%(sites)s::bigint[]))
"""
_STOCK = "SELECT 1 FROM inventory_stockbalance WHERE site_id = %(id)s AND quantity > 0"


STOCK = Entry(
    name="stock",
    label=_("Stock"),
    path="stock/",
    icon="stock",
    key="s",
    order=20,
    count=_MISSING,
    count_label=_("missing"),
    also=("adjustments/", "stock-counts/"),
)
MOVE = Entry(
    name="move",
    label=_("Move"),
    path="transfers/",
    icon="move",
    key="t",
    order=60,
    count=_OPEN_TRANSFERS,
    count_label=_("open transfers"),
    is_small=False,
)


def register() -> None:
    """Enter it all; called in `AppConfig.ready`."""
    from inventory.services import following, locations

    upward.register("sites", "inventory", _SITES)
    upward.register("companies", "inventory", _COMPANIES)
    upward.register("books", "inventory", _BOOKS)
    upward.register("stock", "inventory", _STOCK)
    upward.register_new_site("inventory", locations.create_first)
    navigation.register(STOCK)
    navigation.register(MOVE)
    handlers.register("calendar_levels", following.calendars_changed, follows=("calendar.changed",))
    handlers.register("site_due_dates", following.sites_changed, follows=("site.changed",))
