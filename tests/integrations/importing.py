"""Running an import in a test, as the command does."""

import io
from datetime import UTC, datetime
from typing import Any

from integrations.imports.framework.importer import Context
from integrations.imports.framework.running import Options, Report, run
from integrations.imports.registry import importer

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def load(
    noun: str, data: str | bytes, *, dry_run: bool = False, mapping: dict[str, str] | None = None, **context: Any
) -> Report:
    """Import text as a file of its own."""
    source = io.BytesIO(data.encode() if isinstance(data, str) else data)
    options = Options(dry_run=dry_run, mapping=mapping or {})
    return run(importer(noun), source, options, Context(now=NOW, actor=context.pop("actor", None), **context))


def counts(report: Report) -> tuple[int, int, int, int]:
    """Created, changed, unchanged and skipped; the errors are shown when there are any."""
    assert report.is_ok, [str(error) for error in report.errors]
    outcome = report.outcome
    return outcome.created, outcome.changed, outcome.unchanged, outcome.skipped


def errors(report: Report) -> list[str]:
    """What is wrong, as it is printed."""
    return [str(error) for error in report.errors]
