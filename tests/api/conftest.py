"""An integrator: a program with an API key, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from integrations.services import api_keys
from tests.cast import Cast

API = "/api/v1/"


class Integrator:
    """Calls the API with a key; each call says which status it expects."""

    def __init__(self, user: Any) -> None:
        _, self.text = api_keys.create(name="ERP bridge", user=user, actor=None)
        self.client = Client(headers={"Authorization": f"Bearer {self.text}"})
        self.answer: Any = None

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        self.answer = self.client.get(API + path, query)
        return self._checked(status)

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        self.answer = self.client.post(
            API + path, {} if body is None else body, content_type="application/json", headers=headers
        )
        return self._checked(status)

    def patch(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        self.answer = self.client.patch(API + path, body, content_type="application/json", headers=headers)
        return self._checked(status)

    def _checked(self, status: int) -> Any:
        assert self.answer.status_code == status, self.answer.content
        return self.answer.json()


@pytest.fixture
def integrator() -> Callable[[Any], Integrator]:
    return Integrator


@pytest.fixture
def api(cast: Cast) -> Integrator:
    """The integrator of Nordwood."""
    return Integrator(cast.planner)
