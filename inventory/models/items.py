"""What is stocked, made, bought and sold."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper

from core.fields import PriceField, QuantityField, RateField
from core.models import Editable, Followed, Master
from inventory.choices import Tracking


class UnitOfMeasure(Master):
    """A unit with the number of decimals a quantity in it may have (pieces: 0)."""

    code = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    decimals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "units of measure"
        constraints = [
            models.UniqueConstraint(Lower("code"), name="inventory_unit_code_once"),
            models.CheckConstraint(condition=Q(decimals__lte=6), name="inventory_unit_decimals"),
        ]

    def __str__(self) -> str:
        return self.code


class ItemCategory(Master):
    """A group of items, in a tree."""

    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        verbose_name_plural = "item categories"
        constraints = [
            models.UniqueConstraint(Lower("name"), F("parent"), name="inventory_category_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name


class Item(Master):
    """A thing with a stocking unit, shared by the network; `sku` is unique in the installation, whatever its case.

    Weight is in kilograms per stocking unit. A variant points at what it varies, with its options.
    """

    sku = models.CharField("SKU", max_length=64)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    category = models.ForeignKey(ItemCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    unit = models.ForeignKey(UnitOfMeasure, on_delete=models.PROTECT, related_name="+")
    tracking = models.CharField(max_length=8, choices=Tracking.choices, default=Tracking.NONE)
    weight_kg = QuantityField(null=True, blank=True)
    variant_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="variants")
    options = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("sku"), name="inventory_item_sku_once"),
            models.CheckConstraint(
                condition=Q(weight_kg__isnull=True) | Q(weight_kg__gte=0), name="inventory_item_weight"
            ),
        ]
        indexes = [
            GinIndex(
                OpClass(Upper("sku"), name="gin_trgm_ops"),
                OpClass(Upper("name"), name="gin_trgm_ops"),
                name="inventory_item_search",
            )
        ]

    def __str__(self) -> str:
        return self.sku


class ItemUnit(Followed):
    """Another unit of an item: `factor` stocking units are one of it."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(UnitOfMeasure, on_delete=models.PROTECT, related_name="+")
    factor = RateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "unit"], name="inventory_item_unit_once"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="inventory_item_unit_factor"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.unit_id}"


class ItemCompany(Followed):
    """A company's sight of an item, with its own cost and price; an item without any such row is seen by all.

    `standard_cost` and `list_price` are per stocking unit, in the company's currency. `is_keeper`: its planners keep
    the item itself (name, unit, codes); not those of a company that only came to use it.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="companies")
    company = models.ForeignKey("sites.Company", on_delete=models.CASCADE, related_name="+")
    is_keeper = models.BooleanField(default=True, db_default=True)
    standard_cost = PriceField(null=True, blank=True)
    list_price = PriceField(null=True, blank=True)
    is_made = models.BooleanField(default=False)
    is_bought = models.BooleanField(default=False)
    is_sold = models.BooleanField(default=False)
    planner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name_plural = "item companies"
        constraints = [
            models.UniqueConstraint(fields=["company", "item"], name="inventory_item_company_once"),
            models.CheckConstraint(
                condition=Q(standard_cost__isnull=True) | Q(standard_cost__gte=0), name="inventory_item_cost"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.company_id}"


class ItemCode(Followed):
    """What a company calls an item: a customer's, supplier's or barcode number."""

    company = models.ForeignKey("sites.Company", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=64)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="codes")

    class Meta:
        constraints = [models.UniqueConstraint(F("company"), Lower("code"), name="inventory_item_code_once")]
        indexes = [GinIndex(OpClass(Upper("code"), name="gin_trgm_ops"), name="inventory_item_code_search")]

    def __str__(self) -> str:
        return self.code


class ItemSite(Editable):
    """How a company keeps an item at a site: where it goes, how much is safe, when and how much to reorder.

    `source_lead_time_days` and `source_calendar` are of the first source and written by purchasing, production or
    planning; absent, there is no order-by date.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="sites")
    site = models.ForeignKey("sites.Site", on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey("sites.Company", on_delete=models.CASCADE, related_name="+")
    default_location = models.ForeignKey(
        "inventory.Location", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    safety_stock = QuantityField(default=0)
    reorder_point = QuantityField(default=0)
    order_minimum = QuantityField(default=0)
    order_multiple = QuantityField(default=0)
    source_lead_time_days = models.PositiveIntegerField(null=True, blank=True)
    source_calendar = models.ForeignKey(
        "sites.Calendar", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "site", "item"], name="inventory_item_site_once"),
            models.CheckConstraint(
                condition=Q(safety_stock__gte=0, reorder_point__gte=0, order_minimum__gte=0, order_multiple__gte=0),
                name="inventory_item_site_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.site_id} {self.company_id}"
