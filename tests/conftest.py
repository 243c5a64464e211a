"""Generic fixtures; the servers a session needs come from ``launcher.pytest_plugin``."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser test runs in a process of its own: its event loop makes Django refuse plain queries."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")
        if "tests/concurrency/" in item.path.as_posix():
            item.add_marker("concurrency")


@pytest.fixture(scope="session")
def runs_in_ci() -> bool:
    """Where a missing tool is a failure and not a reason to skip."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}
