"""Which part of the network a figure is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from core.clock import local_date
from sites.access import Access
from sites.models import Site


@dataclass(frozen=True)
class View:
    """A reader, the sites that the page is about, and the moment; `today` is the date in the page's zone."""

    access: Access
    sites: Sequence[Site]
    now: datetime
    zone: str

    @property
    def site_ids(self) -> list[int]:
        return [site.pk for site in self.sites]

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)

    def levels(self) -> Q:
        """Levels and allocations that he may see, at these sites."""
        return self.access.q(companies=["used_by"], sites=["site"]) & Q(site__in=self.site_ids)

    def documents(self, *parties: str, site: str = "site") -> Q:
        """Documents of his at these sites."""
        return self.access.documents(parties=("company", *parties), site=site) & Q(**{f"{site}__in": self.site_ids})

    def owned(self) -> Q:
        """Value of his companies at these sites: a value is its owner's alone to see."""
        return self.access.valued("owner") & Q(site__in=self.site_ids)
