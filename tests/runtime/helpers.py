"""Processes as the operating system sees them, and patience with a deadline."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def eventually(holds: Callable[[], object], within_seconds: float = 60) -> None:
    """Poll until `holds` does; a slow machine only makes it later."""
    deadline = time.monotonic() + within_seconds
    while not holds():
        assert time.monotonic() < deadline, f"did not happen within {within_seconds:g} s"
        time.sleep(0.05)


def processes_of(home: Path) -> set[int]:
    """Every process that was started for `home`, whoever is its parent now.

    Found by its environment, or by its folder where a server has written its title over its environment.
    """
    return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _belongs_to(entry, home)}


def _belongs_to(entry: Path, home: Path) -> bool:
    with suppress(OSError):
        if "\nState:\tZ" in (entry / "status").read_text():
            return False
        is_named = f"MFG_HOME={home}".encode() in (entry / "environ").read_bytes().split(b"\0")
        return is_named or (entry / "cwd").readlink().is_relative_to(home)
    return False


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """Ours without the addresses of the test session's servers."""
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return own | {"MFG_HOME": str(home), "MFG_DEMO": "0", "PYTHONPATH": str(ROOT)} | more


@contextmanager
def launched(
    home: Path, *arguments: str, interpreter: tuple[str, ...] = (sys.executable,), **more: str
) -> Iterator[subprocess.Popen[str]]:
    """`python -m launcher` for `home`; whatever a failed test leaves of it is killed."""
    others = processes_of(home)
    process = subprocess.Popen(
        [*interpreter, "-m", "launcher", *arguments],
        env=clean_environment(home, **more),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        _clear(home, others)
        assert process.stdout is not None
        process.stdout.close()


def _clear(home: Path, others: set[int]) -> None:
    """Let the servers put down their data, which leaves no shared memory behind; then kill what is left."""
    deadline = time.monotonic() + 20
    while (left := processes_of(home) - others) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_for(process: subprocess.Popen[str], text: str) -> str:
    """Read what the launcher says until `text` is in it, and give all of it."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"it ended without saying “{text}”:\n{said}")
