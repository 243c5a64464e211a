"""What inventory tells the app below it: whose goods are where, and what a new site begins with."""

from sites import upward

# Sites where a company's goods lie, or lie for it, by agreement; and sites whose items it keeps.
_SITES = """
SELECT site_id FROM inventory_consignmentagreement
WHERE owner_id = ANY(%(companies)s::bigint[]) OR used_by_id = ANY(%(companies)s::bigint[])
UNION SELECT site_id FROM inventory_itemsite WHERE company_id = ANY(%(companies)s::bigint[])
UNION SELECT site_id FROM inventory_stocklevel WHERE used_by_id = ANY(%(companies)s::bigint[])
"""
_COMPANIES = """
SELECT owner_id FROM inventory_consignmentagreement
WHERE used_by_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[])
UNION SELECT used_by_id FROM inventory_consignmentagreement
WHERE owner_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[])
"""
_BOOKS = "SELECT 1 FROM inventory_costpool WHERE owner_id = %(id)s"
_STOCK = "SELECT 1 FROM inventory_stockbalance WHERE site_id = %(id)s AND quantity > 0"


def register() -> None:
    """Enter it all; called in `AppConfig.ready`."""
    from inventory.services import locations

    upward.register("sites", "inventory", _SITES)
    upward.register("companies", "inventory", _COMPANIES)
    upward.register("books", "inventory", _BOOKS)
    upward.register("stock", "inventory", _STOCK)
    upward.register_new_site("inventory", locations.create_first)
