"""What the product's own processes hold when it idles after a first start: proportional set size, as Linux counts it.

A launcher of its own starts it in a new home, with the demo company, as `make run` does.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, below
from bench.installation import Installation, installation
from launcher.preparation import ROOT

IDLE_SECONDS = 60
PARTS = {"web": ["web"], "workers": ["events", "background"], "beat": ["beat"]}


def figures() -> Iterator[Figure]:
    with installation(with_demo=True) as product:
        time.sleep(IDLE_SECONDS)
        sizes = {part: _megabytes(product, names) for part, names in PARTS.items()}
    has_demo = any(ROOT.glob("*/management/commands/load_demo.py"))
    what = "idle a minute after the demo load" if has_demo else "idle a minute after a start without a demo"
    for part, size in sizes.items():
        yield Figure(f"{part}, {what}", size, "MB", None, "reported", True)
    yield below(f"web, workers and beat, {what}", sum(sizes.values()), "MB", 700)
    yield below("first start from an empty home, the demo included", product.ready_seconds, "s", 180)


def _megabytes(product: Installation, names: list[str]) -> float:
    return sum(_pss(pid) for name in names for pid in product.family(name)) / 1000


def _pss(pid: int) -> int:
    """In kilobytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
