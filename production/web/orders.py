"""The one ranked list over sales orders and orders made to stock; a drag changes who gets the stock."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError, InvalidInput
from core.templatetags.mfg import url_with
from core.ui.formats import number, symbol
from core.web import lists
from core.web.numbers import whole
from core.web.tables import csv_response
from inventory.rules import availability
from inventory.selectors import items as item_selectors
from inventory.selectors import ranks
from inventory.selectors.reasons import Reason, reasons
from inventory.web.serving import document_url, explain_url
from inventory.web.steps import Step, go_on, refusal
from production.selectors import ranked
from production.selectors.ranked import Choice, Ranked
from production.services import ranking
from production.web import rank_change, rank_rows
from sites.access import PLANNERS, Access
from sites.models import Company
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 50
MOST_ITEMS = 200
MOST_TAKERS = 8
STREAMED = 500


def may_sell(access: Access) -> bool:
    """Whether he plans for any company, so that there is an order he may enter."""
    roles = {*access.company_roles.values(), *access.member_roles.values()}
    return access.is_superuser or not roles.isdisjoint(PLANNERS)


class RankMixin(SitePageMixin):
    """Which orders the page is about; the CSV has the same."""

    def scope(self) -> None:
        return None

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @property
    def tab(self) -> str:
        """`sales` or `making`, `late`, `risk`, `ready`; "" for all."""
        kind = self.asked("kind")
        flag = next((name for name in ("late", "risk", "ready") if self.asked(name) == "1"), "")
        return flag or (kind if kind in ranked.KINDS else "")

    @cached_property
    def choice(self) -> Choice:
        kind = self.asked("kind")
        return Choice(
            kind=kind if kind in ranked.KINDS else "",
            is_late=self.asked("late") == "1",
            is_risky=self.asked("risk") == "1",
            is_ready=self.asked("ready") == "1",
            site_ids=self.chosen_sites(),
            item_ids=self.chosen_items(),
            words=self.asked("search").split()[:6],
        )

    def chosen_sites(self) -> list[int] | None:
        if self.site is not None:
            return [self.site.pk]
        code = self.asked("site").lower()
        return [site.pk for site in self.sites if site.code.lower() == code] if code else None

    def chosen_items(self) -> list[int] | None:
        """The item of this SKU; without one, all whose SKU or name has the text."""
        text = self.asked("item")
        if not text:
            return None
        seen = item_selectors.items(self.access)
        exact = list(seen.filter(sku__iexact=text).values_list("pk", flat=True))
        near = Q(sku__icontains=text) | Q(name__icontains=text)
        return exact or list(seen.filter(near).values_list("pk", flat=True)[:MOST_ITEMS])


class RankPage(RankMixin, TemplateView):
    """`/s/<site>/orders/`."""

    template_name = "production/orders_rank.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page()
        change = rank_change.kept(self.request, self.now)
        rows = rank_rows.rows(page.rows, self.access, base=self.base, change=change)
        currencies = {row.currency for row in rows if row.amount is not None}
        return super().get_context_data(
            base=self.base,
            rows=rows,
            change=change,
            tab=self.tab,
            tabs=self.tabs(),
            filters=self.filters(),
            is_filtered=self.is_filtered,
            page=self.pages(page),
            currency=symbol(currencies.pop()) if len(currencies) == 1 else "",
            has_units=len({row.unit for row in rows}) > 1,
            may_sell=may_sell(self.access),
            **kwargs,
        )

    def page(self) -> ranked.Page:
        return ranked.page(
            self.access,
            self.choice,
            now=self.now,
            after=whole(self.asked("after")),
            before=whole(self.asked("before")),
            size=PAGE_SIZE,
        )

    @cached_property
    def counts(self) -> ranked.Counts:
        return ranked.counts(self.access, [self.site.pk] if self.site else None, now=self.now)

    @property
    def is_filtered(self) -> bool:
        return any(self.asked(name) for name in ("search", "item", "site"))

    def tabs(self) -> list[dict[str, Any]]:
        """The views; filters stay when the tab changes."""
        counts = self.counts
        plain: dict[str, Any] = {"kind": None, "late": None, "risk": None, "ready": None, "after": None, "before": None}
        entries: list[tuple[str, Any, int, dict[str, Any]]] = [
            ("", _("All open"), counts.all, {}),
            ("sales", _("Sales"), counts.sales, {"kind": "sales"}),
            ("making", _("Make-to-stock"), counts.making, {"kind": "making"}),
            ("late", _("Late"), counts.late, {"late": 1}),
            ("risk", _("At risk"), counts.risky, {"risk": 1}),
            ("ready", _("Ready to ship"), counts.ready, {"ready": 1}),
        ]
        return [
            {
                "label": label,
                "count": number(count),
                "url": url_with(self.request.GET, **{**plain, **query}),
                "tone": "late" if name == "late" and count else "",
                "current": name == self.tab,
            }
            for name, label, count, query in entries
        ]

    def filters(self) -> list[dict[str, Any]]:
        filters = [
            lists.text_filter("search", _("Search"), self.asked("search")),
            lists.text_filter("item", _("Item"), self.asked("item")),
        ]
        if self.site or len(self.sites) < 2:
            return filters
        return [*filters, lists.site_filter(self.sites, self.asked("site"))]

    def pages(self, page: ranked.Page) -> dict[str, Any]:
        totals = {
            "": self.counts.all,
            "sales": self.counts.sales,
            "making": self.counts.making,
            "late": self.counts.late,
            "risk": self.counts.risky,
            "ready": self.counts.ready,
        }
        first, last = (page.rows[0], page.rows[-1]) if page.rows else (None, None)
        return {
            "shown": len(page.rows),
            "total": None if self.is_filtered else number(totals[self.tab]),
            "previous_url": self.beside(before=first.priority_id) if first and page.has_previous else "",
            "next_url": self.beside(after=last.priority_id) if last and page.has_next else "",
        }

    def beside(self, after: int | None = None, before: int | None = None) -> str:
        return url_with(self.request.GET, after=after, before=before)


class RankExport(RankMixin, View):
    """The list as CSV, filtered as the page is, in rank order."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["rank", "order", "kind", "for", "items", "open", "unit", "site", "needed", "promised", "expected",
                "availability", "days_late", "why", "value", "currency"]  # fmt: skip
        return csv_response("orders-by-rank", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        part: list[Ranked] = []
        for row in ranked.everything(self.access, self.choice, now=self.now, chunk=STREAMED):
            part.append(row)
            if len(part) == STREAMED:
                yield from self.shown(part)
                part = []
        yield from self.shown(part)

    def shown(self, part: list[Ranked]) -> Iterator[list[Any]]:
        for row in rank_rows.rows(part, self.access, base=self.base):
            yield [
                row.rank, row.number, row.kind, row.party, row.items_title if row.icon == "sell" else row.items,
                row.open_quantity, row.unit, row.site, row.need_on, row.promised_on, row.expected_on, row.state,
                row.late_days, row.why, row.amount, row.currency,
            ]  # fmt: skip


class RankedMixin(RankMixin):
    """Gives `self.ranked`, the order that holds the priority of the address, in the reader's sight."""

    @cached_property
    def ranked(self) -> Ranked:
        found = ranked.find(self.access, self.kwargs["pk"], now=self.now)
        if found is None:
            raise Http404("There is no such order in your ranking.")
        return found


class RankMove(RankedMixin, View):
    """Move an order: `before` or `after` another priority, or to a `rank` number; on to `next` with Undo."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = self.ranked
        late = ranked.counts(self.access, None, now=self.now).late
        try:
            place = self.place(row)
            done = ranking.move(row.priority_id, **place, now=self.now, actor=request.user) if place else None
        except DomainError as error:
            for text in refusal(error):
                messages.error(request, text)
            return go_on(request, f"{self.base}orders/")
        if done is not None and done.rank_before != done.rank_after:
            rank_change.keep(request, done, row.company_id, late, self.now)
            messages.success(request, rank_change.summary(done), extra_tags=self.undo(done))
        return go_on(request, f"{self.base}orders/")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """The question, for whoever comes without scripts."""
        (row,) = rank_rows.rows([self.ranked], self.access, base=self.base)
        of = {"number": row.number}
        context = {
            "step": Step(
                name="rank",
                label=_("Move"),
                url=f"{self.base}orders/{row.priority_id}/rank/",
                title=_("Move %(number)s to rank…") % of,
                text=_("All orders between are served later or sooner; you see which, and can undo it."),
                number=_("New rank"),
            ),
            "number": row.number,
            "back_url": row.url,
            "list_url": f"{self.base}orders/",
            "list_label": _("Orders by rank"),
        }
        return render(request, "inventory/step.html", context)

    def place(self, row: Ranked) -> dict[str, int]:
        said = {**self.request.GET.dict(), **self.request.POST.dict()}
        for name in ("before", "after"):
            if (place := whole(said.get(name))) is not None:
                return {name: place}
        return self.at_rank(row, str(said.get("rank", "")).strip())

    def at_rank(self, row: Ranked, text: str) -> dict[str, int]:
        wanted = whole(text)
        if not wanted or wanted >= 10**9:
            raise InvalidInput(errors={"rank": _("“%(rank)s” is not a rank; 1 is the first.") % {"rank": text[:20]}})
        current = ranks.positions([row.priority_id]).get(row.priority_id)
        there = ranks.priority_at(row.company_id, wanted) or ranks.last(row.company_id)
        if there is None or there.pk == row.priority_id:
            return {}
        return {"before" if current is None or wanted < current else "after": there.pk}

    def undo(self, done: ranking.Reranked) -> str:
        """The address that moves it back between the neighbors it had."""
        place = f"after={done.was_after_id}" if done.was_after_id else f"before={done.was_before_id}"
        return f"{self.base}orders/{done.priority_id}/rank/?{place}"


class RankChangePage(RankMixin, TemplateView):
    """The drawer of the last move: every order whose date it moved."""

    template_name = "production/orders_change.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change = rank_change.kept(self.request, self.now)
        effects = [
            {**one, "url": document_url(self.base, one["kind"], one["id"])}
            for one in (change.effects if change else [])
        ]
        return super().get_context_data(change=change, effects=effects, base=self.base, **kwargs)


class WhyPage(RankedMixin, TemplateView):
    """The drawer of an order's date: what serves each line, and who took the stock before it."""

    template_name = "production/orders_why.html"

    @cached_property
    def company_code(self) -> str:
        """Of the company whose order it is: its lines take from that company's levels."""
        return Company.objects.values_list("code", flat=True).get(pk=self.ranked.company_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.ranked
        (shown,) = rank_rows.rows([row], self.access, base=self.base)
        found = reasons([(row.kind, row.id)], most_takers=MOST_TAKERS)[row.kind, row.id]
        taken = {taker.priority_id for line in found for taker in line.takers}
        places = ranks.positions(taken)
        return super().get_context_data(
            row=shown, lines=[self.line(one, places) for one in found], base=self.base, **kwargs
        )

    def line(self, reason: Reason, places: dict[int, int]) -> dict[str, Any]:
        sources = [
            {"source": one, "url": document_url(self.base, one.document_kind, one.document_id)}
            for one in reason.sources
        ]
        takers = [
            {
                "taker": one,
                "rank": places.get(one.priority_id or 0),
                "url": document_url(self.base, one.document_kind, one.document_id),
            }
            for one in reason.takers
        ]
        return {
            "reason": reason,
            "state": availability.shown(reason.availability, reason.late_days) or "waiting",
            "sources": sources,
            "takers": takers,
            "stock_url": explain_url(reason.site, reason.key.item_id, self.company_code),
        }
