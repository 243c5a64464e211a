"""Sales orders."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from core.fields import PriceField, RateField
from inventory.models import Document, OrderLine
from inventory.models.documents import line_checks
from sales.choices import SalesOrderState


class SalesOrder(Document):
    """What a customer ordered. `site` and `need_by_on` are defaults of the lines.

    `priority` is its place in the company's one rank sequence. Prices are in `currency`.
    """

    customer = models.ForeignKey("sales.Customer", on_delete=models.PROTECT, related_name="orders")
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=SalesOrderState.choices, default=SalesOrderState.QUOTE)
    priority = models.ForeignKey(
        "inventory.Priority", null=True, blank=True, on_delete=models.PROTECT, related_name="sales_orders"
    )
    currency = models.CharField(max_length=3)
    ordered_on = models.DateField()
    need_by_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="sales_order_number_once")]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="sales_order_state"),
            models.Index(fields=["company", "site", "-id"], name="sales_order_site"),
            GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("external_reference"), name="gin_trgm_ops"),
                name="sales_order_search",
            ),
        ]


class SalesOrderLine(OrderLine):
    """One item of a sales order. `unit_price` is per ordered unit; `discount` is a fraction of it (0.1: 10 % off)."""

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines")
    description = models.CharField(max_length=200, blank=True, default="")
    unit_price = PriceField(default=0)
    discount = RateField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="sales_line_once"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0, discount__lte=1), name="sales_line_price"
            ),
            *line_checks("sales_line"),
        ]
