"""Filters of the lists of quality."""

from django_filters import BooleanFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from quality.choices import CheckState, Trigger
from quality.models import QualityCheck, QualityPlan


class PlanFilter(FilterSet):
    company = KeyFilter("company__code")
    company_id = IdFilter()
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    trigger = WordsFilter(choices=Trigger.values)
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)

    class Meta:
        model = QualityPlan
        fields = ("code",)


class CheckFilter(FilterSet):
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    plan_id = IdFilter()
    lot_id = IdFilter()
    source_id = IdFilter()
    state = WordsFilter(choices=CheckState.values)
    trigger = WordsFilter(choices=Trigger.values)

    class Meta:
        model = QualityCheck
        fields = ("source_kind",)
