"""What a noun brings so that it can be imported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import NotFound
from integrations.imports.framework.checking import Row
from integrations.imports.framework.errors import CellError, RowsRefused
from integrations.imports.framework.fields import Field
from sites.access import Access, access_of
from sites.models import Company, Site


@dataclass
class Context:
    """What holds for all rows of an import. `reference` names it, so that what it posts is posted once.

    `company` and `site` are the defaults of rows that name none; `actor=None` is the system itself.
    """

    now: datetime
    actor: Any
    company: Company | None = None
    site: Site | None = None
    reference: str = ""
    access: Access = field(init=False)

    def __post_init__(self) -> None:
        self.access = Access(is_superuser=True) if self.actor is None else access_of(self.actor)

    def need_company(self) -> Company:
        """:raises RowsRefused: when nobody said for which company."""
        if self.company is None:
            raise RowsRefused([CellError("Say for which company: --company CODE.")])
        return self.company


@dataclass
class Outcome:
    """What became of an import's rows, counted in what it is about (items, orders). `notes` are for its user."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Take in what a further part of the rows came to."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.skipped += other.skipped
        self.notes += other.notes


# Writes checked rows, in a fixed number of statements; raises RowsRefused with all that is wrong before it writes.
Writer = Callable[[Sequence[Row], Context], Outcome]


@dataclass(frozen=True)
class Importer:
    """A noun with the fields of its rows. `counted` says what its outcome counts, in the plural.

    `key` names the fields that tell one row from another; a file may not have two rows with the same. Rows come in
    parts of `part_rows`, or with None all at once, for nouns whose documents spread over several rows.
    """

    noun: str
    help: str
    fields: Sequence[Field]
    write: Writer
    key: Sequence[str] = ()
    counted: str = ""
    part_rows: int | None = 5000

    def field(self, name: str) -> Field:
        """:raises NotFound: for a name that no field has."""
        for each in self.fields:
            if each.name == name:
                return each
        raise NotFound(f"{self.noun} has no field {name}.")
