"""Pages that customers and suppliers share: a list with search, a form, putting one away."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError, InvalidInput, StaleVersion
from core.web import fields, lists
from core.web.keyset import paginate
from core.web.refusals import refuse
from core.web.tables import csv_response
from inventory.web.steps import Step, refusal, tell
from sites import selectors as site_selectors
from sites.access import PLANNERS, Access
from sites.models import Company
from sites.web import reader
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
MOST_ORDERS = 20
STREAMED = 500


class PartnerForm(forms.Form):
    """What both may say; the order of the fields is that of the page."""

    code = fields.text(gettext_lazy("Code"), required=True, most=32)
    name = fields.text(gettext_lazy("Name"), required=True)
    currency = fields.text(gettext_lazy("Currency"), most=3)
    payment_terms_days = forms.IntegerField(
        label=gettext_lazy("Payment terms, days"), min_value=0, max_value=3650, initial=30
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    country = fields.text(gettext_lazy("Country"), most=2, help_text=gettext_lazy("Two letters, such as EE."))
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)


class PartnerMixin(SitePageMixin):
    """What a kind of partner is called, where it lives, and which services write it."""

    noun: ClassVar[str]
    path: ClassVar[str]
    plural: ClassVar[Any]
    words: ClassVar[dict[str, Any]]
    form_class: ClassVar[type[PartnerForm]]
    services: ClassVar[Any]
    search_fields: ClassVar[tuple[str, ...]] = ("code", "name", "country")
    orders_path: ClassVar[str]

    def orders(self) -> QuerySet[Any]:
        """The orders of a partner that are still open, in the reader's sight."""
        raise NotImplementedError

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def list_url(self) -> str:
        return f"{self.base}{self.path}/"

    @cached_property
    def planned_companies(self) -> list[Company]:
        """Companies for which he plans: whose partners he may write."""
        if self.access.is_superuser:
            return list(Company.objects.filter(is_own=True, archived_at=None).order_by("name", "pk"))
        ids = self.access.company_ids_of(PLANNERS)
        return list(Company.objects.filter(pk__in=ids, archived_at=None).order_by("name", "pk"))

    def shared(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "list_url": self.list_url,
            "noun": self.noun,
            "plural": self.plural,
            "words": self.words,
            "orders_path": self.orders_path,
        }


class PartnerListMixin(PartnerMixin):
    """Which partners the page is about; the CSV has the same."""

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @property
    def tab(self) -> str:
        return "archived" if self.asked("tab") == "archived" else "active"

    @cached_property
    def rows(self) -> QuerySet[Any]:
        rows = self.scope().filter(archived_at__isnull=self.tab == "active").select_related("company")  # type: ignore[union-attr]
        for word in self.asked("search").split():
            found = Q(pk__in=[])
            for name in self.search_fields:
                found |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(found)
        its = self.orders().filter(**{self.noun: OuterRef("pk")}).order_by().values(self.noun)
        counted = Subquery(its.annotate(count=Count("pk")).values("count"))
        return rows.annotate(key=Lower("name"), code_key=Lower("code"), open_orders=Coalesce(counted, 0))

    @property
    def sort(self) -> str:
        known = {"name": "key", "code": "code_key"}
        asked = self.asked("sort")
        return ("-" if asked.startswith("-") else "") + known.get(asked.lstrip("-"), "key")


class PartnerListPage(PartnerListMixin, TemplateView):
    """`/s/<site>/customers/`, `/s/<site>/suppliers/`."""

    template_name = "inventory/partner_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate(self.request, self.rows, by=self.sort, size=PAGE_SIZE)
        seen = self.scope()
        assert seen is not None
        counts = seen.order_by().aggregate(
            active=Count("pk", filter=Q(archived_at=None)), archived=Count("pk", filter=~Q(archived_at=None))
        )
        return super().get_context_data(
            rows=page.rows,
            tabs=lists.tabs({"active": _("Active"), "archived": _("Archived")}, counts, self.tab),
            tab=self.tab,
            filters=[lists.text_filter("search", _("Search"), self.asked("search"))],
            is_filtered=bool(self.asked("search")),
            page=page.shown(None if self.asked("search") else counts[self.tab]),
            may_create=bool(self.planned_companies),
            several_companies=len({row.company_id for row in page.rows}) > 1,
            **self.shared(),
            **kwargs,
        )


class PartnerExport(PartnerListMixin, View):
    """The list as CSV."""

    columns: tuple[str, ...] = ()

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        return csv_response(self.path, ["company", *self.columns, "open_orders"], self.lines())

    def lines(self) -> Iterator[list[Any]]:
        for row in self.rows.order_by("key", "pk").iterator(chunk_size=STREAMED):
            yield [row.company.code, *(getattr(row, name) for name in self.columns), row.open_orders]


class PartnerNewPage(PartnerMixin, View):
    """`…/new/`."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        said = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
        said.pop("version", None)
        try:
            company = self.company(said.pop("company", ""))
            party = self.party(said.pop("party", ""))
            partner = self.services.create(company=company, party=party, actor=request.user, **said)
        except DomainError as error:
            refuse(form, error)
            return self.show(form, error.status if error.status < 500 else 503)
        tell(request, _("%(name)s is entered.") % {"name": partner.name}, undo=f"{self.list_url}{partner.pk}/archive/")
        return redirect(f"{self.list_url}{partner.pk}/")

    def company(self, code: str) -> Company:
        found = next((one for one in self.planned_companies if one.code == code), None)
        if found is None:
            raise InvalidInput(errors={"company": _("Say for which company.")})
        return found

    def party(self, code: str) -> Company | None:
        """The company that the partner is already known as.

        :raises InvalidInput: when there is none of that code.
        """
        if not code:
            return None
        found = site_selectors.companies(self.access).filter(code__iexact=code).first()
        if found is None:
            raise InvalidInput(errors={"party": _("There is no company “%(code)s”.") % {"code": code}})
        return found

    def form(self, *args: Any) -> PartnerForm:
        his = self.planned_companies
        if not his:
            raise Http404("You plan for no company.")
        form = self.form_class(*args)
        del form.fields["version"]
        form.fields["currency"].help_text = _("Empty: %(code)s.") % {"code": his[0].currency}
        choices = [(one.code, one.name) for one in his]
        form.fields["company"] = forms.ChoiceField(label=_("Company"), choices=choices, initial=choices[0][0])
        if len(his) == 1:
            form.fields["company"].widget = forms.HiddenInput()
        # Whoever is alone here is spared the question, as long as nobody else can be meant.
        if not reader.of(self.request).is_small:
            form.fields["party"] = fields.text(
                _("Known as company"), most=32, help_text=_("Its code, if it stands here already, say as a supplier.")
            )
        return form

    def show(self, form: PartnerForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "partner": None, **self.shared()}
        return render(self.request, "inventory/partner.html", context, status=status)


class PartnerDetailMixin(PartnerMixin):
    """Gives `self.partner`, in the reader's sight."""

    @cached_property
    def partner(self) -> Any:
        rows = self.scope()
        assert rows is not None
        return get_object_or_404(rows.select_related("company", "party"), pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return f"{self.list_url}{self.partner.pk}/"

    @property
    def may_write(self) -> bool:
        return may_write(self.partner, self.access)


class PartnerPage(PartnerDetailMixin, View):
    """`…/<id>/`: its terms, to be changed by planners, and its open orders; a stale form shows both values."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form_class(initial=self.current()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        said, current = dict(form.cleaned_data), self.current()
        expected = said.pop("version")
        changes = {name: value for name, value in said.items() if value != current[name]}
        try:
            self.services.edit(self.partner, expected=expected, actor=request.user, **changes)
        except StaleVersion as error:
            return self.show(self.stale(error), 412)
        except DomainError as error:
            refuse(form, error)
            return self.show(form, error.status if error.status < 500 else 503)
        tell(request, _("%(name)s is saved.") % {"name": said["name"]})
        return redirect(self.url)

    def current(self) -> dict[str, Any]:
        return {name: getattr(self.partner, name) for name in self.form_class.base_fields}

    def stale(self, error: StaleVersion) -> PartnerForm:
        """The form as typed, each field that differs saying what stands now; sending it again overwrites."""
        current = self.current()
        again = self.form_class({**self.request.POST.dict(), "version": current["version"]})
        again.is_valid()
        again.add_error(None, error.message)
        for name in again.fields:
            if name != "version" and again.cleaned_data.get(name) != current[name]:
                again.add_error(name, _("Now: %(value)s") % {"value": current[name] or "–"})
        return again

    def show(self, form: PartnerForm, status: int = 200) -> HttpResponse:
        its = self.orders().filter(**{self.noun: self.partner})
        context = {
            "form": form,
            "partner": self.partner,
            "may_write": self.may_write and self.partner.archived_at is None,
            "said": [(field.label, form.initial.get(name)) for name, field in form.fields.items() if name != "version"],
            "orders": list(its.select_related("site").order_by("-pk")[:MOST_ORDERS]),
            "url": self.url,
            **self.shared(),
            **self.more(),
        }
        return render(self.request, "inventory/partner.html", context, status=status)

    def more(self) -> dict[str, Any]:
        """What else the page of this kind of partner shows."""
        return {}


class PartnerArchivePage(PartnerDetailMixin, View):
    """`…/<id>/archive/`: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.ask() if self.partner.archived_at is None else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            self.services.archive(self.partner, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        tell(request, _("%(name)s is archived.") % {"name": self.partner.name})
        return redirect(self.list_url)

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        step = Step(
            name="archive",
            label=_("Archive"),
            url=f"{self.url}archive/",
            title=_("Archive %(name)s?") % {"name": self.partner.name},
            text=_("It is offered nowhere any more; its orders stay."),
            is_danger=True,
        )
        context = {
            "step": step,
            "number": self.partner.name,
            "back_url": self.url,
            "list_url": self.list_url,
            "list_label": self.plural,
            "refusal": refused,
        }
        return render(self.request, "inventory/step.html", context, status=status)


def may_write(partner: Any, access: Access) -> bool:
    """Whether he plans for the company whose terms these are."""
    return access.has_role(PLANNERS, company_id=partner.company_id)
