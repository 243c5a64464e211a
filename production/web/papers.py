"""The traveller and the pick list of a manufacturing order, and an operator's badge, as PDF; no costs on them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.documents import Label, Paper, Table
from core.ui.formats import number
from inventory.web.papers import MOST_LINES, PaperPage, pick_table, wanted_of
from production.models import Task
from production.selectors import orders


class OrderPaper(PaperPage):
    """What the papers of an order share."""

    def scope(self) -> QuerySet[Any]:
        return orders.visible_orders(self.access).select_related("item__unit", "site")

    def head(self, row: Any) -> list[tuple[str, str]]:
        return [
            (_("Item"), f"{row.item.sku} {row.item.name}"),
            (_("Quantity"), f"{number(row.quantity, row.item.unit.decimals)} {row.item.unit.code}"),
            (_("Due"), str(row.due_on)),
            (_("Site"), f"{row.site.code} {row.site.name}"),
            (_("Lot"), row.lot_number or "–"),
        ]

    def components(self, row: Any) -> QuerySet[Any]:
        return row.components.filter(kind="component").select_related("item__unit", "site").order_by("line_no")


class Traveller(OrderPaper):
    """`/s/<site>/manufacturing-orders/<id>/traveller.pdf`: operations with a code each, and what they need."""

    def paper(self, row: Any) -> Paper:
        tasks = Task.objects.filter(self.access.q(companies=["company"], sites=["site"]), order=row)
        tasks = tasks.select_related("work_center", "site").order_by("number")
        steps = [
            (
                str(task.number),
                task.name,
                f"{task.site.code} {task.work_center.code}",
                number(task.quantity, row.item.unit.decimals),
                "",
            )
            for task in tasks
        ]
        heads = (_("No."), _("Operation"), _("Work center"), _("Good"), _("Done by"))
        codes = [f"{row.number}/{task.number}" for task in tasks]
        parts = [
            (
                str(line.line_no),
                line.item.sku,
                line.item.name,
                f"{number(line.quantity, line.item.unit.decimals)} {line.item.unit.code}",
            )
            for line in self.components(row)[:MOST_LINES]
        ]
        tables = [
            Table(heads, steps, (8, 36, 24, 14, 18), _("Operations"), codes),
            Table((_("No."), _("Item"), _("Name"), _("Quantity")), parts, (8, 24, 48, 20), _("Components")),
        ]
        return Paper(_("Traveller"), row.number, self.head(row), tables)


class OrderPickList(OrderPaper):
    """`/s/<site>/manufacturing-orders/<id>/pick-list.pdf`: the components that are open, where they lie."""

    def paper(self, row: Any) -> Paper:
        lines = self.components(row).filter(open_quantity__gt=0)
        if self.site:
            lines = lines.filter(site=self.site)
        wanted = [wanted_of(line, line.open_quantity, line.site_id, row.owner_id) for line in lines[:MOST_LINES]]
        table = pick_table(wanted, self.now.date())
        return Paper(_("Pick list"), row.number, self.head(row), [table], _("Nothing is open."))


def badge(code: str, name: str, token: str) -> Label:
    """An operator's badge; the token is known only in the moment it is issued."""
    return Label(token, name, [code])
