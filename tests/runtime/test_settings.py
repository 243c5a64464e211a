"""What the environment says to the settings."""

import pytest

from mfg.settings import _database

URL = "postgresql://mfg_app:secret@db.internal:6432/mfg"


def test_a_pooler_in_transaction_mode_gets_no_cursor_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _database(URL)["DISABLE_SERVER_SIDE_CURSORS"] is False
    monkeypatch.setenv("DISABLE_SERVER_SIDE_CURSORS", "1")

    assert _database(URL)["DISABLE_SERVER_SIDE_CURSORS"] is True
