"""Pages of suppliers."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inventory.web import partners
from purchasing import selectors
from purchasing.models import PurchaseOrder, Supplier
from purchasing.rules import OPEN_STATES
from purchasing.services import suppliers


class SupplierForm(partners.PartnerForm):
    """The terms of a supplier."""

    lead_time_days = forms.IntegerField(
        label=_("Lead time, days"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=_("Where an item has no own."),
    )
    is_preferred = forms.BooleanField(label=_("Preferred"), required=False)

    field_order = (
        "code",
        "name",
        "currency",
        "payment_terms_days",
        "lead_time_days",
        "email",
        "country",
        "is_preferred",
    )


class SupplierMixin(partners.PartnerMixin):
    """What a supplier is, to the pages of all partners."""

    noun = "supplier"
    path = "suppliers"
    plural = _("Suppliers")
    words: ClassVar[dict[str, Any]] = {
        "new": _("New supplier"),
        "one": _("Supplier"),
        "empty": _("No suppliers yet."),
        "orders": _("Open purchase orders"),
        "no_orders": _("No open orders."),
        "order": _("Purchase order"),
        "date": _("Expected"),
    }
    form_class = SupplierForm
    services: ClassVar[Any] = suppliers
    orders_path = "purchase-orders"

    def scope(self) -> QuerySet[Supplier]:
        return selectors.suppliers(self.access)

    def orders(self) -> QuerySet[Any]:
        return PurchaseOrder.objects.filter(self.access.documents(), state__in=OPEN_STATES)


class SupplierListPage(SupplierMixin, partners.PartnerListPage):
    """`/s/<site>/suppliers/`."""


class SupplierExport(SupplierMixin, partners.PartnerExport):
    """The same as CSV."""

    columns: tuple[str, ...] = (
        "code", "name", "currency", "payment_terms_days", "lead_time_days", "is_preferred", "email", "country"
    )  # fmt: skip


class SupplierNewPage(SupplierMixin, partners.PartnerNewPage):
    """`…/new/`."""


class SupplierPage(SupplierMixin, partners.PartnerPage):
    """`…/<id>/`: with what he sells, and at which prices, to whom they are shown."""

    def more(self) -> dict[str, Any]:
        rows = selectors.supplier_items(self.access).filter(supplier=self.partner).select_related("item__unit")
        has_prices = self.access.sees_prices(self.partner.company_id)
        return {"sold": list(rows.order_by("item__sku", "pk")[: partners.PAGE_SIZE]), "has_prices": has_prices}


class SupplierArchivePage(SupplierMixin, partners.PartnerArchivePage):
    """`…/<id>/archive/`."""
