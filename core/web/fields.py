"""Fields of forms on pages: texts that services check, with suggestions and parts that follow what is chosen."""

from typing import Any

from django import forms


def text(label: Any, *, required: bool = False, most: int = 200, help_text: Any = "", **attrs: str) -> forms.CharField:
    """One line of text."""
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text, widget=widget)


def number(label: Any, *, required: bool = False, help_text: Any = "", **attrs: str) -> forms.CharField:
    """A number as text: the service says what of it is wrong, with the unit's decimals."""
    return text(label, required=required, most=40, help_text=help_text, inputmode="decimal", **attrs)


def date(label: Any, *, required: bool = False, help_text: Any = "", **attrs: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def note(label: Any) -> forms.CharField:
    """Several lines of text."""
    return forms.CharField(label=label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "2"}))


def follows(target: str, url: str, include: str) -> dict[str, str]:
    """Attributes of a control whose change fetches `url` with the controls `include` and fills `#target` anew.

    The last change wins: it takes the place of a request that is still on its way.
    """
    return {
        "hx-get": url,
        "hx-trigger": "change",
        "hx-include": include,
        "hx-target": f"#{target}",
        "hx-select": f"#{target} > *",
        "hx-swap": "innerHTML",
        "hx-sync": "closest form:replace",
    }


SUGGEST_ITEMS = {"data-suggest": "/api/v1/items/?search=", "data-suggest-value": "sku", "data-suggest-text": "name"}
