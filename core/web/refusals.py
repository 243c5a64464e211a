"""What a service refused, as a page says it: at the field or line that it is about, else above the form."""

from typing import Any

from django.forms import BaseForm

from core.errors import DomainError, InvalidInput
from core.web.rows import FormRows


def errors_of(error: DomainError) -> dict[str, str]:
    """What is wrong by the path of its field (`lines.0.quantity`); "" for what is about the whole."""
    if isinstance(error, InvalidInput) and error.errors:
        return dict(error.errors)
    shortages: Any = getattr(error, "shortages", None)
    if shortages:
        return {str(one.details.get("field", "")): one.message for one in shortages}
    return {str(error.details.get("field", "")): error.message}


def refuse(form: BaseForm, error: DomainError, *rows: FormRows) -> None:
    """Put a refusal on the form and its lines; what belongs to neither stands above the form."""
    for path, text in errors_of(error).items():
        if any(lines.refuse(path, text) for lines in rows):
            continue
        name = path if path in form.fields else None
        form.add_error(name, text if name or not path or "." not in path else f"{path}: {text}")
