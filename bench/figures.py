"""What a benchmark reports, one line a figure."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

LATEST = Path(__file__).parent / "latest.jsonl"
PROGRESS_SECONDS = 10

# Told often how far something is; says it now and then.
Tell = Callable[[str], None]


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


class Progress:
    """Prints how far a part is, once in ten seconds however often it is told."""

    def __init__(self) -> None:
        self._begun = self._said = time.monotonic()

    def __call__(self, words: str) -> None:
        now = time.monotonic()
        if now - self._said >= PROGRESS_SECONDS:
            self._said = now
            print(f"{now - self._begun:6,.0f} s  {words}", flush=True)


def complain(where: str, wrong: Iterable[str]) -> None:
    """Print what is wrong, if anything is."""
    for words in wrong:
        print(f"WRONG   {where}: {words}", flush=True)


def silent(words: str) -> None:
    """Tells nobody."""


def report(figures: Iterable[Figure], path: Path = LATEST) -> int:
    """Print each figure as it comes, and a summary; write all to `path`. Returns 1 if one was missed, else 0."""
    done = []
    with path.open("w", encoding="utf-8") as file:
        for figure in figures:
            print(figure.line(), flush=True)
            row = {**asdict(figure), "ratio": figure.ratio}
            file.write(json.dumps(row) + "\n")
            file.flush()
            done.append(figure)
    met = sum(figure.met for figure in done)
    print(f"\n{met} of {len(done)} figures met; written to bench/{path.name}")
    return int(met < len(done))
