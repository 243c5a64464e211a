"""Keeps a set of children running until told otherwise, and takes them down in order."""

import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from launcher import guardian
from launcher.processes import Program, kill_session, start, stop

# A child that lived this long was well: its next death starts the pauses anew.
STEADY_SECONDS = 60
LONGEST_PAUSE_SECONDS = 30
LOG_BYTES = 10_000_000


@dataclass
class Child:
    """A program, its present process, and when it may be started again after a death."""

    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0
    due_at: float | None = None


class Supervisor:
    """Starts programs, restarts the dead ones with growing pauses, stops all. Its logs stand in `logs`."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: dict[str, Child] = {}
        self._guardian = guardian.start()

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        process = self._spawn(program)
        self.children[program.name] = Child(program, process, time.monotonic())
        return process

    def watch(self) -> None:
        """One look at every child; call it every half second or so."""
        now = time.monotonic()
        for child in self.children.values():
            if child.due_at is not None and now >= child.due_at:
                self._start_again(child)
            elif child.due_at is None and child.process.poll() is not None:
                self._note_death(child, now)

    def replace(self, name: str, why: str) -> None:
        """Kill a child that hangs; the next look starts it again."""
        child = self.children[name]
        print(f"{name} {why}; starting it again.", flush=True)
        kill_session(child.process)
        child.deaths, child.due_at = 0, time.monotonic()

    def age(self, name: str) -> float:
        """Seconds since the present process of `name` was started."""
        return time.monotonic() - self.children[name].started_at

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def stop(self, *groups: Iterable[str]) -> None:
        """Stop the groups one after another, each of them together; names that never started are passed over."""
        for group in groups:
            running = [self.children.pop(name) for name in group if name in self.children]
            stop(*((child.process, child.program) for child in running))

    def _note_death(self, child: Child, now: float) -> None:
        if now - child.started_at > STEADY_SECONDS:
            child.deaths = 0
        kill_session(child.process)  # its own children must not outlive it
        pause = min(0.5 * 2**child.deaths, LONGEST_PAUSE_SECONDS)
        child.deaths, child.due_at = child.deaths + 1, now + pause
        code, log = child.process.returncode, self.log_of(child.program.name)
        print(f"{child.program.name} ended with code {code}; again in {pause:g} s. Its log: {log}", flush=True)

    def _start_again(self, child: Child) -> None:
        child.process, child.started_at, child.due_at = self._spawn(child.program), time.monotonic(), None

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        log = self.log_of(program.name)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process = start(program, output)
        if self._guardian:
            self._guardian.follow(process.pid, program.death_signal)
        return process
