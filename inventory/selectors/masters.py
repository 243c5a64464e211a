"""Reading places, lots and agreements, each within a reader's access."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory.choices import LotKind
from inventory.models import ConsignmentAgreement, Location, Lot, StockBalance
from inventory.selectors.items import items
from sites.access import Access


def locations(access: Access) -> QuerySet[Location]:
    """Places at his sites, where his companies' goods come in, and where stock of his stands."""
    if access.is_superuser:
        return Location.objects.all()
    mine = access.q(companies=["owner", "used_by"])
    return Location.objects.filter(
        access.q(companies=["site__default_owner"], sites=["site"])
        | Exists(StockBalance.objects.filter(mine, location=OuterRef("pk")))
    )


def lots(access: Access) -> QuerySet[Lot]:
    """Lots that his companies (or those for whom he works at a site) issued, of which stock of his or at his sites
    stands, or that nobody has issued yet.
    """
    if access.is_superuser:
        return Lot.objects.all()
    balances = StockBalance.objects.filter(item=OuterRef("item"), lot=OuterRef("pk"))
    mine = balances.filter(access.q(companies=["owner", "used_by"], sites=["site"]))
    unclaimed = Q(issuer=None) & ~Exists(balances) & Q(item__in=items(access).values("pk"))
    issuers = sorted({*access.company_ids, *access.member_sites.values()})
    return Lot.objects.filter(Q(issuer__in=issuers) | Exists(mine) | unclaimed)


def stock_lots(access: Access) -> QuerySet[Lot]:
    """The same without the system's own lots of work in progress."""
    return lots(access).filter(kind=LotKind.STOCK)


def agreements(access: Access) -> QuerySet[ConsignmentAgreement]:
    """Agreements that his companies are a party of: the price is nobody else's business."""
    return ConsignmentAgreement.objects.filter(access.q(companies=["owner", "used_by"]))
