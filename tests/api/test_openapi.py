"""The schema says what the API does, without guesses, and the committed one is the one that is served."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
REFRESH = "python manage.py spectacular --fail-on-warn --validate --file docs/openapi.yaml"

# What the contract promises of what there is; planning, scheduling and studies bring the rest.
NOUNS = """
companies sites calendars lanes items units lots locations postings stock-moves stock-balances stock-levels demands
supplies allocations transfers adjustments stock-counts customers sales-orders shipments suppliers supplier-items
purchase-orders receipts bills-of-materials manufacturing-orders runs events api-keys
"""
ACTIONS = {
    "sales-orders": "open rank ship reverse close cancel",
    "purchase-orders": "order receive reverse close cancel",
    "transfers": "confirm dispatch receive reverse close cancel",
    "manufacturing-orders": "release complete reverse rank close cancel",
    "postings": "reverse",
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The schema as it is now; a warning of the generator is a failure."""
    path = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(path))
    return path.read_text()


def test_the_committed_schema_is_the_one_that_is_served(schema: str) -> None:
    assert schema.splitlines() == COMMITTED.read_text().splitlines(), f"Refresh it: {REFRESH}"


def test_every_noun_and_step_of_the_contract_is_there(schema: str) -> None:
    paths = yaml.safe_load(schema)["paths"]

    assert [noun for noun in NOUNS.split() if "get" not in paths.get(f"/api/v1/{noun}/", {})] == []
    steps = [f"/api/v1/{noun}/{{id}}/{step}/" for noun, names in ACTIONS.items() for step in names.split()]
    assert [path for path in steps if "post" not in paths.get(path, {})] == []


def test_every_call_says_what_it_does(schema: str) -> None:
    paths = yaml.safe_load(schema)["paths"]
    silent = [
        f"{method} {path}"
        for path, calls in paths.items()
        for method, call in calls.items()
        if method in {"get", "post", "patch", "delete"} and not call.get("description")
    ]

    assert silent == []


def test_decimals_are_strings_and_refusals_are_problems(schema: str) -> None:
    document = yaml.safe_load(schema)
    level = document["components"]["schemas"]["Level"]["properties"]
    ship = document["paths"]["/api/v1/sales-orders/{id}/ship/"]["post"]

    assert {level[name]["type"] for name in ("on_hand", "committed", "projected")} == {"string"}
    assert "application/problem+json" in ship["responses"]["default"]["content"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in ship["parameters"]}
