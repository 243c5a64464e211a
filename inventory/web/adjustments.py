"""Adjustments: the list with their lines, a new one with what it changes before it is posted, taking one back."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError, InvalidInput
from core.quantities import to_decimal
from core.transactions import retried
from core.web import fields, lists
from core.web.keyset import paginate
from core.web.refusals import refuse
from core.web.rows import FormRows, typed
from core.web.tables import csv_response
from inventory.api.line_places import Named, find
from inventory.choices import Tracking
from inventory.drafts import LevelKey, Posted
from inventory.models import Item, Lot
from inventory.selectors import adjustment_page, ledger
from inventory.selectors.typed import items_by_sku, places_to_name
from inventory.services import lots
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import preview
from inventory.web.steps import tell
from inventory.web.transfer_form import found_items
from sites.access import WRITERS, Access
from sites.models import Company, Site
from sites.web import reader
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 50
STREAMED = 500
FIELDS = ["item", "quantity"]


def sites_to_count(sites: Sequence[Site], access: Access) -> list[Site]:
    """Sites where he may set stock right."""
    return [
        site
        for site in sites
        if access.has_role(WRITERS, company_id=site.default_owner_id, site_id=site.pk, by_operator=True)
    ]


class AdjustmentListMixin(SitePageMixin):
    """Which adjustments the page is about; the CSV has the same."""

    def scope(self) -> Any:
        rows = adjustment_page.adjustments(self.access)
        return rows.filter(site=self.site) if self.site else rows

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @cached_property
    def rows(self) -> Any:
        rows = self.scope()
        if self.asked("search"):
            rows = rows.filter(reason__icontains=self.asked("search"))
        if self.asked("site"):
            rows = rows.filter(site__code__iexact=self.asked("site"))
        if self.asked("item"):
            moves = ledger.moves(self.access).filter(item__sku__iexact=self.asked("item"))
            rows = rows.filter(pk__in=moves.values("posting_id"))
        return rows


class AdjustmentListPage(AdjustmentListMixin, TemplateView):
    """`/s/<site>/adjustments/`."""

    template_name = "inventory/adjustment_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate(self.request, self.rows, by="-id", size=PAGE_SIZE)
        filters = [
            lists.text_filter("search", _("Reason"), self.asked("search")),
            lists.text_filter("item", _("Item"), self.asked("item")),
        ]
        if not self.site and len(self.sites) > 1:
            filters.append(lists.site_filter(self.sites, self.asked("site").upper()))
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=[self.row(one) for one in adjustment_page.described(page.rows, self.access)],
            filters=filters,
            page=page.shown(),
            is_plain=not any(self.asked(name) for name in ("search", "item", "site")),
            may_create=bool(sites_to_count(self.sites, self.access)),
            **kwargs,
        )

    def row(self, one: adjustment_page.Adjustment) -> dict[str, Any]:
        posting = one.posting
        may = one.reversed_by is None and self.access.has_role(
            WRITERS, company_id=posting.company_id, site_id=posting.site_id, by_operator=True
        )
        return {"one": one, "posting": posting, "more": one.line_count - len(one.lines), "may_reverse": may}


class AdjustmentExport(AdjustmentListMixin, View):
    """The list as CSV, a row a line, filtered as the page is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = [
            "number",
            "kind",
            "effective_at",
            "site",
            "company",
            "reason",
            "item",
            "quantity",
            "unit",
            "lot",
            "place",
        ]
        return csv_response("adjustments", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        moves = ledger.moves(self.access).filter(posting__in=self.rows.order_by().values("pk"))
        joined = adjustment_page.with_both_sides(moves).select_related("posting__site", "posting__company", *_SIDES)
        for move in joined.order_by("posting_id", "id").iterator(chunk_size=STREAMED):
            posting, line = move.posting, adjustment_page.line_of(move)
            yield [
                posting.number, posting.kind, posting.effective_at, posting.site.code, posting.company.code,
                posting.reason, line.sku, line.quantity, line.unit, line.lot, line.place,
            ]  # fmt: skip


_SIDES = ("item__unit", "from_location", "to_location", "from_lot", "to_lot")


class AdjustmentForm(forms.Form):
    """The head of an adjustment; owners only where he keeps stock of more than one."""

    site = forms.ChoiceField(label=gettext_lazy("Site"))
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    reason = fields.text(gettext_lazy("Reason"), required=True, most=500)

    def __init__(self, *args: Any, sites: Sequence[Site], owners: Sequence[Company], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [(site.code, f"{site.code} {site.name}") for site in sites]  # type: ignore[attr-defined]
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.fields["site"].initial = sites[0].code
        if len(owners) < 2:
            del self.fields["owner"]
        else:
            named = [(company.code, company.name) for company in owners]
            self.fields["owner"].choices = [("", _("The site's own")), *named]  # type: ignore[attr-defined]


class AdjustmentNewPage(SitePageMixin, View):
    """`/s/<site>/adjustments/new/?item=&site=`; `preview` shows what it would change and posts nothing."""

    def scope(self) -> None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            known = reader.of(request)
            if not sites_to_count(known.sites, known.access):
                raise Http404("You set no stock right anywhere.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        first = self.site if self.site in self.choices else self.choices[0]
        rows = [{"item": asked.get("item", ""), "quantity": asked.get("quantity", "")}] if "item" in asked else []
        initial = {"site": (asked.get("site") or (first.code if first else "")).upper()}
        return self.show(self.form(initial=initial), FormRows.of(rows, FIELDS))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = self.form(request.POST), FormRows.read(request.POST, FIELDS)
        if "preview" in request.POST:
            # Asked for while the form is still being filled in: nothing of it is wrong yet.
            return self.show(self.form(initial=request.POST.dict()), rows)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            posted = self.adjust(form.cleaned_data, rows)
        except DomainError as error:
            refuse(form, error, rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        base = f"/s/{self.site_code}/"
        undo = f"{base}postings/{posted.posting_id}/reverse/"
        tell(request, _("%(number)s is posted.") % {"number": posted.number}, undo=undo, warnings=posted.warnings)
        return redirect(f"{base}adjustments/")

    def adjust(self, said: dict[str, Any], rows: FormRows) -> Posted:
        """Post it; a lot that an increase names for the first time is made in the same transaction."""
        site = next(site for site in self.choices if site.code == said["site"])
        owner = next((one for one in self.owners if one.code == said.get("owner")), None)
        items = found_items(rows, self.access)
        quantities = _quantities(rows)
        user = self.request.user

        def work() -> Posted:
            self.make_lots(items, quantities, rows, owner or site.default_owner)
            lines = adjustment_lines(items, quantities, rows, site, self.access)
            return adjust(
                site_id=site.pk,
                owner_id=owner.pk if owner else None,
                reason=said["reason"],
                lines=lines,
                now=self.now,
                actor=user,
            )

        return retried(work)

    def make_lots(self, items: Sequence[Item], quantities: Sequence[Decimal], rows: FormRows, issuer: Company) -> None:
        wanted = [
            (place, item, row.text("lot"))
            for place, (item, quantity, row) in enumerate(zip(items, quantities, rows.rows, strict=True))
            if quantity > 0 and row.text("lot") and item.tracking != Tracking.NONE
        ]
        if not wanted:
            return
        numbers = Lot.objects.filter(item__in=[item.pk for _place, item, _number in wanted])
        known = {(item_id, number.lower()) for item_id, number in numbers.values_list("item_id", "number")}
        for _place, item, number in wanted:
            if (item.pk, number.lower()) not in known:
                known.add((item.pk, number.lower()))
                lots.create(item=item, number=number, issuer=issuer, actor=self.request.user)

    @cached_property
    def choices(self) -> list[Site]:
        return sites_to_count(reader.of(self.request).sites, self.access)

    @cached_property
    def owners(self) -> list[Company]:
        """The companies whose stock he keeps: his own, and the default owners of his sites."""
        his = set(self.access.company_ids) | {site.default_owner_id for site in self.choices}
        return list(Company.objects.filter(pk__in=his, archived_at=None).order_by("name", "pk")[:50])

    def form(self, *args: Any, **kwargs: Any) -> AdjustmentForm:
        return AdjustmentForm(*args, sites=self.choices, owners=self.owners, **kwargs)

    def show(self, form: AdjustmentForm, rows: FormRows, status: int = 200) -> HttpResponse:
        site = next((one for one in self.choices if one.code == form["site"].value()), self.choices[0])
        context = {
            "form": form,
            "rows": rows,
            "base": f"/s/{self.site_code}/",
            "at": site,
            "currency": site.default_owner.currency,
            "changes": self.changes(rows, site, str(form["owner"].value() or "") if "owner" in form.fields else ""),
            "places": places_to_name([site.pk], self.access),
        }
        return render(self.request, "inventory/adjustment_new.html", context, status=status)

    def changes(self, rows: FormRows, site: Site, owner_code: str) -> list[dict[str, Any]]:
        """What is on hand before and after, by item, as far as the lines can be read."""
        owner = next((one.pk for one in self.owners if one.code == owner_code), site.default_owner_id)
        known = items_by_sku((row.text("item") for row in rows.rows), self.access)
        sums: dict[int, Decimal] = {}
        for row in rows.rows:
            row.about = known.get(row.text("item").lower())
            if row.about is not None:
                sums[row.about.pk] = sums.get(row.about.pk, Decimal(0)) + _number(row.text("quantity"))
        keys = {LevelKey(item_id, site.pk, owner) for item_id in sums}
        levels = preview(keys, now=self.now).levels if keys else {}
        items = {item.pk: item for item in known.values()}
        return [
            {
                "item": items[item_id],
                "decimals": items[item_id].unit.decimals,
                "before": levels[LevelKey(item_id, site.pk, owner)].on_hand,
                "change": change,
                "after": levels[LevelKey(item_id, site.pk, owner)].on_hand + change,
                "committed": levels[LevelKey(item_id, site.pk, owner)].committed,
                "explain": f"/s/{site.code}/stock/{item_id}/explain/",
            }
            for item_id, change in sums.items()
        ]


def adjustment_lines(
    items: Sequence[Item], quantities: Sequence[Decimal], rows: FormRows, site: Site, access: Access
) -> list[AdjustmentLine]:
    """The lines of an adjustment, with lots, places and costs looked up.

    :raises InvalidInput: naming each field that is wrong.
    """
    named = [
        Named(f"lines.{place}", item.pk, site.pk, row.text("lot") or None, row.text("location") or None)
        for place, (item, row) in enumerate(zip(items, rows.rows, strict=True))
    ]
    return [
        AdjustmentLine(
            item_id=item.pk,
            quantity=quantity,
            unit_cost=to_decimal(typed(row.text("unit_cost")), field=f"lines.{place}.unit_cost")
            if row.text("unit_cost")
            else None,
            lot_id=where.lot_id,
            location_id=where.location_id,
        )
        for place, (item, quantity, row, where) in enumerate(
            zip(items, quantities, rows.rows, find(named, access), strict=True)
        )
    ]


def _quantities(rows: FormRows) -> list[Decimal]:
    found: list[Decimal] = []
    errors: dict[str, str] = {}
    for place, row in enumerate(rows.rows):
        try:
            found.append(to_decimal(typed(row.text("quantity")), field=f"lines.{place}.quantity"))
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _number(text: str) -> Decimal:
    try:
        return to_decimal(typed(text), field="quantity")
    except InvalidInput:
        return Decimal(0)
