"""A real browser before the whole product. Each test opens pages as somebody; an error in a console fails it."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from playwright.sync_api import APIRequestContext, BrowserContext, ConsoleMessage, Page, Playwright
from pytest_django import DjangoDbBlocker

from integrations.models import ApiKey
from integrations.services import api_keys
from tests.browser import people, product
from tests.browser.api import Api

# Playwright keeps an event loop in this thread, in which Django refuses queries unless told that it may.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

WIDE, NARROW = (1440, 900), (390, 844)
TIMEOUT_MS = 10_000


class Open(Protocol):
    """Opens an empty page for a user of this name; `allow` is a pattern of console errors that the test means."""

    def __call__(self, name: str | None, *, size: tuple[int, int] = WIDE, allow: str = "", **options: Any) -> Page: ...


@pytest.fixture(scope="session")
def address(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Where the product answers; this process reads and writes the same database."""
    with product.running() as running, django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = running.database
        yield running.address
        connection.close()


@pytest.fixture(scope="session")
def state_of(address: str) -> Callable[[str], Any]:
    """The session of a user, signed in once."""
    known: dict[str, Any] = {}

    def state(name: str) -> Any:
        if name not in known:
            known[name] = people.signed_in(get_user_model()._default_manager.get(username=name), address)
        return known[name]

    return state


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """What the consoles of this test's pages complained of: nothing, in the end."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def visit(
    new_context: Callable[..., BrowserContext], address: str, state_of: Callable[[str], Any], errors: list[str]
) -> Open:
    def open_page(name: str | None, *, size: tuple[int, int] = WIDE, allow: str = "", **options: Any) -> Page:
        width, height = size
        context = new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            storage_state=state_of(name) if name else None,
            **{"reduced_motion": "reduce"} | options,
        )
        context.set_default_timeout(TIMEOUT_MS)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: _note(message, allow, errors))
        return context.new_page()

    return open_page


def _note(message: ConsoleMessage, allow: str, errors: list[str]) -> None:
    """A refused style, script or address is an error of the console as well."""
    if message.type == "error" and not (allow and re.search(allow, message.text)):
        errors.append(f"{message.page.url if message.page else ''}: {message.text} {message.location}")


@pytest.fixture(scope="session")
def requests(playwright: Playwright, address: str) -> Iterator[APIRequestContext]:
    """Requests with an API key of the planner of the demo."""
    planner = get_user_model()._default_manager.get(username="kadri")
    _, key = api_keys.create(name="Browser", user=planner, access=ApiKey.Access.WRITE, actor=None)
    context = playwright.request.new_context(base_url=address, extra_http_headers={"Authorization": f"Bearer {key}"})
    yield context
    context.dispose()


@pytest.fixture(scope="session")
def api(requests: APIRequestContext) -> Api:
    return Api(requests)
