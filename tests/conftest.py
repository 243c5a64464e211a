"""Generic fixtures; the servers a session needs come from ``launcher.pytest_plugin``."""

import os
import shutil
from collections.abc import Callable

import pytest
import pytest_django

from core import invariants
from tests.cast import cast, committed_cast, morning  # noqa: F401

# The test process of the browser has an event loop of its own, in which Django refuses plain queries.
BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder, so that no file can forget it."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")
        if "tests/concurrency/" in item.path.as_posix():
            item.add_marker("concurrency")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Each process copies one migrated database instead of migrating its own."""
    from django.db import connection

    from tests import template_database

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template_database.make()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of the machine; where there is none the test is skipped, and in CI that is a failure."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing = "There is no Chromium on this machine; `make browser` installs Debian's when it may."
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, chromium: str) -> dict:
    """Playwright brings no browser of its own: it drives the machine's."""
    return browser_type_launch_args | {"executable_path": chromium, "args": BROWSER_FLAGS}


@pytest.fixture
def assert_sound() -> Callable[[], None]:
    """Checks that documents, registers, ledger, balances and values agree."""

    def check() -> None:
        wrong = [outcome for outcome in invariants.check(_checks()) if not outcome.is_ok]
        assert not wrong, wrong

    return check


def _checks() -> list[str]:
    """All but those about what the workers derive, which no worker has done here."""
    return [name for name in invariants.names() if not {"levels", "allocation", "statuses"} & set(name.split())]
