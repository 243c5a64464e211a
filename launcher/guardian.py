"""What the kernel's death signal does elsewhere, for macOS: a process that outlives the launcher and ends its children.

It reads a pipe whose other end only the launcher holds: the end of the pipe is the launcher's end, however it came.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress


class Guardian:
    """The launcher's end of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "launcher.guardian"], stdin=subprocess.PIPE, start_new_session=True
        )

    def follow(self, pid: int, death_signal: signal.Signals) -> None:
        """Have the process group of `pid` end with us."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{pid} {int(death_signal)}\n".encode())
            self._process.stdin.flush()


def start() -> Guardian | None:
    """A guardian where the kernel offers no death signal."""
    return None if sys.platform == "linux" else Guardian()


def main() -> None:
    """Collect process groups until the launcher is gone, then send each its signal.

    A group may have ended long before; its number is not given to another while we run in practice, because we only
    signal groups whose leader leads a session of its own.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = [tuple(map(int, line.split())) for line in sys.stdin]
    for pid, death_signal in groups:
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == pid:
                os.killpg(pid, death_signal)


if __name__ == "__main__":
    main()
