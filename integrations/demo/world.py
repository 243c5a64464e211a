"""What the demo has written, by the names it goes by in the plan."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from integrations.demo.days import Days
from integrations.demo.keeping import Spot
from integrations.demo.parties import OWN, place_of
from inventory.drafts import LevelKey
from inventory.models import Item, Location
from purchasing.models import Supplier
from sales.models import Customer
from sites.models import Company, Site


@dataclass
class World:
    """Rows by their codes. `planner` writes what a planner writes; all else is the system's."""

    days: Days
    planner: Any = None
    companies: dict[str, Company] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    locations: dict[tuple[str, str], Location] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.days.today

    @property
    def own(self) -> Company:
        """Põldsaar."""
        return self.companies[OWN]

    def place(self, spot: Spot, category: str) -> Location:
        """Where an item of that category lies at a site."""
        return self.locations[spot.site, place_of(category, spot.site)]

    def key(self, spot: Spot) -> LevelKey:
        """The level of a spot for Põldsaar's demand."""
        return LevelKey(self.items[spot.sku].pk, self.sites[spot.site].pk, self.own.pk)
