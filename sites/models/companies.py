"""Parties and the rates between their currencies."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.fields import RateField
from core.models import Followed, Master


class Company(Master):
    """A party. Own, supplier, customer, contract manufacturer and logistics provider are roles it may hold together.

    `code` is unique in the installation, whatever its case. Values are kept in `currency` (ISO 4217).
    Postings dated on or before `closed_through_on` are refused.
    """

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField(max_length=2, blank=True, default="")
    is_own = models.BooleanField(default=False)
    is_supplier = models.BooleanField(default=False)
    is_customer = models.BooleanField(default=False)
    is_contract_manufacturer = models.BooleanField(default=False)
    is_logistics_provider = models.BooleanField(default=False)
    closed_through_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(Lower("code"), name="sites_company_code_once"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="sites_company_currency_iso"),
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(Followed):
    """How much of `to_currency` one unit of `from_currency` buys from `valid_from_on` on, for one company's books."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="exchange_rates")
    from_currency = models.CharField(max_length=3)
    to_currency = models.CharField(max_length=3)
    valid_from_on = models.DateField()
    rate = RateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "from_currency", "to_currency", "valid_from_on"], name="sites_rate_once"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="sites_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.from_currency}→{self.to_currency} {self.rate}"
