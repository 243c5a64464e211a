"""Stock counts: the list, a new one, entering what was found place by place, posting the differences."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError, InvalidInput
from core.ui.formats import number
from core.web import fields, lists
from core.web.keyset import paginate
from core.web.numbers import whole
from core.web.refusals import refuse
from core.web.rows import FormRow, FormRows, typed
from inventory.api.line_places import Named, find
from inventory.choices import CountState
from inventory.models import StockCount, StockCountLine
from inventory.selectors import stock_counts as selectors
from inventory.selectors.typed import items_by_sku, places_to_name
from inventory.services import stock_counts
from inventory.services.stock_counts import CountDraft, Counted
from inventory.web.adjustments import sites_to_count
from inventory.web.steps import Step, Steps, go_on, refusal, tell
from inventory.web.transfer_form import found_items
from sites.access import WRITERS
from sites.models import Site
from sites.web import reader
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
PLACES_SHOWN = 100


class CountListPage(SitePageMixin, TemplateView):
    """`/s/<site>/stock-counts/`."""

    template_name = "inventory/count_list.html"

    def scope(self) -> QuerySet[StockCount]:
        rows = selectors.visible_counts(self.access).select_related("site", "owner")
        return rows.filter(site=self.site) if self.site else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {"open": _("Open"), "posted": _("Posted"), "all": _("All")}
        tab = self.request.GET.get("tab", "")
        tab = tab if tab in labels else "open"
        rows = self.scope() if tab == "all" else self.scope().filter(state=tab)
        page = paginate(self.request, rows, by="-id", size=PAGE_SIZE)
        counts = {"open": self.scope().filter(state=CountState.OPEN).count()}
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=self.shown(page.rows),
            tabs=lists.tabs(labels, counts, tab),
            tab=tab,
            page=page.shown(),
            may_create=bool(sites_to_count(self.sites, self.access)),
            **kwargs,
        )

    def shown(self, rows: list[StockCount]) -> list[dict[str, Any]]:
        sums = _sums([row.pk for row in rows])
        return [{"count": row, "lines": sums.get(row.pk, NO_LINES)} for row in rows]


NO_LINES = {"total": 0, "counted": 0, "different": 0}


def _sums(ids: list[int]) -> dict[int, dict[str, int]]:
    """How many places of each count there are, are counted, and differ; one query."""
    rows = StockCountLine.objects.filter(count__in=ids).order_by().values("count_id")
    is_counted = Q(counted_quantity__isnull=False)
    differs = is_counted & ~Q(counted_quantity=F("expected_quantity"))
    sums = rows.annotate(
        total=Count("pk"), counted=Count("pk", filter=is_counted), different=Count("pk", filter=differs)
    )
    return {
        row["count_id"]: {"total": row["total"], "counted": row["counted"], "different": row["different"]}
        for row in sums
    }


class CountForm(forms.Form):
    """A new count: all that stands at a site, or only in some places, or only of some items."""

    site = forms.ChoiceField(label=gettext_lazy("Site"))
    places = forms.CharField(
        label=gettext_lazy("Places"),
        required=False,
        help_text=gettext_lazy("Codes, separated by commas; empty: all."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    items = forms.CharField(
        label=gettext_lazy("Items"),
        required=False,
        help_text=gettext_lazy("SKUs, separated by commas; empty: all that stands there."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = fields.note(gettext_lazy("Note"))

    def __init__(self, *args: Any, sites: list[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [(site.code, f"{site.code} {site.name}") for site in sites]  # type: ignore[attr-defined]
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.fields["site"].initial = sites[0].code


class CountNewPage(SitePageMixin, View):
    """`/s/<site>/stock-counts/new/`."""

    def scope(self) -> None:
        return None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.choices:
            raise Http404("You count nowhere.")
        first = self.site if self.site in self.choices else self.choices[0]
        initial = {"site": first.code if first else "", "items": request.GET.get("item", "")}
        return self.show(CountForm(sites=self.choices, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = CountForm(request.POST, sites=self.choices)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            count = stock_counts.create(self.draft(form.cleaned_data), now=self.now, actor=request.user)
        except DomainError as error:
            refuse(form, error)
            return self.show(form, error.status if error.status < 500 else 503)
        tell(request, _("%(number)s has begun.") % {"number": count.number})
        return redirect(f"/s/{self.site_code}/stock-counts/{count.pk}/")

    def draft(self, said: dict[str, Any]) -> CountDraft:
        site = next(site for site in self.choices if site.code == said["site"])
        errors: dict[str, str] = {}
        codes, skus = _words(said["places"]), _words(said["items"])
        places = {place.code.lower(): place.pk for place in places_to_name([site.pk], self.access)}
        items = {sku: item.pk for sku, item in items_by_sku(skus, self.access).items()}
        if unknown := [code for code in codes if code.lower() not in places]:
            errors["places"] = _("There is no place “%(code)s” there.") % {"code": unknown[0]}
        if unknown := [sku for sku in skus if sku.lower() not in items]:
            errors["items"] = _("There is no item “%(sku)s”.") % {"sku": unknown[0]}
        if errors:
            raise InvalidInput(errors=errors)
        return CountDraft(
            site_id=site.pk,
            location_ids=[places[code.lower()] for code in codes],
            item_ids=[items[sku.lower()] for sku in skus],
            note=said["note"],
        )

    @cached_property
    def choices(self) -> list[Site]:
        return sites_to_count(reader.of(self.request).sites, self.access)

    def show(self, form: CountForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "base": f"/s/{self.site_code}/"}
        return render(self.request, "inventory/count_new.html", context, status=status)


class CountMixin(SitePageMixin):
    """Gives `self.count`, in the reader's sight."""

    def scope(self) -> QuerySet[StockCount]:
        return selectors.visible_counts(self.access).select_related("site", "owner", "company")

    @cached_property
    def count(self) -> StockCount:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}stock-counts/{self.count.pk}/"

    @property
    def may_count(self) -> bool:
        count = self.count
        return self.access.has_role(WRITERS, company_id=count.company_id, site_id=count.site_id, by_operator=True)

    @cached_property
    def sums(self) -> Mapping[str, int]:
        return _sums([self.count.pk]).get(self.count.pk, NO_LINES)

    @property
    def steps(self) -> Steps:
        """Posting, giving up, taking back: as its state allows."""
        names: list[str] = []
        if self.may_count and self.count.state == CountState.OPEN:
            names = ["post", "cancel"] if self.sums["counted"] else ["cancel"]
        if self.may_count and self.count.state == CountState.POSTED:
            names = ["reverse"]
        return Steps(tuple(self.plain_step(name) for name in names), has_main=names[:1] == ["post"])

    def plain_step(self, name: str) -> Step:
        of = {"number": self.count.number}
        sums = {"different": number(self.sums["different"]), "left": number(self.sums["total"] - self.sums["counted"])}
        texts: dict[str, dict[str, Any]] = {
            "post": {
                "label": _("Post differences"),
                "title": _("Post the differences of %(number)s?") % of,
                "text": _("%(different)s places differ; %(left)s are not counted and stay as they are.") % sums,
            },
            "cancel": {
                "label": _("Give up"),
                "title": _("Give %(number)s up?") % of,
                "text": _("Nothing is written; what was entered is not posted."),
                "reason": "optional",
                "is_danger": True,
            },
            "reverse": {
                "label": _("Reverse"),
                "title": _("Take the posting of %(number)s back?") % of,
                "text": _("The differences are taken back; the count is open again."),
                "is_danger": True,
            },
        }
        return Step(name=name, url=f"{self.url}{name}/", **texts[name])


class CountPage(CountMixin, View):
    """`/s/<site>/stock-counts/<id>/`: what stands where, and what was found."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(forms.Form(), FormRows([], ["line"]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Enter what was typed; a place that nobody touched keeps what stood there when it was counted."""
        form, rows = forms.Form(request.POST), FormRows.read(request.POST, ["quantity", "item", "line"])
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            changed = self.changed(rows)
            named = FormRows(changed, rows.fields)
            if changed:
                stock_counts.enter(self.count.pk, self.entered(named), now=self.now, actor=request.user)
        except DomainError as error:
            refuse(form, error, FormRows(self.changed(rows), rows.fields))
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("%(places)s places entered.") % {"places": len(changed)})
        return redirect(request.get_full_path())

    @cached_property
    def lines(self) -> dict[str, StockCountLine]:
        """The lines of this page of the count, by id."""
        return {str(line.pk): line for line in self.page.object_list}

    @cached_property
    def known(self) -> dict[str, StockCountLine]:
        """These, and the lines that were sent though they have left the page since it was shown."""
        sent = {whole(text) for name, text in self.request.POST.items() if name.endswith("-line")}
        gone = self._described.filter(pk__in=[pk for pk in sent if pk is not None and str(pk) not in self.lines])
        return self.lines | {str(line.pk): line for line in gone.order_by("pk")}

    @property
    def _described(self) -> QuerySet[StockCountLine]:
        return self.count.lines.select_related("item__unit", "location", "lot")

    @cached_property
    def page(self) -> Any:
        rows = self._described
        if (place := self.request.GET.get("place", "")) and len(place) < 65:
            rows = rows.filter(location__code__iexact=place)
        ordered = rows.order_by("location__pick_order", "location__code", "item__sku", "pk")
        return Paginator(ordered, PLACES_SHOWN).get_page(self.request.GET.get("page"))

    def changed(self, rows: FormRows) -> list[FormRow]:
        """The lines that say something else than the page that they were typed into, and new ones.

        What somebody else has entered since then stays, where nobody touched it here.
        """
        return [row for row in rows.rows if self._is_changed(row)]

    def _is_changed(self, row: FormRow) -> bool:
        line = self.known.get(row.text("line"))
        if line is None:
            return bool(row.text("quantity") or row.text("item"))
        return typed(row.text("quantity")) != row.said.get("shown", counted_text(line))

    def entered(self, named: FormRows) -> list[Counted]:
        """What was found; a place that the count does not have yet is named by item, place and lot.

        :raises InvalidInput: naming each line that names nothing known.
        """
        new = [row for row in named.rows if row.text("line") not in self.known]
        items = dict(zip(map(id, new), found_items(FormRows(new, named.fields), self.access), strict=True))
        wanted = [
            Named(
                f"lines.{place}",
                items[id(row)].pk,
                self.count.site_id,
                row.text("lot") or None,
                row.text("location") or None,
            )
            for place, row in enumerate(named.rows)
            if id(row) in items
        ]
        errors = {f"{one.field}.location": _("Name the place.") for one in wanted if one.location is None}
        if errors:
            raise InvalidInput(errors=errors)
        places = dict(zip(items, find(wanted, self.access), strict=True))
        return [
            self._counted(row, items.get(id(row)), places.get(id(row)), self.known.get(row.text("line")))
            for row in named.rows
        ]

    def _counted(self, row: FormRow, item: Any, where: Any, line: StockCountLine | None) -> Counted:
        quantity = typed(row.text("quantity"))
        if line is not None:
            found = quantity or None
            return Counted(item_id=line.item_id, location_id=line.location_id, lot_id=line.lot_id, quantity=found)
        return Counted(item_id=item.pk, location_id=where.location_id, lot_id=where.lot_id, quantity=quantity)

    def show(self, form: forms.Form, rows: FormRows, status: int = 200) -> HttpResponse:
        said = {row.text("line"): row for row in rows.rows}
        is_open = self.count.state == CountState.OPEN and self.may_count
        lines = {key: line for key, line in self.known.items() if key in self.lines or key in said}
        shown = [self.row(place, line, said.get(key)) for place, (key, line) in enumerate(lines.items())]
        new = [row for row in rows.rows if row.text("line") not in self.known]
        for place, row in enumerate(new):
            row.number = len(shown) + place
        context = {
            "count": self.count,
            "base": self.base,
            "url": self.url,
            "steps": self.steps,
            "sums": self.sums,
            "form": form,
            "rows": FormRows([*shown, *new], ["quantity"]),
            "known": shown,
            "new": new,
            "is_open": is_open,
            "page": {
                "shown": len(shown),
                "total": self.page.paginator.count,
                "previous_url": self.beside(-1) if self.page.has_previous() else "",
                "next_url": self.beside(1) if self.page.has_next() else "",
            },
            "places": places_to_name([self.count.site_id], self.access) if is_open else [],
        }
        return render(self.request, "inventory/count.html", context, status=status)

    def beside(self, step: int) -> str:
        """The address of the page before (-1) or after (1) this one, of the same places."""
        query = self.request.GET.copy()
        query["page"] = str(self.page.number + step)
        return f"?{query.urlencode()}"

    def row(self, place: int, line: StockCountLine, said: FormRow | None) -> FormRow:
        text = counted_text(line)
        values = {
            "line": str(line.pk),
            "shown": said.said.get("shown", text) if said else text,
            "quantity": said.text("quantity") if said else text,
        }
        difference = None if line.counted_quantity is None else line.counted_quantity - line.expected_quantity
        about = {
            "line": line,
            "decimals": line.item.unit.decimals,
            "difference": difference,
            "explain": f"/s/{self.count.site.code}/stock/{line.item_id}/explain/",
        }
        return FormRow(place, values, said.errors if said else {}, about)


def counted_text(line: StockCountLine) -> str:
    """What was found, as it stands in a field; "" where nothing is counted."""
    return "" if line.counted_quantity is None else plain(line.counted_quantity)


class CountStepPage(CountMixin, View):
    """`…/<id>/post/`, `…/cancel/`, `…/reverse/`: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        self.check()
        return self.ask() if self.steps.find(self.kwargs["step"]) else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        self.check()
        try:
            text, undo = RUN[self.kwargs["step"]](self.count, request.POST, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        tell(request, text, undo=f"{self.url}{undo}" if undo else "")
        return go_on(request, self.url)

    def check(self) -> None:
        if self.kwargs["step"] not in RUN:
            raise Http404("There is no such step.")

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        context = {
            "step": self.plain_step(self.kwargs["step"]),
            "number": self.count.number,
            "back_url": self.url,
            "list_url": f"{self.base}stock-counts/",
            "list_label": _("Stock counts"),
            "refusal": refused,
            "said": self.request.POST.get("reason", ""),
        }
        return render(self.request, "inventory/step.html", context, status=status)


def _post(count: StockCount, said: Mapping[str, Any], *, now: datetime, actor: Any) -> tuple[str, str]:
    done = stock_counts.post_differences(count.pk, now=now, actor=actor)
    if done.posted is None:
        return _("%(number)s is posted: nothing differed.") % {"number": count.number}, ""
    return _("%(number)s is posted by %(by)s.") % {"number": count.number, "by": done.posted.number}, "reverse/"


def _cancel(count: StockCount, said: Mapping[str, Any], *, now: datetime, actor: Any) -> tuple[str, str]:
    stock_counts.cancel(count.pk, reason=said.get("reason", ""), now=now, actor=actor)
    return _("%(number)s is given up.") % {"number": count.number}, ""


def _reverse(count: StockCount, said: Mapping[str, Any], *, now: datetime, actor: Any) -> tuple[str, str]:
    stock_counts.reverse(count.pk, now=now, actor=actor)
    return _("%(number)s is open again.") % {"number": count.number}, ""


RUN: dict[str, Callable[..., tuple[str, str]]] = {"post": _post, "cancel": _cancel, "reverse": _reverse}


def plain(value: Decimal) -> str:
    """A quantity as it is typed."""
    return f"{value.normalize():f}" if value else "0"


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
