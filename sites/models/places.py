"""Sites and the lanes between them."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.fields import AmountField, PriceField, QuantityField
from core.models import Master


class Site(Master):
    """A place with stock or work: operated by `company`, while the stock that comes in is `default_owner`'s.

    A demand's date means `cut_off_at` of that day in `time_zone`, a supply's means `receiving_ends_at`.
    """

    class Kind(models.TextChoices):
        FACTORY = "factory"
        WAREHOUSE = "warehouse"
        STORE = "store"
        THIRD_PARTY_LOGISTICS = "third_party_logistics", "third-party logistics"

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="sites")
    default_owner = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32, choices=Kind.choices, default=Kind.FACTORY)
    street = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    cut_off_at = models.TimeField(default=time(17, 0))
    receiving_ends_at = models.TimeField(default=time(17, 0))
    calendar = models.ForeignKey("sites.Calendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_selling = models.BooleanField(default=True)
    is_making = models.BooleanField(default=False)
    is_buying = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("code"), name="sites_site_code_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True) | Q(latitude__range=(-90, 90)), name="sites_site_latitude"
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True) | Q(longitude__range=(-180, 180)), name="sites_site_longitude"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Lane(Master):
    """A way from site to site for one company's goods.

    Departs on the weekdays in `departure_weekdays` (Monday is 0; empty: every day) in the origin's zone and takes
    `transit_days` calendar days. Costs are in the company's currency; capacity is per departure.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="lanes")
    origin = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lanes_out")
    destination = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lanes_in")
    transit_days = models.PositiveSmallIntegerField(default=1)
    departure_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    cost_per_kg = PriceField(default=0)
    cost_per_unit = PriceField(default=0)
    cost_per_shipment = AmountField(default=0)
    capacity_kg = QuantityField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "origin", "destination"], name="sites_lane_once"),
            models.CheckConstraint(condition=~Q(origin=F("destination")), name="sites_lane_two_ends"),
            models.CheckConstraint(
                condition=Q(cost_per_kg__gte=0, cost_per_unit__gte=0, cost_per_shipment__gte=0),
                name="sites_lane_costs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin_id}→{self.destination_id}"
