"""Filters of the lists of sites."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django_filters import BooleanFilter, CharFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from sites.models import Calendar, Company, ExchangeRate, Lane, Membership, Site


class MasterFilter(FilterSet):
    """`is_archived=false` leaves the archived ones out; `search` finds a part of code or name."""

    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)
    search = CharFilter(method="search_for")

    searched: tuple[str, ...] = ("code", "name")

    def search_for(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(reduce(or_, (Q(**{f"{field}__icontains": value}) for field in self.searched)))


class CompanyFilter(MasterFilter):
    code = KeyFilter("code")

    class Meta:
        model = Company
        fields = (
            "currency",
            "country",
            "is_own",
            "is_supplier",
            "is_customer",
            "is_contract_manufacturer",
            "is_logistics_provider",
        )


class SiteFilter(MasterFilter):
    code = KeyFilter("code")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    default_owner = KeyFilter("default_owner__code")
    default_owner_id = IdFilter()
    kind = WordsFilter(choices=Site.Kind.values)

    class Meta:
        model = Site
        fields = ("country", "is_selling", "is_making", "is_buying")


class CalendarFilter(MasterFilter):
    code = KeyFilter("code")
    company = KeyFilter("company__code")
    company_id = IdFilter()

    class Meta:
        model = Calendar
        fields = ()


class LaneFilter(FilterSet):
    company = KeyFilter("company__code")
    company_id = IdFilter()
    origin = KeyFilter("origin__code")
    origin_id = IdFilter()
    destination = KeyFilter("destination__code")
    destination_id = IdFilter()
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)

    class Meta:
        model = Lane
        fields = ()


class MembershipFilter(FilterSet):
    user = KeyFilter("user__username")
    user_id = IdFilter()
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    role = WordsFilter(choices=Membership.Role.values)

    class Meta:
        model = Membership
        fields = ()


class ExchangeRateFilter(FilterSet):
    company = KeyFilter("company__code")
    company_id = IdFilter()
    valid_on = DateFilter("valid_from_on", "lte")

    class Meta:
        model = ExchangeRate
        fields = ("from_currency", "to_currency")
