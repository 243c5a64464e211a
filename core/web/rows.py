"""The lines of a form on a page (`data-lines`): `lines-0-item`, `lines-0-quantity`, … read, shown again, refused."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

# More lines than this are an import, not a form. `DATA_UPLOAD_MAX_NUMBER_FIELDS` leaves room for all their fields.
MOST_ROWS = 1000


@dataclass
class FormRow:
    """One line: `said` holds the texts as typed, by field; `errors` what is wrong with each; `about` any row shown."""

    number: int | str
    said: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    about: Any = None

    def text(self, name: str) -> str:
        """What was typed into a field; "" for nothing."""
        return self.said.get(name, "")


@dataclass
class FormRows:
    """The lines of a form. `fields` are those that make a line count: with all of them empty it is left out."""

    rows: list[FormRow]
    fields: Sequence[str]
    prefix: str = "lines"

    @classmethod
    def read(cls, data: QueryDict, fields: Sequence[str], *, prefix: str = "lines", most: int = 500) -> "FormRows":
        """The lines that were filled in, in the order of their numbers; gaps and removed ones are left out.

        Of a text that is longer the first `most` letters.

        More than a form takes are all there, the first of them refused: a line that is not there was taken out.
        """
        said: dict[int, dict[str, str]] = {}
        pattern = re.compile(rf"{prefix}-(\d{{1,9}})-(\w+)", re.ASCII)
        for name in data:
            if match := pattern.fullmatch(name):
                said.setdefault(int(match[1]), {})[match[2]] = str(data[name]).strip()[:most]
        kept = [one for _, one in sorted(said.items()) if "DELETE" not in one and any(one.get(name) for name in fields)]
        rows = cls([FormRow(place, one) for place, one in enumerate(kept)], fields, prefix)
        if rows.are_too_many:
            text = _("A form takes %(most)s lines, and these are %(count)s: load them as a file, or in parts.")
            rows.rows[MOST_ROWS].errors[fields[0]] = text % {"most": MOST_ROWS, "count": len(kept)}
        return rows

    @property
    def are_too_many(self) -> bool:
        """Whether to show them again instead of writing them; the line that is too many says so."""
        return len(self.rows) > MOST_ROWS

    @classmethod
    def of(cls, said: Iterable[Mapping[str, Any]], fields: Sequence[str], *, prefix: str = "lines") -> "FormRows":
        """Lines to begin with."""
        texts = [{name: "" if value is None else str(value) for name, value in one.items()} for one in said]
        return cls([FormRow(place, one) for place, one in enumerate(texts)], fields, prefix)

    def refuse(self, path: str, text: str) -> bool:
        """Put what is wrong with `lines.0.quantity` on its line; False when the path is not one of a line."""
        parts = path.split(".")
        if len(parts) < 2 or parts[0] != self.prefix or not parts[1].isdecimal() or int(parts[1]) >= len(self.rows):
            return False
        self.rows[int(parts[1])].errors[".".join(parts[2:]) or self.fields[0]] = text
        return True

    @property
    def shown(self) -> list[FormRow]:
        """The lines with an empty one to type into, at least three in all so that a page without scripts has room."""
        spare = max(3 - len(self.rows), 1)
        return [*self.rows, *(FormRow(len(self.rows) + place, {}) for place in range(spare))]

    @property
    def template(self) -> FormRow:
        """What a script copies for a new line."""
        return FormRow("__prefix__", {})

    @property
    def total(self) -> int:
        return len(self.shown)


def typed(text: str) -> str:
    """A number as people type it: with a true minus or spaces between thousands."""
    return text.replace("\u2212", "-").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
