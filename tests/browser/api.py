"""The REST API beside the browser: what somebody else does meanwhile."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import APIRequestContext


@dataclass(frozen=True)
class Api:
    """JSON in, JSON out; a refusal fails the test with its words."""

    requests: APIRequestContext

    def get(self, path: str) -> Any:
        answer = self.requests.get(f"/api/v1/{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.requests.post(f"/api/v1/{path}", data=body or {})
        assert answer.ok, answer.text()
        return answer.json()

    def adjust(self, site: str, item: str, quantity: str) -> Any:
        """Puts `quantity` of an item in at a site, or takes it out."""
        line = {"item": item, "quantity": quantity}
        return self.post("adjustments/", {"site": site, "reason": "Found behind the saw", "lines": [line]})

    def level(self, site: str, item: str) -> Any:
        return self.get(f"stock-levels/?site={site}&item={item}&fresh=true")["results"][0]
