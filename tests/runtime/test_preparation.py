import os
from uuid import uuid4

import psycopg2
import pytest

from launcher import preparation
from launcher.preparation import Preparation


@pytest.fixture
def database():
    """The address of an empty database of our own."""
    name, given = f"prepare_{uuid4().hex}", os.environ["DATABASE_URL"]
    connection = psycopg2.connect(given)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        address, _, query = given.partition("?")
        yield f"{address.rpartition('/')[0]}/{name}?{query}"
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


class Commands:
    """Stands in for Django: notes what is run, and leaves behind what `migrate` and `collectstatic` would."""

    def __init__(self, home, database_url):
        self.home, self.database_url, self.ran = home, database_url, []

    def __call__(self, title, command):
        name = command[3]
        self.ran.append(name)
        if name == "migrate":
            self._migrate()
        (self.home / "static").mkdir(exist_ok=True)
        return lambda: "planner / planner"

    def _migrate(self):
        connection = psycopg2.connect(self.database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS django_migrations (id serial)")
            cursor.execute("INSERT INTO django_migrations DEFAULT VALUES")
        connection.close()


@pytest.fixture
def commands(tmp_path, database, monkeypatch):
    monkeypatch.setattr(preparation, "_has_command", lambda name: True)
    return Commands(tmp_path, database)


def _prepare(commands, **options):
    return Preparation(commands.home, commands.database_url, commands, **options).prepare()


def test_a_new_installation_gets_everything(commands):
    state = _prepare(commands)
    assert commands.ran == ["collectstatic", "migrate", "load_demo", "demo_logins"]
    assert state.logins == "planner / planner"


def test_a_second_start_runs_nothing(commands):
    _prepare(commands)
    commands.ran.clear()
    assert _prepare(commands).logins == "planner / planner"
    assert commands.ran == []


def test_new_migrations_are_run_and_the_demo_is_not(commands, monkeypatch):
    _prepare(commands)
    commands.ran.clear()
    monkeypatch.setattr(preparation, "_locks", list)
    _prepare(commands)
    assert commands.ran == ["collectstatic", "migrate"]


def test_a_demo_that_was_interrupted_is_due_again(commands, monkeypatch):
    def interrupted(title, command):
        if command[3] == "load_demo":
            raise KeyboardInterrupt
        return commands(title, command)

    with pytest.raises(KeyboardInterrupt):
        Preparation(commands.home, commands.database_url, interrupted).prepare()
    commands.ran.clear()
    _prepare(commands)
    assert commands.ran == ["load_demo", "demo_logins"]


def test_no_demo_where_none_is_wanted(commands):
    _prepare(commands, wants_demo=False)
    assert commands.ran == ["collectstatic", "migrate", "demo_logins"]


def test_a_database_that_was_made_anew_behind_our_back_is_migrated(commands):
    _prepare(commands)
    connection = psycopg2.connect(commands.database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")
    connection.close()
    commands.ran.clear()
    _prepare(commands)
    assert commands.ran == ["migrate", "load_demo", "demo_logins"]
