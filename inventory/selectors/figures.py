"""Which balances make which figure of a level."""

from collections.abc import Collection

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from inventory.choices import ON_HAND_KINDS, LocationKind, LotState
from inventory.models import StockBalance

FIGURES = ("on_hand", "blocked", "in_wip", "in_transit")

# A lot may be used through its last day at the site; alone here, so the joins' aliases are Django's own.
_EXPIRED = RawSQL(
    "EXISTS (SELECT 1 FROM inventory_lot lot JOIN sites_site s ON s.id = inventory_stockbalance.site_id "
    "WHERE lot.id = inventory_stockbalance.lot_id AND lot.expires_on < (now() AT TIME ZONE s.time_zone)::date)",
    [],
    output_field=BooleanField(),
)


def of_figures(rows: QuerySet[StockBalance], figures: Collection[str]) -> QuerySet[StockBalance]:
    """Those of the balances that these figures count, as a recompute would at this moment."""
    kind = [str(word) for word in ON_HAND_KINDS]
    return (
        rows.annotate(is_expired=_EXPIRED)
        .alias(
            figure=Case(
                When(location__kind=LocationKind.WIP.value, then=Value("in_wip")),
                When(location__kind=LocationKind.TRANSIT.value, then=Value("in_transit")),
                When(location__kind=LocationKind.QUARANTINE.value, then=Value("blocked")),
                When(
                    Q(location__kind__in=kind) & (~Q(lot__state=LotState.OK.value) & Q(lot__isnull=False)),
                    then=Value("blocked"),
                ),
                When(is_expired=True, then=Value("blocked")),
                default=Value("on_hand"),
                output_field=CharField(),
            )
        )
        .filter(figure__in=list(figures))
    )
