"""Making what a sales order asks for: what will be made is shown, then made, and can be taken back."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.errors import DomainError
from inventory.choices import DemandKind, DocumentKind
from inventory.models import Demand, Item
from inventory.web.steps import go_on, refusal, tell
from production.services import manufacturing_orders
from sales.models import SalesOrder
from sales.selectors import sales_orders
from sites.access import PLANNERS
from sites.models import Site
from sites.web import reader
from sites.web.mixins import SitePageMixin

_CANCELED = "%(count)d orders for %(number)s are canceled."
_MADE = "%(count)d orders are made for %(number)s."


class MakeToOrderPage(SitePageMixin, View):
    """`/s/<site>/manufacturing-orders/make-to-order/<sales order>/`; with `undo` below it, taken back."""

    is_undo = False

    def scope(self) -> None:
        return None

    @cached_property
    def order(self) -> SalesOrder:
        access = reader.of(self.request).access
        found = sales_orders(access).filter(pk=self.kwargs["pk"]).first()
        if found is None or not access.has_role(PLANNERS, company_id=found.company_id, site_id=found.site_id):
            raise Http404("There is no such order.")
        return found

    @property
    def url(self) -> str:
        return f"/s/{self.site_code}/manufacturing-orders/make-to-order/{self.order.pk}/"

    @property
    def back_url(self) -> str:
        return f"/s/{self.site_code}/sales-orders/{self.order.pk}/"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        number = self.order.number
        try:
            if self.is_undo:
                gone = len(manufacturing_orders.unmake_for(self.demands, now=self.now, actor=request.user))
                text = ngettext("%(count)d order for %(number)s is canceled.", _CANCELED, gone)
                tell(request, text % {"count": gone, "number": number})
            else:
                made = len(manufacturing_orders.make_for(self.demands, now=self.now, actor=request.user))
                text = ngettext("%(count)d order is made for %(number)s.", _MADE, made)
                tell(request, text % {"count": made, "number": number}, undo=f"{self.url}undo/" if made else "")
        except DomainError as error:
            return self.show(refusal(error), status=error.status if error.status < 500 else 503)
        return go_on(request, self.back_url)

    @property
    def demands(self) -> list[int]:
        kind = DocumentKind.SALES_ORDER
        rows = Demand.objects.filter(
            kind=DemandKind.SALES_LINE, document_kind=kind, document_id=self.order.pk, part=0, closed_at=None
        )
        return list(rows.order_by("pk").values_list("pk", flat=True))

    def show(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        rows: list[dict[str, Any]] = []
        if refused is None:
            try:
                rows = self.rows()
            except DomainError as error:
                refused = refusal(error)
        context = {
            "order": self.order,
            "url": f"{self.url}undo/" if self.is_undo else self.url,
            "back_url": self.back_url,
            "list_url": f"/s/{self.site_code}/orders/?kind=sales",
            "list_label": _("Sales orders"),
            "rows": rows,
            "refusal": refused,
            "is_undo": self.is_undo,
        }
        return render(self.request, "production/make_to_order.html", context, status=status)

    def rows(self) -> list[dict[str, Any]]:
        """What would be made, with names."""
        if self.is_undo:
            return []
        found = manufacturing_orders.preview_for(self.demands, now=self.now, actor=self.request.user)
        made = Item.objects.select_related("unit").in_bulk({row.item_id for row in found})
        sites = Site.objects.in_bulk({row.site_id for row in found})
        return [{"row": row, "item": made[row.item_id], "site": sites[row.site_id]} for row in found]
