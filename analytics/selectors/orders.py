"""How the open orders stand: the ranked list says which are late or at risk, and what they are worth."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Coalesce

from analytics.selectors.scope import View
from production.selectors import ranked
from production.selectors.ranked import Choice, Ranked
from sales.models import SalesOrder

ON_TIME_DAYS = 30


def counts(view: View) -> ranked.Counts:
    """Open orders at the view's sites: all, late, at risk, ready."""
    return ranked.counts(view.access, view.site_ids, now=view.now)


def late(view: View, *, most: int) -> list[Ranked]:
    """Orders that come after their need, in rank order."""
    return _page(view, Choice(is_late=True, site_ids=view.site_ids), most)


def at_risk(view: View, *, most: int) -> list[Ranked]:
    """Orders not late yet that lack something, or get the last of it right before the need, in rank order."""
    return _page(view, Choice(is_risky=True, site_ids=view.site_ids), most)


def late_by_site(view: View) -> Counter[int]:
    """How many late orders each site has."""
    return Counter(ranked.late_by_site(view.access, view.site_ids, now=view.now))


def on_time_share(view: View, until: date) -> tuple[Decimal | None, int]:
    """The share of sales orders shipped in the 30 days up to a date that left by their promise (else their need).

    With how many they were; None without any.
    """
    since = until - timedelta(days=ON_TIME_DAYS)
    shipped = (
        SalesOrder.objects.filter(view.documents("customer__party"), shipped_at__date__gt=since)
        .filter(shipped_at__date__lte=until)
        .annotate(due=Coalesce("promised_on", "need_by_on"))
        .exclude(due=None)
    )
    count = shipped.count()
    if not count:
        return None, 0
    return Decimal(shipped.filter(shipped_at__date__lte=F("due")).count()) / count, count


def _page(view: View, choice: Choice, most: int) -> list[Ranked]:
    return ranked.page(view.access, choice, now=view.now, size=most).rows
