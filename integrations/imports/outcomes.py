"""What a set-based service did, as an import counts it."""

from collections.abc import Sequence
from typing import Any

from core.upserts import Put
from integrations.imports.framework.checking import Row
from integrations.imports.framework.importer import Outcome


def outcome_of(result: Put[Any]) -> Outcome:
    """The counts of rows created, changed and found as they already were."""
    return Outcome(created=len(result.created), changed=len(result.changed), unchanged=len(result.unchanged))


def picked(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """Those of a row's values that it has, under the same names."""
    return {name: row[name] for name in names if name in row}
