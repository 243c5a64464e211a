"""Production in the admin: bills of materials written as a whole by their service, orders and completions to read."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline, ScopedInline, ServiceAdmin, ServiceForm, now
from core.errors import DomainError, InvalidInput
from production import admin_masters, admin_tasks  # noqa: F401  they register theirs
from production.drafts import BillDraft, BillLineChange, BillLineDraft, BillLineEdit, BillLineRemoval
from production.models import (
    BillOfMaterials,
    BillOfMaterialsLine,
    Completion,
    ManufacturingOrder,
    ManufacturingOrderComponent,
)
from production.selectors import orders
from production.selectors.bills import visible_bills
from production.services import bills
from sites.access import access_of

Write = Callable[[list[BillLineEdit]], BillOfMaterials]


class BillForm(ServiceForm):
    """The head alone can't be written: it leaves the service call to its lines."""

    def _write(self) -> Any:
        given = {name: value for name, value in self.cleaned_data.items() if name != "expected_version"}
        if self.before is not None:
            given = {name: value for name, value in given.items() if name in self.changed_data}
        expected = self.cleaned_data.get("expected_version")
        self.instance.write = partial(self.admin.write, self.request, self.before, given, expected)
        return self.instance


class BillLineFormSet(BaseInlineFormSet):
    """Writes head and lines by one service call, as its validation, so that a refusal stands on the page."""

    def clean(self) -> None:
        super().clean()
        write: Write | None = getattr(self.instance, "write", None)
        if write is None or any(self.errors):
            return
        try:
            with transaction.atomic():
                bill = write(self._edits())
        except InvalidInput as error:
            raise ValidationError([f"{field}: {text}" for field, text in error.errors.items()]) from error
        except DomainError as error:
            raise ValidationError(error.message) from error
        self.instance.pk = bill.pk

    def save(self, commit: bool = True) -> list[Any]:
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        return []

    def _edits(self) -> list[BillLineEdit]:
        edits: list[BillLineEdit] = []
        for form in self.forms:
            is_removed = form in self.deleted_forms
            if form.instance.pk and is_removed:
                edits.append(BillLineRemoval(form.instance.pk))
            elif form.instance.pk and form.has_changed():
                edits.append(BillLineChange(line_id=form.instance.pk, values=_values(form, form.changed_data)))
            elif form.has_changed() and not is_removed:
                edits.append(BillLineDraft(**_values(form, form.fields)))
        return edits


class BillLineInline(ScopedInline):
    model = BillOfMaterialsLine
    formset = BillLineFormSet
    fields = (
        "line_no",
        "component",
        "quantity_per",
        "fixed_quantity",
        "scrap_factor",
        "valid_from_on",
        "valid_until_on",
        "note",
    )
    ordering = ("line_no",)
    autocomplete_fields = ("component",)


@admin.register(BillOfMaterials)
class BillOfMaterialsAdmin(ServiceAdmin):
    form = BillForm
    selector = staticmethod(lambda user: visible_bills(access_of(user)))
    list_display = ("id", "item", "code", "revision", "company", "site", "quantity", "valid_from_on", "archived_at")
    list_filter = ("site", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("item", "company", "site")
    search_fields = ("item__sku", "item__name", "code")
    autocomplete_fields = ("item", "company", "site")
    edited = (
        "item",
        "company",
        "site",
        "code",
        "revision",
        "quantity",
        "yield_factor",
        "lead_time_days",
        "valid_from_on",
        "valid_until_on",
    )
    fixed = ("item", "company", "site")
    inlines = (BillLineInline,)

    def write(
        self,
        request: HttpRequest,
        before: BillOfMaterials | None,
        given: dict[str, Any],
        expected: int | None,
        edits: list[BillLineEdit],
    ) -> BillOfMaterials:
        """One service call for head and lines; returns the bill."""
        if before is not None:
            return bills.change(
                before.pk, changes=given, line_edits=edits, expected=expected, now=now(), actor=request.user
            )
        ids: dict[str, Any] = {f"{name}_id": getattr(given.pop(name), "pk", None) for name in self.fixed}
        lines = [edit for edit in edits if isinstance(edit, BillLineDraft)]
        return bills.create(BillDraft(lines=lines, **ids, **given), now=now(), actor=request.user)

    def archive(self, request: HttpRequest, row: BillOfMaterials) -> None:
        bills.archive(row.pk, now=now(), actor=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has written it all."""
        for formset in formsets:
            formset.save()


class ComponentInline(ReadOnlyInline):
    model = ManufacturingOrderComponent
    fields = ("line_no", "item", "quantity", "posted_quantity", "closed_quantity", "need_by_on")
    ordering = ("line_no",)


@admin.register(ManufacturingOrder)
class ManufacturingOrderAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: orders.visible_orders(access_of(user)))
    list_display = ("number", "item", "company", "site", "state", "quantity", "posted_quantity", "due_on")
    list_display_links = ("number",)
    list_filter = ("state", "site")
    list_select_related = ("item", "company", "site")
    search_fields = ("=number", "=item__sku")
    inlines = (ComponentInline,)


@admin.register(Completion)
class CompletionAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: orders.visible_completions(access_of(user)))
    list_display = ("number", "order", "company", "site", "completed_at", "quantity", "scrapped_quantity")
    list_display_links = ("number",)
    list_filter = ("site",)
    list_select_related = ("order", "company", "site")
    search_fields = ("=number", "=order__number")


def _values(form: Any, names: Any) -> dict[str, Any]:
    skipped = {"id", "bill", "DELETE", "component"}
    values = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data and name not in skipped}
    if "component" in names:
        values["component_id"] = form.cleaned_data["component"].pk
    return values
