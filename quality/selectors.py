"""Reading plans and checks, each within a reader's access."""

from django.db.models import QuerySet

from quality.models import QualityCheck, QualityPlan
from sites.access import Access


def plans(access: Access) -> QuerySet[QualityPlan]:
    """Plans of his companies, and of those for whom he works at a site."""
    if access.is_superuser:
        return QualityPlan.objects.all()
    return QualityPlan.objects.filter(company__in=sorted({*access.company_ids, *access.member_sites.values()}))


def checks(access: Access) -> QuerySet[QualityCheck]:
    """Checks of his companies, and those at his sites."""
    return QualityCheck.objects.filter(access.q(companies=["company"], sites=["site"]))
