"""The steps of a document on its page: a button for each that its state and the reader's role allow.

A button opens a dialog; without scripts it leads to a page with the same form, where a refusal is shown as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import DomainError
from core.web.refusals import errors_of


@dataclass(frozen=True, kw_only=True)
class Step:
    """`reason`: "" asks for none, else "optional" or "required"; `number` labels a number that the step asks for by its
    own name, a whole one unless `has_decimals`, and `words` a text. `is_page` has a page of its own instead of a
    dialog; `is_at_once` needs no question."""

    name: str
    label: str
    url: str
    title: str = ""
    text: str = ""
    reason: str = ""
    number: str = ""
    has_decimals: bool = False
    words: str = ""
    is_danger: bool = False
    is_page: bool = False
    is_at_once: bool = False


@dataclass(frozen=True)
class Steps:
    """The steps that are allowed, the first of which is the page's main one if `has_main`."""

    all: tuple[Step, ...]
    has_main: bool = True

    def __iter__(self) -> Iterator[Step]:
        return iter(self.all)

    @property
    def main(self) -> Step | None:
        return self.all[0] if self.all and self.has_main else None

    @property
    def more(self) -> tuple[Step, ...]:
        return self.all[1:] if self.has_main else self.all

    @property
    def dialogs(self) -> list[Step]:
        """Those that ask before they act."""
        return [step for step in self.all if not step.is_page and not step.is_at_once]

    def find(self, name: str) -> Step | None:
        return next((step for step in self.all if step.name == name), None)


def go_on(request: HttpRequest, fallback: str) -> HttpResponse:
    """To where the form says (`next`), if that is here, else to `fallback`."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None, request.is_secure())
    return redirect(wanted if is_ours else fallback)


def tell(request: HttpRequest, text: str, *, undo: str = "", warnings: Any = ()) -> None:
    """A toast, with Undo where there is an address that takes it back, and one for each warning."""
    messages.success(request, text, extra_tags=undo)
    for warning in warnings:
        messages.warning(request, warning)


def refusal(error: DomainError) -> list[str]:
    """A refusal as lines of text."""
    return list(errors_of(error).values())
