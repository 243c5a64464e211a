"""A lot's way: where it came from and went as a graph and a table, and the recall of all that it went into."""

import time
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError
from core.ui import layers
from core.ui.formats import number
from core.web.tables import csv_response
from inventory.choices import DocumentKind, LocationKind
from inventory.models import Lot
from inventory.selectors import masters, recall
from inventory.selectors.trace import Direction, Node, NodeKind, Trace, trace
from inventory.services.recall import hold_affected, release_again
from inventory.web.serving import document_url
from inventory.web.steps import go_on, refusal, tell
from sites.access import WRITERS
from sites.web.mixins import SitePageMixin

MOST_DRAWN = 60
MOST_LISTED = 500


class LotMixin(SitePageMixin):
    """Gives `self.lot`, in the reader's sight, and its trace."""

    def scope(self) -> QuerySet[Lot]:
        return masters.lots(self.access).select_related("item__unit", "issuer")

    @cached_property
    def lot(self) -> Lot:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}lots/{self.lot.pk}/"

    @property
    def direction(self) -> Direction:
        asked = self.request.GET.get("direction", "")
        return Direction.FORWARD if asked == Direction.FORWARD else Direction.BACKWARD

    def node_url(self, node: Node) -> str:
        if node.key.kind == NodeKind.LOT:
            return f"{self.base}lots/{node.key.id}/trace/?direction={self.direction}"
        if node.key.kind == NodeKind.ORDER:
            return document_url(self.base, DocumentKind.MANUFACTURING_ORDER, node.key.id)
        return f"{self.base}stock/{node.key.id}/"


class TracePage(LotMixin, TemplateView):
    """`/s/<site>/lots/<id>/trace/?direction=`."""

    template_name = "inventory/trace.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = trace(self.lot, self.direction, self.access)
        crossings = recall.crossings(found.lot_ids, self.access, most=MOST_LISTED)
        tabs = [
            {"label": label, "url": f"?direction={one}", "current": one == self.direction}
            for one, label in ((Direction.BACKWARD, _("Where from")), (Direction.FORWARD, _("Where to")))
        ]
        return super().get_context_data(
            lot=self.lot,
            base=self.base,
            url=self.url,
            direction=self.direction,
            tabs=tabs,
            rows=self.rows(found),
            node_count=len(found.nodes),
            is_complete=found.is_complete,
            drawing=self.drawing(found) if 1 < len(found.nodes) <= MOST_DRAWN else None,
            crossings=[self.crossing(row) for row in crossings],
            balance=recall.mass_balance(self.lot, self.access),
            **kwargs,
        )

    def rows(self, found: Trace) -> list[dict[str, Any]]:
        known = {node.key: node for node in found.nodes}
        into: dict[Any, list[str]] = {}
        is_forward = self.direction == Direction.FORWARD
        for edge in found.edges:
            own, other = (edge.target, edge.source) if is_forward else (edge.source, edge.target)
            of = known[edge.source] if edge.source.kind != NodeKind.ORDER else known[edge.target]
            text = f"{number(edge.quantity, of.decimals)} {of.unit}".strip()
            into.setdefault(own, []).append(f"{text} · {known[other].number or known[other].sku}")
        return [
            {"node": node, "url": self.node_url(node), "by": into.get(node.key, [])[:5], "kind": kind_label(node)}
            for node in found.nodes[:MOST_LISTED]
        ]

    def drawing(self, found: Trace) -> layers.Drawing:
        columns = {node.key: node.level * 2 + (node.key.kind == NodeKind.ORDER) for node in found.nodes}
        last = max(columns.values())
        is_forward = self.direction == Direction.FORWARD
        boxes = [
            layers.Box(
                key=node.key,
                column=columns[node.key] if is_forward else last - columns[node.key],
                text=(node.number or node.sku)[:22],
                under=(_("another company follows") if node.leads_on else node.name or kind_label(node))[:26],
                url=self.node_url(node),
                tone="neg" if node.state == "held" else "",
            )
            for node in found.nodes
        ]
        return layers.layout(boxes, [(edge.source, edge.target) for edge in found.edges])

    def crossing(self, row: recall.Crossing) -> dict[str, Any]:
        return {
            "row": row,
            "label": crossing_label(row),
            "url": document_url(self.base, row.source_kind, row.source_id),
            "posting_url": f"{self.base}postings/{row.posting_id}/",
        }


class TraceExport(LotMixin, View):
    """The edges of a trace as CSV."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["from_kind", "from", "from_item", "quantity", "unit", "to_kind", "to", "to_item"]
        return csv_response(f"trace-{self.lot.pk}", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        found = trace(self.lot, self.direction, self.access)
        known = {node.key: node for node in found.nodes}
        for edge in found.edges:
            source, target = known[edge.source], known[edge.target]
            unit = source.unit or target.unit
            yield [
                source.key.kind, source.number, source.sku, edge.quantity, unit,
                target.key.kind, target.number, target.sku,
            ]  # fmt: skip


class RecallMixin(LotMixin):
    """What a lot went into: where it stands and who got it."""

    @cached_property
    def found(self) -> Trace:
        return trace(self.lot, Direction.FORWARD, self.access)

    @cached_property
    def standing(self) -> list[recall.Standing]:
        return recall.standing(self.found.lot_ids, self.found.order_ids, self.access)

    @cached_property
    def left(self) -> list[recall.Crossing]:
        rows = recall.crossings(self.found.lot_ids, self.access)
        return [row for row in rows if not row.is_in]


class RecallPage(RecallMixin, View):
    """`…/<id>/recall/`: all that is affected, and how long it took to find it; POST holds it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            held = hold_affected(self.lot.pk, reason=request.POST.get("reason", ""), actor=request.user)
        except DomainError as error:
            return self.show(refusal(error), status=error.status if error.status < 500 else 503)
        undo = f"{self.url}recall/release/{held.event_id}/" if held.event_id else ""
        tell(request, _("%(count)s lots are held.") % {"count": len(held.lots)}, undo=undo)
        return redirect(f"{self.url}recall/")

    def show(self, refused: list[str] | None = None, status: int = 200) -> HttpResponseBase:
        begun = time.perf_counter()
        rows = self.standing
        context = {
            "lot": self.lot,
            "base": self.base,
            "url": self.url,
            "on_hand": [row for row in rows if row.is_on_hand],
            "in_transit": [row for row in rows if row.place_kind == LocationKind.TRANSIT],
            "in_wip": [row for row in rows if row.place_kind == LocationKind.WIP],
            "shipped": [self.shipment(row) for row in self.left if row.kind == LocationKind.CUSTOMER],
            "gone": [row for row in self.left if row.kind != LocationKind.CUSTOMER],
            "lot_count": len(self.found.lot_ids),
            "order_count": len(self.found.order_ids),
            "hidden": sum(node.leads_on for node in self.found.nodes),
            "is_complete": self.found.is_complete,
            "balance": recall.mass_balance(self.lot, self.access),
            "may_hold": self.may_hold,
            "refusal": refused,
            "reason": self.request.POST.get("reason", ""),
            "milliseconds": round((time.perf_counter() - begun) * 1000),
        }
        return render(self.request, "inventory/recall.html", context, status=status)

    @property
    def may_hold(self) -> bool:
        roles = {*self.access.company_roles.values(), *self.access.member_roles.values()}
        return self.access.is_superuser or not roles.isdisjoint(WRITERS)

    def shipment(self, row: recall.Crossing) -> dict[str, Any]:
        return {"row": row, "url": document_url(self.base, row.source_kind, row.source_id)}


class RecallReleasePage(LotMixin, View):
    """`…/recall/release/<event>/`: takes a recall back; the Undo of its message posts here."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return redirect(f"{self.url}recall/")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            released = release_again(self.lot.pk, kwargs["event"], actor=request.user)
            tell(request, _("%(count)s lots are released again.") % {"count": len(released.lots)})
        except DomainError as error:
            tell(request, "", warnings=refusal(error))
        return go_on(request, f"{self.url}recall/")


class RecallExport(RecallMixin, View):
    """All that is affected as CSV: where it stands, and who got it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["what", "item", "lot", "quantity", "unit", "site", "place", "document", "party", "on"]
        return csv_response(f"recall-{self.lot.pk}", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        for row in self.standing:
            what = "on_hand" if row.is_on_hand else row.place_kind
            yield [what, row.sku, row.lot, row.quantity, row.unit, row.site, row.place, row.transfer, row.owner, ""]
        for left in self.left:
            yield [
                left.kind, left.sku, left.lot, left.quantity, left.unit, left.site, "", left.source_number,
                left.party, left.on,
            ]  # fmt: skip


def kind_label(node: Node) -> str:
    labels = {NodeKind.LOT: _("Lot"), NodeKind.ORDER: _("Manufacturing order"), NodeKind.ITEM: _("Without lots")}
    return labels[node.key.kind]


def crossing_label(row: recall.Crossing) -> str:
    """How a lot came or left, in words."""
    if row.is_in:
        return _("Received") if row.kind == LocationKind.SUPPLIER else _("Found")
    labels = {
        LocationKind.CUSTOMER: _("Shipped"),
        LocationKind.SUPPLIER: _("Returned"),
        LocationKind.SCRAP: _("Scrapped"),
        LocationKind.COUNT: _("Missed"),
    }
    return labels[LocationKind(row.kind)]
