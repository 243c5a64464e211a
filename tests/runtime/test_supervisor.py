import os
import signal
import sys
from pathlib import Path

import pytest

from launcher.processes import Program
from launcher.supervisor import Supervisor
from tests.runtime.helpers import eventually

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
WITH_A_CHILD = [
    sys.executable,
    "-c",
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "open(sys.argv[1], 'w').write(f'{child.pid}\\n'); time.sleep(600)",
]


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.stop(list(supervisor.children))


def _lives(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


def test_a_dead_child_is_started_again(supervisor):
    first = supervisor.start(Program("sleeper", SLEEP))
    first.kill()
    first.wait()

    def is_back() -> bool:
        supervisor.watch()
        return supervisor.children["sleeper"].process.pid != first.pid

    eventually(is_back)


def test_the_pauses_grow_while_it_keeps_dying(supervisor):
    supervisor.start(Program("broken", [sys.executable, "-c", ""]))
    pauses = []
    for _ in range(4):
        child = supervisor.children["broken"]
        child.process.wait()
        supervisor._note_death(child, 100.0)
        pauses.append(child.due_at - 100.0)
        supervisor._start_again(child)
    assert pauses == [0.5, 1, 2, 4]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks Linux for its processes")
def test_the_children_of_a_child_go_with_it(supervisor, tmp_path):
    noted = tmp_path / "pid"
    supervisor.start(Program("parent", [*WITH_A_CHILD, str(noted)]))
    eventually(lambda: noted.exists() and noted.read_text().endswith("\n"))
    supervisor.stop(["parent"])
    eventually(lambda: not _lives(int(noted.read_text())))


def test_one_that_does_not_listen_is_killed_at_its_deadline(supervisor):
    deaf = [
        sys.executable,
        "-c",
        "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint(1, flush=True)\ntime.sleep(600)",
    ]
    process = supervisor.start(Program("deaf", deaf, stop_within_seconds=0.2))
    eventually(lambda: supervisor.log_of("deaf").read_text().startswith("1"))
    supervisor.stop(["deaf"])
    assert process.returncode == -signal.SIGKILL


def test_groups_stop_one_after_the_other(supervisor, monkeypatch):
    stopped = []
    monkeypatch.setattr("launcher.supervisor.stop", lambda *group: stopped.append([p.name for _, p in group]))
    programs = {name: supervisor.start(Program(name, SLEEP)) for name in ("server", "worker", "web")}
    supervisor.stop(["absent"], ["web", "worker"], ["server"])
    assert stopped == [[], ["web", "worker"], ["server"]]
    for process in programs.values():
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
