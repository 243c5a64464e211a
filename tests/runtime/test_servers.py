import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest
from redis import Redis

from launcher import paths, servers
from launcher.processes import stop
from launcher.servers import Postgres, ServerError, Valkey, open_home, private_folder, run
from tests.runtime.helpers import ROOT, command_of, eventually, launched, processes_of, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks Linux for its processes")
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def home():
    """A home of our own that other users may pass through, with a short name."""
    folder = Path(tempfile.mkdtemp(prefix="mfg-home-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_postgres_keeps_every_commit_through_a_kill(home):
    postgres = Postgres(home / "postgres")
    process = run(postgres)
    postgres.create_database("kept")
    address = paths.database_url(postgres.folder, "kept")
    _execute(address, "CREATE TABLE fact (n int)", "INSERT INTO fact VALUES (7)")
    process.send_signal(signal.SIGKILL)
    process.wait()

    again = run(postgres)
    assert _execute(address, "SELECT n FROM fact") == [(7,)]
    assert not postgres.create_database("kept")
    stop((again, postgres.program()))


def test_valkey_keeps_its_keys_through_a_stop(home):
    valkey = Valkey(home / "valkey")
    process = run(valkey)
    with Redis.from_url(paths.redis_url(valkey.folder)) as client:
        client.set("ring", 1)
    stop((process, valkey.program()))

    again = run(valkey)
    with Redis.from_url(paths.redis_url(valkey.folder)) as client:
        assert client.get("ring") == b"1"
    stop((again, valkey.program()))


def test_durability_is_on_outside_of_tests(home):
    postgres, valkey = Postgres(home / "postgres"), Valkey(home / "valkey")
    postgres.prepare()
    assert [argument for argument in postgres.program().arguments if "=off" in argument] == []
    assert "everysec" in valkey.program().arguments
    assert any("fsync=off" in argument for argument in Postgres(home / "postgres", durable=False).program().arguments)


def test_no_server_listens_on_the_network(home):
    postgres, valkey = Postgres(home / "postgres"), Valkey(home / "valkey")
    assert "listen_addresses=" in postgres.program().arguments
    assert valkey.program().arguments[1:3] == ["--port", "0"]
    for server in (postgres, valkey):
        server.prepare()
        assert paths.socket_folder(server.folder).stat().st_mode & 0o777 == 0o700


def test_a_servers_behaviour_does_not_depend_on_who_starts_it(home, monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c fsync=off")
    monkeypatch.setenv("LC_ALL", "et_EE.UTF-8")
    environment = Postgres(home / "postgres").program().environment
    assert [name for name in environment if name.startswith(("PG", "LC_", "LANG"))] == []


def test_an_interrupted_initdb_is_begun_anew(home):
    postgres = Postgres(home / "postgres")
    half = postgres.folder / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    postgres.prepare()
    assert postgres.data.exists()
    assert not half.exists()


def test_data_of_another_major_version_is_refused_untouched(home):
    postgres = Postgres(home / "postgres")
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerError, match="PostgreSQL 17"):
        postgres.prepare()
    assert [path.name for path in postgres.data.iterdir()] == ["PG_VERSION"]


def test_a_folder_of_somebody_else_is_refused(home, monkeypatch):
    theirs = home / "run"
    theirs.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(ServerError, match="another user"):
        private_folder(theirs, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused by Postgres")
class TestAsRoot:
    def test_postgres_runs_as_nobody_and_keeps_no_group_of_root(self, home):
        postgres = Postgres(home / "postgres")
        process = run(postgres)
        status = Path(f"/proc/{process.pid}/status").read_text()
        stop((process, postgres.program()))
        assert f"\nUid:\t{NOBODY.pw_uid}\t{NOBODY.pw_uid}" in status
        assert "\nGroups:\t \n" in status

    def test_data_stands_elsewhere_when_the_home_is_out_of_reach(self, home, monkeypatch):
        closed = home / "closed"
        closed.mkdir(mode=0o700)
        monkeypatch.setenv("MFG_HOME", str(closed / "mfg"))
        open_home(paths.home())
        elsewhere = paths.postgres_folder()
        assert elsewhere.parent == Path("/var/lib")
        assert closed.stat().st_mode & 0o777 == 0o700

        process = run(Postgres(elsewhere))
        stop((process, Postgres(elsewhere).program()))
        shutil.rmtree(elsewhere)

    def test_binaries_are_copied_out_of_an_environment_out_of_reach(self, home, monkeypatch):
        monkeypatch.setattr(servers, "_can_reach", lambda folder: False)
        postgres = Postgres(home / "postgres")
        process = run(postgres)
        assert str(postgres.folder / "binaries-") in command_of(process.pid)
        stop((process, postgres.program()))


class TestOnlyServers:
    def test_says_their_addresses_and_leaves_nothing_behind(self, home):
        with launched(home, "--only-servers") as process:
            said = wait_for(process, "REDIS_URL")
            assert f"export DATABASE_URL='postgresql://postgres@/mfg?host={home}/postgres/run'" in said
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
            assert processes_of(home) == set()

    def test_works_for_a_user_without_rights(self, home):
        if os.geteuid() == 0:
            os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
        with launched(home, "--only-servers", interpreter=_unprivileged()) as process:
            said = wait_for(process, "REDIS_URL")
            assert f"host={home}/postgres/run" in said
            assert {Path(f"/proc/{pid}").stat().st_uid for pid in processes_of(home)} == {_user()}
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        eventually(lambda: processes_of(home) == set())


def _user() -> int:
    return NOBODY.pw_uid if os.geteuid() == 0 else os.geteuid()


def _unprivileged() -> tuple[str, ...]:
    """Our interpreter for a user without rights, which for root means to become one."""
    if os.geteuid() != 0:
        return (sys.executable,)
    packages = Path(psycopg2.__file__).parents[1]
    become = ["setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups"]
    become += ["env", f"PYTHONPATH={ROOT}:{packages}"]
    for python in (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"):
        tried = [*become, python, "-c", "import psycopg2, launcher.__main__"]
        if subprocess.run(tried, capture_output=True).returncode == 0:
            return (*become, python)
    pytest.skip("no interpreter that a user without rights may run")


def _execute(address: str, *statements: str) -> list[tuple]:
    connection = psycopg2.connect(address)
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows
