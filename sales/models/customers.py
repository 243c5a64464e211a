"""The terms a company gives a customer."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower

from core.models import Master


class Customer(Master):
    """`company` sells to `party`, the customer's own company; `code` is unique per seller."""

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="customers")
    party = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="EUR")
    payment_terms_days = models.PositiveIntegerField(default=30)
    email = models.EmailField(blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(F("company"), Lower("code"), name="sales_customer_code_once")]

    def __str__(self) -> str:
        return self.code
