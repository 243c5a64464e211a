"""Pages of customers."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.web import fields
from inventory.web import partners
from sales import selectors
from sales.models import Customer, SalesOrder
from sales.rules import OPEN_STATES
from sales.services import customers


class CustomerForm(partners.PartnerForm):
    """The terms of a customer, and where he is."""

    street = fields.text(_("Street"))
    postal_code = fields.text(_("Postal code"), most=20)
    city = fields.text(_("City"), most=100)

    field_order = (
        "code",
        "name",
        "currency",
        "payment_terms_days",
        "email",
        "street",
        "postal_code",
        "city",
        "country",
    )


class CustomerMixin(partners.PartnerMixin):
    """What a customer is, to the pages of all partners."""

    noun = "customer"
    path = "customers"
    plural = _("Customers")
    words: ClassVar[dict[str, Any]] = {
        "new": _("New customer"),
        "one": _("Customer"),
        "empty": _("No customers yet."),
        "orders": _("Open sales orders"),
        "no_orders": _("No open orders."),
        "order": _("Sales order"),
        "date": _("Needed"),
    }
    form_class = CustomerForm
    services: ClassVar[Any] = customers
    search_fields = ("code", "name", "city", "country")
    orders_path = "sales-orders"

    def scope(self) -> QuerySet[Customer]:
        return selectors.customers(self.access)

    def orders(self) -> QuerySet[Any]:
        return SalesOrder.objects.filter(self.access.documents(), state__in=OPEN_STATES)


class CustomerListPage(CustomerMixin, partners.PartnerListPage):
    """`/s/<site>/customers/`."""


class CustomerExport(CustomerMixin, partners.PartnerExport):
    """The same as CSV."""

    columns: tuple[str, ...] = (
        "code",
        "name",
        "currency",
        "payment_terms_days",
        "email",
        "street",
        "postal_code",
        "city",
        "country",
    )


class CustomerNewPage(CustomerMixin, partners.PartnerNewPage):
    """`…/new/`."""


class CustomerPage(CustomerMixin, partners.PartnerPage):
    """`…/<id>/`."""


class CustomerArchivePage(CustomerMixin, partners.PartnerArchivePage):
    """`…/<id>/archive/`."""
