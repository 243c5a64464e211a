import os
from pathlib import Path

import pytest

from launcher import paths


@pytest.fixture
def fresh_secret():
    paths.secret_key.cache_clear()
    yield
    paths.secret_key.cache_clear()


def test_home_is_what_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("MFG_HOME", str(tmp_path))
    assert paths.home() == tmp_path
    assert paths.default_redis_url() == f"unix://{tmp_path}/valkey/run/valkey.sock?db=0"
    assert paths.default_database_url() == f"postgresql://postgres@/mfg?host={tmp_path}/postgres/run"


def test_home_of_a_user_is_the_platforms_place_for_data(monkeypatch, tmp_path):
    monkeypatch.delenv("MFG_HOME", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert paths.home() == tmp_path / "mfg"


def test_a_socket_whose_address_is_too_long_gets_a_short_folder():
    deep = Path("/srv") / ("x" * 90)
    assert len(os.fsencode(paths.socket_folder(deep) / paths.POSTGRES_SOCKET)) <= paths.SOCKET_PATH_BYTES
    assert paths.socket_folder(deep) == paths.socket_folder(deep)
    assert paths.socket_folder(deep) != paths.socket_folder(deep.with_name("y" * 90))


def test_the_secret_is_made_once_and_kept_from_others(monkeypatch, tmp_path, fresh_secret):
    monkeypatch.setenv("MFG_HOME", str(tmp_path))
    first = paths.secret_key()
    paths.secret_key.cache_clear()
    assert paths.secret_key() == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_build_without_a_home_has_a_secret_in_memory(monkeypatch, tmp_path, fresh_secret):
    monkeypatch.setenv("MFG_HOME", str(tmp_path / "absent"))
    assert len(paths.secret_key()) > 50
    assert not (tmp_path / "absent").exists()
