"""The parts of a master in the admin: an inline's rows, written by one call of the master's service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from core.errors import DomainError, InvalidInput

if TYPE_CHECKING:
    from core.adminbase import ServiceInline


@dataclass(frozen=True)
class PartEdits:
    """What a reader changed: the values of rows to write, and what stood in rows to take away, `id` among it.

    A row whose key changed is in both. `kept` are the values of all that stay or come. References are rows in `put`
    and `kept`, ids in `taken`.
    """

    put: Sequence[dict[str, Any]]
    taken: Sequence[dict[str, Any]]
    kept: Sequence[dict[str, Any]]


class PartFormSet(BaseInlineFormSet):
    """Validates by writing, as `ServiceForm` does for the row that these are parts of."""

    inline: "ServiceInline"
    request: HttpRequest

    def clean(self) -> None:
        super().clean()
        row = getattr(self.instance, "written", None)
        # A head that was refused has not been written: its parts wait.
        if row is None or any(self.errors) or not self.has_changed():
            return
        try:
            with transaction.atomic():
                row = self.inline.write(self.request, row, self._edits(), self.instance.shown_version)
        except InvalidInput as error:
            raise ValidationError([f"{field}: {text}" for field, text in error.errors.items()]) from error
        except DomainError as error:
            raise ValidationError(error.message) from error
        # The next inline goes on from what this one wrote.
        self.instance.written, self.instance.shown_version = row, None

    def save(self, commit: bool = True) -> list[Any]:
        """The service has written it; what is left is to say what, for the row's history."""
        removed = [form for form in self.deleted_forms if form.instance.pk]
        changed = [form for form in self.initial_forms if form.has_changed() and form not in removed]
        added = [form for form in self.extra_forms if form.has_changed() and form not in self.deleted_forms]
        self.new_objects = [form.instance for form in added]
        self.changed_objects = [(form.instance, form.changed_data) for form in changed]
        self.deleted_objects = [form.instance for form in removed]
        return []

    def _edits(self) -> PartEdits:
        put, taken, kept = [], [], []
        for form in self.forms:
            is_removed = form in self.deleted_forms
            if not is_removed and (form.instance.pk or form.has_changed()):
                kept.append(self._values(form))
            if not is_removed and form.has_changed():
                put.append(kept[-1])
            if form.instance.pk and (is_removed or not self.inline.key.isdisjoint(form.changed_data)):
                taken.append({**form.initial, "id": form.instance.pk})
        return PartEdits(put, taken, kept)

    def _values(self, form: Any) -> dict[str, Any]:
        return {name: form.cleaned_data[name] for name in form.cleaned_data if name in self.inline.fields}
