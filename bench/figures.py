"""What a benchmark reports, one line a figure."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

LATEST = Path(__file__).parent / "latest.jsonl"


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    `reference` is what it is measured against in the same unit, `ratio` = value ÷ reference; both None where the
    target is a limit. `target` says in words what was asked, `met` whether it was reached.
    """

    figure: str
    value: float
    unit: str
    reference: float | None
    target: str
    met: bool

    @property
    def ratio(self) -> float | None:
        return None if not self.reference else self.value / self.reference

    def line(self) -> str:
        """The figure as a line of text."""
        against = "" if self.ratio is None else f"  {self.reference:,.0f} reference, ratio {self.ratio:.2f}"
        verdict = "met" if self.met else "MISSED"
        return f"{verdict:6}  {self.figure:58}  {self.value:>10,.1f} {self.unit}{against}  ({self.target})"


def at_least(figure: str, value: float, unit: str, reference: float, share: float) -> Figure:
    """A figure that shall reach a share of its reference."""
    return Figure(figure, value, unit, reference, f"≥ {share} × reference", value >= share * reference)


def below(figure: str, value: float, unit: str, limit: float) -> Figure:
    """A figure that shall stay below a limit."""
    return Figure(figure, value, unit, None, f"< {limit:g} {unit}", value < limit)


def processes_text(count: int) -> str:
    """`1 process`, `4 processes`."""
    return f"{count} process{'es' if count > 1 else ''}"


def report(figures: Iterable[Figure]) -> list[Figure]:
    """Print each figure as it comes and write all of them to `bench/latest.jsonl`."""
    done = []
    with LATEST.open("w", encoding="utf-8") as file:
        for figure in figures:
            print(figure.line(), flush=True)
            row = {**asdict(figure), "ratio": figure.ratio}
            file.write(json.dumps(row) + "\n")
            file.flush()
            done.append(figure)
    return done
