"""Reading plans and checks, each within a reader's access."""

from typing import Any

from django.db.models import QuerySet

from quality.models import QualityCheck, QualityPlan, QualityResult
from sites.access import Access


def plans(access: Access) -> QuerySet[QualityPlan]:
    """Plans of his companies, and of those for whom he works at a site."""
    if access.is_superuser:
        return QualityPlan.objects.all()
    return QualityPlan.objects.filter(company__in=sorted({*access.company_ids, *access.member_sites.values()}))


def checks(access: Access) -> QuerySet[QualityCheck]:
    """Checks of his companies, and those at his sites."""
    return QualityCheck.objects.filter(access.q(companies=["company"], sites=["site"]))


def photos(access: Access) -> QuerySet[Any]:
    """The ids of the pictures taken at the checks that he sees."""
    found = QualityResult.objects.filter(check_row__in=checks(access), attachment__isnull=False)
    return found.values("attachment")
