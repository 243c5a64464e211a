"""What the product's own processes hold when it idles after a first start: proportional set size, as Linux counts it.

A launcher of its own starts it in a new home, with the demo company, as `make run` does.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, below
from bench.product import free_port
from launcher.preparation import ROOT

IDLE_SECONDS = 60
# What stands in the command line of each.
PARTS = {"web": "mfg.asgi:application", "workers": "mfg worker", "beat": "mfg.beat"}


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="mfg-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root, Postgres runs as another user
        process = _launch(home)
        try:
            seconds = _wait_until_ready(process)
            time.sleep(IDLE_SECONDS)
            sizes = _sizes(process.pid)
        finally:
            process.terminate()
            process.wait(60)
    what = "a minute after the demo load" if has_demo() else "a minute after the start, without a demo"
    for part, size in sizes.items():
        yield Figure(f"{part}, {what}", size, "MB", None, "reported", True)
    yield below(f"web, workers and beat, {what}", sum(sizes.values()), "MB", 700)
    yield Figure("first start from an empty home", seconds, "s", None, "reported", True)


def has_demo() -> bool:
    """Whether there is a demo company to load."""
    return any(ROOT.glob("*/management/commands/load_demo.py"))


def _launch(home: Path) -> "subprocess.Popen[str]":
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, "-m", "launcher", "--with-parent"],
        env=own | {"MFG_HOME": str(home), "PORT": str(free_port()), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _wait_until_ready(process: "subprocess.Popen[str]") -> float:
    begun = time.monotonic()
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return time.monotonic() - begun
    raise RuntimeError(f"The product did not start:\n{said}")


def _sizes(launcher: int) -> dict[str, float]:
    """Proportional set size by part, in MB, of the processes below the launcher."""
    sizes = dict.fromkeys(PARTS, 0.0)
    for part, mark in PARTS.items():
        tops = [pid for pid in _children(launcher) if mark in _command(pid)]
        sizes[part] = sum(_pss(pid) for top in tops for pid in _family(top)) / 1000
    return sizes


def _family(pid: int) -> list[int]:
    return [pid, *(other for child in _children(pid) for other in _family(child))]


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
