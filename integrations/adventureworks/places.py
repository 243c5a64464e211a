"""Which of AdventureWorks' things belong to which of its two sites. The export itself knows no sites.

BOTHELL is the factory: its work centers (locations 10 to 60) and the stores that feed them (1 to 6). KENT is the
distribution center with the finished goods storage (7), which ships to customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from integrations.adventureworks.source import Source

FINISHED_GOODS = "7"
DEFAULT_CODE = "AW"
# What customers buy whole; components are sold too, but stand where they are used.
_SHIPPED_CATEGORIES = frozenset({"Bikes", "Clothing", "Accessories"})


class Sites(NamedTuple):
    """The codes of the two sites."""

    factory: str
    distribution: str


def site_codes(company_code: str) -> Sites:
    """BOTHELL and KENT; codes of sites are unique, so for another company than AW behind its code."""
    prefix = "" if company_code.upper() == DEFAULT_CODE else f"{company_code}-"
    return Sites(f"{prefix}BOTHELL", f"{prefix}KENT")


@dataclass(frozen=True)
class Places:
    """Where products are kept and where their stock lies."""

    sites: Sites
    home: Mapping[str, str]
    default_location: Mapping[str, str]

    def site_of(self, location_id: str) -> str:
        """The site of a location."""
        return self.sites.distribution if location_id == FINISHED_GOODS else self.sites.factory


def is_storage(location_id: str) -> bool:
    """Locations 1 to 7 store; 10 to 60 are work centers, whose stock is lineside."""
    return int(location_id) < 10


def places(source: Source, company_code: str) -> Places:
    """The home of every product: the distribution center for bikes, clothing and accessories, else the factory.

    Its default location is the storage of that site where most of it lies.
    """
    sites = site_codes(company_code)
    category = category_names(source)
    home = {
        row["productid"]: sites.distribution
        if category.get(row["productsubcategoryid"], ("",))[0] in _SHIPPED_CATEGORIES
        else sites.factory
        for row in source["product"]
    }
    found = Places(sites, home, {})
    most: dict[str, tuple[Decimal, str]] = {}
    for row in source["productinventory"]:
        product_id, location_id = row["productid"], row["locationid"]
        if is_storage(location_id) and found.site_of(location_id) == home.get(product_id):
            candidate = (Decimal(row["quantity"]), location_id)
            most[product_id] = max(most.get(product_id, candidate), candidate)
    return Places(sites, home, {product_id: location_id for product_id, (_, location_id) in most.items()})


def category_names(source: Source) -> dict[str, tuple[str, str]]:
    """The names of category and subcategory, by the latter's id."""
    names = {row["productcategoryid"]: row["name"] for row in source["productcategory"]}
    return {
        row["productsubcategoryid"]: (names[row["productcategoryid"]], row["name"])
        for row in source["productsubcategory"]
    }
