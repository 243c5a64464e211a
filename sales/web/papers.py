"""The pick list of a sales order and the packing slip of a shipment as PDF; no prices on either."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.documents import Paper
from inventory.selectors import ledger
from inventory.web.papers import MOST_LINES, PaperPage, packing_table, pick_table, wanted_of
from sales import selectors


class OrderPickList(PaperPage):
    """`/s/<site>/sales-orders/<id>/pick-list.pdf`: what is open at the site of the page, or of each line."""

    def scope(self) -> QuerySet[Any]:
        return selectors.sales_orders(self.access).select_related("customer")

    def paper(self, row: Any) -> Paper:
        lines = row.lines.filter(open_quantity__gt=0).select_related("item__unit", "site").order_by("line_no")
        if not self.access.is_superuser and row.company_id not in self.access.company_ids:
            lines = lines.filter(site__in=sorted(self.access.site_ids))
        if self.site:
            lines = lines.filter(site=self.site)
        wanted = [wanted_of(line, line.open_quantity, line.site_id, row.owner_id) for line in lines[:MOST_LINES]]
        fields = [(_("Customer"), row.customer.name), (_("Needed"), str(row.need_by_on or "–"))]
        return Paper(_("Pick list"), row.number, fields, [pick_table(wanted, self.now.date())], _("Nothing is open."))


class PackingSlip(PaperPage):
    """`/s/<site>/shipments/<id>/packing-slip.pdf`."""

    def scope(self) -> QuerySet[Any]:
        return selectors.shipments(self.access).select_related("order__customer", "site")

    def paper(self, row: Any) -> Paper:
        moves = ledger.moves(self.access).filter(posting=row.posting_id, to_location__kind="customer")
        found = moves.select_related("item__unit", "from_lot", "to_lot").order_by("id")
        fields = [
            (_("Order"), row.order.number),
            (_("Customer"), row.order.customer.name),
            (_("From"), f"{row.site.code} {row.site.name}"),
            (_("Carrier"), f"{row.carrier} {row.tracking_number}".strip() or "–"),
        ]
        return Paper(_("Packing slip"), row.number, fields, [packing_table(list(found[:MOST_LINES]))])
