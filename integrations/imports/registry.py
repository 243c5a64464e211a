"""All that can be imported, by noun, in the order in which a new company brings it in."""

from core.errors import NotFound
from integrations.imports.framework.importer import Importer
from integrations.imports.nouns import (
    bills_of_materials,
    companies,
    customers,
    item_sites,
    items,
    locations,
    lots,
    opening_stock,
    purchase_history,
    purchase_orders,
    sales_orders,
    sites,
    supplier_items,
    suppliers,
    units,
)

_MODULES = (
    *(companies, sites, units, items, locations, item_sites, lots, opening_stock),
    *(customers, suppliers, supplier_items, bills_of_materials, sales_orders, purchase_orders, purchase_history),
)
IMPORTERS: dict[str, Importer] = {module.IMPORTER.noun: module.IMPORTER for module in _MODULES}


def importer(noun: str) -> Importer:
    """:raises NotFound: naming the nouns that there are."""
    found = IMPORTERS.get(noun.replace("_", "-").lower())
    if found is None:
        raise NotFound(f"“{noun}” can't be imported; there are {', '.join(IMPORTERS)}.")
    return found
