"""Bases of the admin: rows are scoped like everywhere, masters are written by services, ledgers are only read."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from core import clock
from core.adminparts import PartEdits, PartFormSet
from core.errors import DomainError, InvalidInput

STAMPS = ("version", "archived_at", "created_at", "updated_at")


class ScopedAdmin(ModelAdmin):
    """Shows a superuser all rows, and other staff what `selector(user)` gives them; without one, nothing.

    References offer and accept only what the admin of the other model shows.
    """

    selector: Callable[[Any], QuerySet[Any]] | None = None
    list_per_page = 50
    show_full_result_count = False
    ordering: tuple[str, ...] = ("-pk",)
    list_fullwidth = True
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        selector = type(self).selector
        return rows.filter(pk__in=selector(request.user).values("pk")) if selector else rows.none()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        _restrict(self, db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ScopedInline(TabularInline):
    """A part of a row, edited with it; references as in `ScopedAdmin`.

    Where a row's parts are of several companies, `selector(user)` gives those of a reader who is no superuser, and
    `own(user)` the companies that he may enter one for; without them, all of the row's parts are its reader's.
    """

    selector: Callable[[Any], QuerySet[Any]] | None = None
    own: Callable[[Any], QuerySet[Any]] | None = None
    extra = 0
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        selector = type(self).selector
        if selector is None or request.user.is_superuser:
            return rows
        return rows.filter(pk__in=selector(request.user).values("pk"))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        own = type(self).own
        if own is not None and db_field.name == "company" and not request.user.is_superuser:
            kwargs["queryset"] = own(request.user)
        _restrict(self, db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ServiceInline(ScopedInline):
    """Parts of a master, written by `write` alone: one service call. `key` are the fields that a part is known by."""

    formset = PartFormSet
    fields: tuple[str, ...] = ()
    key: frozenset[str] = frozenset()

    def write(self, request: HttpRequest, row: Any, edits: PartEdits, expected: int | None) -> models.Model:
        """One service call; returns the row, in its new version."""
        raise NotImplementedError

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (formset,), {"inline": self, "request": request})


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that only posting, the registers or the workers write: no add, change, delete or bulk action."""

    actions: Any = None
    list_display_links: Any = ()
    paginator = InfinitePaginator

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        return super().changelist_view(request, extra_context)


class ReadOnlyInline(TabularInline):
    """Parts of such a row."""

    extra = 0
    max_num = 0
    can_delete = False
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceForm(forms.ModelForm):
    """Validates by writing: the service runs inside the validation, so that its refusals stand at their fields.

    The admin's view undoes it all if another part of the page is refused. `expected_version` is the version that
    was shown, so an edit of something that has changed meanwhile is refused.
    """

    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    admin: "ServiceAdmin"
    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read: Any = self.instance
        self.before: Any = None
        if self.instance.pk:
            self.before = type(self.instance)._default_manager.get(pk=self.instance.pk)
            self.fields["expected_version"].initial = getattr(self.instance, "version", None)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.instance = self._write()
                self._hand_to_parts()
        except InvalidInput as error:
            for name, text in (error.errors or {"": error.message}).items():
                self.add_error(name if name in self.fields else None, text)
        except DomainError as error:
            self.add_error(None, error.message)

    def _write(self) -> Any:
        names = [name for name in self.cleaned_data if name != "expected_version"]
        if self.before is None:
            given = {name: self.cleaned_data[name] for name in names}
            return self.admin.create(self.request, given)
        changes = {name: self.cleaned_data[name] for name in names if name in self.changed_data}
        if not changes:
            return self.before
        expected = self.cleaned_data.get("expected_version")
        return self.admin.change(self.request, self.before, changes, expected)

    def _hand_to_parts(self) -> None:
        """Tell the inlines, which were given the row as it was read, what is written and which version they go on from.

        Where nothing of the head has changed, nobody has looked at its version yet.
        """
        is_unchanged = self.instance is self.before
        self.read.written = self.instance
        self.read.shown_version = self.cleaned_data.get("expected_version") if is_unchanged else None

    def save(self, commit: bool = True) -> Any:
        self.save_m2m = lambda: None  # type: ignore[method-assign]
        return self.instance


class ServiceAdmin(ScopedAdmin):
    """A master: `create` and `change` each call one service; it is archived, never deleted.

    `edited` are the fields of a form, `fixed` those of them that stay after the creation, `optional` the references
    that may be left empty because the service finds them.
    """

    form = ServiceForm
    edited: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    has_archive = True

    def create(self, request: HttpRequest, values: dict[str, Any]) -> models.Model:
        """One service call; returns the row."""
        raise NotImplementedError

    def change(self, request: HttpRequest, row: Any, changes: dict[str, Any], expected: int | None) -> models.Model:
        """One service call; returns the row."""
        raise NotImplementedError

    def archive(self, request: HttpRequest, row: Any) -> None:
        """One service call."""
        raise NotImplementedError

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.optional:
            kwargs["required"] = False
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"admin": self, "request": request})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        hidden = ["expected_version"] if self.has_change_permission(request, obj) else []
        stamps = self.get_readonly_fields(request, obj)[len(self.fixed) :] if obj else ()
        return [*self.edited, *stamps, *hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (*self.fixed, *(name for name in STAMPS if hasattr(self.model, name)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().changeform_view(request, *args, **kwargs)
            if request.method == "POST" and response.status_code == 200 and not _is_popup_done(response):
                transaction.set_rollback(True)  # the page comes back with errors: what services wrote goes
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service has written it."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        if self.has_archive and self.has_change_permission(request):
            actions["archive_selected"] = (_archive_selected, "archive_selected", "Archive the selected rows")
        return actions


def _archive_selected(admin: ServiceAdmin, request: HttpRequest, rows: QuerySet[Any]) -> None:
    done = 0
    for row in rows.filter(archived_at=None).order_by("pk"):
        try:
            admin.archive(request, row)
            done += 1
        except DomainError as error:
            messages.error(request, error.message)
    messages.info(request, f"{done} archived.")


def _is_popup_done(response: HttpResponse) -> bool:
    """Whether it only hands the new row to the page that had opened a popup for it."""
    return "popup_response_data" in (getattr(response, "context_data", None) or {})


def _restrict(admin: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> None:
    other = admin.admin_site._registry.get(db_field.remote_field.model)
    if isinstance(other, ScopedAdmin) and "queryset" not in kwargs:
        kwargs["queryset"] = other.get_queryset(request)


def now() -> Any:
    """The moment of an admin's write: the admin is an edge."""
    return clock.now()
