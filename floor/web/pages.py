"""The planner's pages of the shop floor: tablets and badges, and what waits for a supervisor."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.errors import DomainError
from floor import selectors
from floor.access import may_supervise
from floor.choices import CommandKind
from floor.models import Device, FloorCommand
from floor.services import devices, operators, resolving
from floor.web.codes import qr_svg
from production.models import Operator, WorkCenter
from sites.models import Site
from sites.web.mixins import SitePageMixin

MOST_SHOWN = 200


class FloorMixin(SitePageMixin):
    """What these pages share: posts that end in a toast, and sites whose floor the reader runs."""

    page = ""

    def run_by_me(self) -> list[Site]:
        return [site for site in self.sites if may_supervise(self.access, site)]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Do what the button names, and say how it went."""
        act = getattr(self, f"do_{request.POST.get('act', '')}", None)
        if act is None:
            raise Http404
        try:
            shown = act(request)
        except DomainError as error:
            messages.error(request, error.message)
            shown = None
        if isinstance(shown, HttpResponseBase):
            return shown
        return redirect(f"/s/{self.site_code}/{self.page}/")

    def asked_id(self, name: str) -> int:
        text = self.request.POST.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 19 else 0


class DevicesPage(FloorMixin, TemplateView):
    """`/s/<site>/floor-devices/`: tablets, and the badges and PINs of operators."""

    template_name = "floor/devices.html"
    page = "floor-devices"

    def scope(self) -> QuerySet[Device]:
        return selectors.devices(self.access).filter(site__in=self.site_ids)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.scope().select_related("site", "work_center").order_by("revoked_at", "name", "pk")
        mine = self.run_by_me()
        people = Operator.objects.filter(site__in=mine, archived_at=None).select_related("site").order_by("name", "pk")
        centers = WorkCenter.objects.filter(site__in=mine, archived_at=None).select_related("site")
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=list(rows[:MOST_SHOWN]),
            run_ids={site.pk for site in mine},
            sites_run=mine,
            operators=list(people[:MOST_SHOWN]),
            work_centers=list(centers.order_by("site_id", "code", "pk")),
            page_now=self.now,
            page_zone=self.zone,
            **kwargs,
        )

    def do_create(self, request: HttpRequest) -> HttpResponseBase:
        site = next((one for one in self.run_by_me() if one.pk == self.asked_id("site")), None)
        if site is None:
            raise Http404
        center = WorkCenter.objects.filter(site=site, pk=self.asked_id("work_center")).first()
        name = request.POST.get("name", "").strip()[:100] or (center.name if center else site.name)
        device, code = devices.create(site=site, name=name, work_center=center, now=self.now, actor=request.user)
        return self._secret(device.name, code, self._enroll_url(code))

    def do_renew(self, request: HttpRequest) -> HttpResponseBase:
        device, code = devices.renew_code(self._device().pk, now=self.now, actor=request.user)
        return self._secret(device.name, code, self._enroll_url(code))

    def do_revoke(self, request: HttpRequest) -> None:
        device = devices.revoke(self._device().pk, now=self.now, actor=request.user)
        messages.success(request, _("%(name)s is revoked.") % {"name": device.name})

    def do_badge(self, request: HttpRequest) -> HttpResponseBase:
        operator, text = operators.give_badge(self._operator().pk, actor=request.user)
        return self._secret(operator.name, text, text)

    def do_pin(self, request: HttpRequest) -> None:
        operator = operators.set_pin(self._operator().pk, request.POST.get("pin", "").strip(), actor=request.user)
        messages.success(request, _("The PIN of %(name)s is set.") % {"name": operator.name})

    def _device(self) -> Device:
        return get_object_or_404(self.scope(), pk=self.asked_id("id"))

    def _operator(self) -> Operator:
        return get_object_or_404(Operator, pk=self.asked_id("id"), site__in=self.run_by_me())

    def _enroll_url(self, code: str) -> str:
        return self.request.build_absolute_uri(f"{reverse('floor-enroll')}?code={code}")

    def _secret(self, name: str, text: str, encoded: str) -> HttpResponseBase:
        """The page with the secret on it, once."""
        secret = {"name": name, "text": text, "code": qr_svg(encoded), "url": "" if encoded == text else encoded}
        response = self.render_to_response(self.get_context_data(secret=secret))
        response["Cache-Control"] = "no-store"
        return response


class ConflictsPage(FloorMixin, TemplateView):
    """`/s/<site>/floor-conflicts/`: what was meant, why it was refused, and what becomes of it."""

    template_name = "floor/conflicts.html"
    page = "floor-conflicts"

    def scope(self) -> QuerySet[FloorCommand]:
        return selectors.conflicts(self.access).filter(site__in=self.site_ids)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.scope().select_related("site", "device", "operator", "task__order__item__unit")
        run_ids = {site.pk for site in self.run_by_me()}
        shown = [self._row(row, run_ids) for row in rows.order_by("pk")[:MOST_SHOWN]]
        return super().get_context_data(base=f"/s/{self.site_code}/", rows=shown, **kwargs)

    def do_retry(self, request: HttpRequest) -> None:
        changes = {name: text for name in resolving.CHANGEABLE if (text := request.POST.get(name, "").strip())}
        command = resolving.retry(
            self._command().pk,
            changes=changes,
            is_today="is_today" in request.POST,
            now=self.now,
            actor=request.user,
        )
        messages.success(request, _("Applied: %(what)s.") % {"what": command.get_kind_display()})

    def do_dismiss(self, request: HttpRequest) -> None:
        reason = request.POST.get("reason", "")
        resolving.dismiss(self._command().pk, reason=reason, now=self.now, actor=request.user)
        messages.success(request, _("Dismissed."))

    def _command(self) -> FloorCommand:
        return get_object_or_404(selectors.commands(self.access), pk=self.asked_id("id"), site__in=self.site_ids)

    def _row(self, row: FloorCommand, run_ids: set[int]) -> dict[str, Any]:
        said = {**row.payload, **row.changed}
        names = {CommandKind.REPORT: ("good", "scrap", "rework"), CommandKind.ISSUE: ("item", "lot", "quantity")}
        fields = names.get(CommandKind(row.kind), ()) if row.kind in CommandKind.values else ()
        labels = {
            "good": _("Good"), "scrap": _("Scrap"), "rework": _("Rework"), "item": _("Item"), "lot": _("Lot"),
            "quantity": _("Quantity"),
        }  # fmt: skip
        return {
            "row": row,
            "zone": row.site.time_zone,
            "who": row.operator.name if row.operator else _("unknown"),
            "what": row.get_kind_display(),
            "task": row.task,
            "said": ", ".join(f"{name} {said[name]}" for name in (*fields, "reason", "note") if said.get(name)),
            "why": row.problem.get("message", ""),
            "code": row.problem.get("code", ""),
            "fields": [{"name": name, "label": labels[name], "value": said.get(name) or ""} for name in fields],
            "may": row.site_id in run_ids,
        }
