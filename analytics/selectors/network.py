"""The sites of the network, one row each."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from analytics.selectors import orders
from analytics.selectors.scope import View
from analytics.selectors.value import Value, values_by_site
from inventory.choices import LotState
from inventory.models import StockBalance, StockLevel
from sites.models import Site


@dataclass(frozen=True)
class SiteFigures:
    """A site with its stock value by currency (empty where it is not the reader's to see) and its troubles."""

    site: Site
    kind: str
    values: list[Value]
    missing: int
    late: int
    blocked: int


def site_figures(view: View) -> list[SiteFigures]:
    """Every site of the view, in its order; a handful of queries whatever their number."""
    values, missing, late, blocked = values_by_site(view), _missing(view), orders.late_by_site(view), _blocked(view)
    return [
        SiteFigures(site, kind_of(site), values.get(site.pk, []), missing[site.pk], late[site.pk], blocked[site.pk])
        for site in view.sites
    ]


def kind_of(site: Site) -> str:
    """How the schematic marks it: own, maker (contract manufacturer) or 3pl."""
    if site.kind == Site.Kind.THIRD_PARTY_LOGISTICS or site.company.is_logistics_provider:
        return "3pl"
    is_own = site.company_id == site.default_owner_id or site.company.is_own
    return "own" if is_own else "maker"


def missing_count(view: View) -> int:
    """How many item-sites miss something."""
    return StockLevel.objects.filter(view.levels(), missing__gt=0).count()


def _missing(view: View) -> Counter[int]:
    rows = StockLevel.objects.filter(view.levels(), missing__gt=0).values_list("site_id")
    return Counter(dict(rows.annotate(count=Count("id")).order_by("site_id")))


def _blocked(view: View) -> Counter[int]:
    seen = view.access.q(companies=["owner", "used_by"], sites=["site"])
    rows = StockBalance.objects.filter(seen, site__in=view.site_ids, lot__state=LotState.HELD, quantity__gt=0)
    found = rows.values_list("site_id").annotate(count=Count("lot", distinct=True)).order_by("site_id")
    return Counter(dict(found))
