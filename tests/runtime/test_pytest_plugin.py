import pytest

from launcher.pytest_plugin import shifted


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("unix:///run/valkey.sock?db=0", "unix:///run/valkey.sock?db=3"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock?db=3"),
        ("redis://:secret@host:6379/2", "redis://:secret@host:6379/5"),
        ("redis://host", "redis://host/3"),
        ("redis://host/?db=1", "redis://host/?db=4"),
    ],
)
def test_each_worker_has_a_database_of_its_own(given, expected):
    assert shifted(given, 3) == expected
