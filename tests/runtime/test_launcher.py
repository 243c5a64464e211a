"""The whole product, as `make run` starts it, seen from outside."""

import os
import shutil
import signal
import socket
import tempfile
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis, RedisError

from launcher import health, paths
from tests.runtime.helpers import command_of, eventually, free_port, launched, processes_of, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("product"),  # in one process, so that the home is migrated once
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks Linux for its processes"),
]


@pytest.fixture(scope="module")
def home():
    """One home for all, which a first start has prepared from nothing."""
    folder = Path(tempfile.mkdtemp(prefix="mfg-home-"))
    with launched(folder, PORT=str(free_port())) as process:
        assert "Migrating" in wait_for(process, "Ctrl-C")
        process.send_signal(signal.SIGINT)
        process.wait(60)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    return free_port()


def _process(home: Path, part: str) -> int:
    return min(pid for pid in processes_of(home) if part in command_of(pid))


def test_starts_everything_and_leaves_nothing(home, port):
    with launched(home, PORT=str(port)) as process:
        said = wait_for(process, "Ctrl-C")
        assert f"http://localhost:{port}/" in said
        assert health.status("/health/live", {"PORT": str(port)}) == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert processes_of(home) == set()


def test_a_second_start_prepares_nothing(home, port):
    with launched(home, PORT=str(port)) as process:
        said = wait_for(process, "Ctrl-C")
        assert "Migrating" not in said
        assert "Collecting" not in said
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert processes_of(home) == set()


def test_a_killed_launcher_takes_all_with_it_and_the_next_one_starts(home, port):
    with launched(home, PORT=str(port)) as process:
        wait_for(process, "Ctrl-C")
        process.kill()
        process.wait()
        with launched(home, PORT=str(port)) as again:
            wait_for(again, "Ctrl-C")
            again.kill()
            again.wait()
            eventually(lambda: processes_of(home) == set())


def test_a_second_launcher_in_the_same_home_is_refused(home, port):
    with launched(home, PORT=str(port)) as process:
        wait_for(process, "Ctrl-C")
        with launched(home, PORT=str(free_port())) as second:
            assert "already runs" in wait_for(second, "already runs")
            assert second.wait(60) == 1
            assert health.is_ready({"PORT": str(port)})


def test_a_taken_port_is_said_in_a_sentence(home):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with launched(home, PORT=str(taken)) as process:
            assert f"Port {taken} is taken" in wait_for(process, "is taken")
            assert process.wait(60) == 1


def test_what_is_killed_comes_back(home, port):
    with launched(home, PORT=str(port)) as process:
        wait_for(process, "Ctrl-C")
        for part in ("mfg.asgi", "events@", "valkey-server", "bin/postgres"):
            first = _process(home, part)
            _kill(first)
            eventually(lambda part=part, first=first: any(part in command_of(p) for p in processes_of(home) - {first}))
        eventually(lambda: health.is_ready({"PORT": str(port)}))


def test_workers_sing_again_after_redis_was_restarted(home, port, monkeypatch):
    monkeypatch.setenv("MFG_HOME", str(home))
    with launched(home, PORT=str(port)) as process:
        wait_for(process, "Ctrl-C")
        _kill(_process(home, "valkey-server"))
        eventually(_sings, within_seconds=120)


def test_a_static_file_is_compressed_and_kept_for_a_year(home, port):
    with launched(home, PORT=str(port)) as process:
        wait_for(process, "Ctrl-C")
        name = next((home / "static" / "app" / "assets").glob("*.css")).name
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/static/app/assets/{name}", headers={"Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert "immutable" in answer.headers["Cache-Control"]


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _sings() -> bool:
    queues = ("events", "planning", "integrations", "maintenance")
    with suppress(RedisError), Redis.from_url(paths.default_redis_url()) as client:
        return client.exists(*[f"mfg:canary:{queue}" for queue in queues]) == len(queues)
    return False
