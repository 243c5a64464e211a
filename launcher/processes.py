"""Child processes that never outlive the process that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: loading a library between fork and exec may deadlock.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """One long-running child: how to start it, and how it is asked to stop.

    `death_signal` is what the kernel sends it when we are killed; SIGKILL unless it has data to put down first.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] | None = None
    user: str | None = None
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_seconds: float = 10
    death_signal: signal.Signals = signal.SIGKILL


def start(program: Program, output: IO[bytes], errors: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start `program` in a session of its own, so that a Ctrl-C in the terminal reaches the launcher alone.

    What it says goes to `output`, and to `errors` what it says on the other channel, if that is given.
    Call it from the main thread: the death signal follows the thread that forked, not the process.
    """
    return subprocess.Popen(
        program.arguments,
        env=program.environment,
        cwd=program.folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors or subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_dying_with_us(program.death_signal),
        **as_user(program.user),
    )


def as_user(name: str | None) -> dict:
    """Arguments for ``Popen`` that give up all of root's rights, its groups included."""
    if name is None:
        return {}
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to send us `death_signal` when our parent dies; nothing where there is no such call."""
    if _libc is None:
        return
    parent = parent if parent is not None else os.getppid()
    _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _dying_with_us(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: die_with_parent(death_signal, parent)


def stop(*running: tuple[subprocess.Popen[bytes], Program]) -> None:
    """Ask all politely and together, wait for each one's own deadline, then kill what is left of their sessions."""
    asked_at = time.monotonic()
    for process, program in running:
        if process.poll() is None:
            process.send_signal(program.stop_signal)
    for process, program in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, asked_at + program.stop_within_seconds - time.monotonic()))
        kill_session(process)


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the session that `process` leads, its own children included."""
    with suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
