"""Brings the database and the static files up to date, and does nothing when they are.

A fingerprint of all that could change them stands in the home; Django starts only when it differs, because each start
costs a second of the few that a warm start may take.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg2

from launcher.commands import manage

ROOT = Path(__file__).resolve().parent.parent
# Begins a command of Django and says so by its title; what it gives back waits for the end and gives the output.
Begin = Callable[[str, list[str]], Callable[[], str]]


@dataclass
class State:
    """What was done last time; kept as JSON in the home."""

    database: str = ""
    static: str = ""
    is_demo_due: bool = False
    logins: str = ""


@dataclass(frozen=True)
class Preparation:
    """Prepares the database at `database_url` and the static files in `home`."""

    home: Path
    database_url: str
    begin: Begin
    wants_demo: bool = True

    def prepare(self) -> State:
        """Migrate, collect the static files, load the demo into a new database; each only where it is due."""
        state = self._load()
        finish_static = self._begin_static(state)
        self._database(state)
        finish_static()
        self._demo(state)
        return state

    def _begin_static(self, state: State) -> Callable[[], None]:
        """Collect beside the migrations: each of them keeps one core busy."""
        found = _digest([*_files("frontend/dist/**/*"), *_files("*/static/**/*"), *_locks()])
        if state.static == found and (self.home / "static").exists():
            return lambda: None
        end = self.begin("Collecting the static files", _quick("collectstatic", "--noinput"))

        def finish() -> None:
            end()
            state.static = found
            self._save(state)

        return finish

    def _database(self, state: State) -> None:
        migrated = _migrations_done(self.database_url)
        if migrated is None:
            state.is_demo_due, state.logins = self.wants_demo, ""
            self._save(state)
        if migrated is None or state.database != self._database_mark(migrated):
            self.begin("Migrating the database", _quick("migrate", "--noinput"))()
            state.database = self._database_mark(_migrations_done(self.database_url))
            self._save(state)

    def _demo(self, state: State) -> None:
        # Noted before it starts: a demo that was interrupted is due again.
        if state.is_demo_due and _has_command("load_demo"):
            self.begin("Loading the demo data", manage("load_demo"))()
            state.is_demo_due = False
            self._save(state)
        if not state.logins and _has_command("demo_logins"):
            state.logins = self.begin("", manage("demo_logins"))()
            self._save(state)

    def _database_mark(self, migrated: str | None) -> str:
        """Which files against which database, and where that database stood when we left it."""
        return f"{_digest([*_files('*/migrations/*.py'), *_locks()])} {_text_digest(self.database_url)} {migrated}"

    def _load(self) -> State:
        try:
            return State(**json.loads(self._file.read_text()))
        except (OSError, ValueError, TypeError):  # absent, or of another version: everything is due
            return State()

    def _save(self, state: State) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(state), indent=1))
        draft.replace(self._file)

    @property
    def _file(self) -> Path:
        return self.home / "prepared.json"


def _migrations_done(database_url: str) -> str | None:
    """Where the database stands, or None when nothing was ever migrated there."""
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations')")
            if cursor.fetchone() == (None,):
                return None
            cursor.execute("SELECT count(*), max(id) FROM django_migrations")
            count, newest = cursor.fetchone() or (0, 0)
            return f"{count}/{newest}"
    finally:
        connection.close()


def _quick(*arguments: str) -> list[str]:
    """Without the checks, which import every page and belong to the tests."""
    return manage(*arguments, "--verbosity", "0", "--skip-checks")


def _has_command(name: str) -> bool:
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def _files(pattern: str) -> list[Path]:
    return sorted(path for path in ROOT.glob(pattern) if path.is_file())


def _locks() -> list[Path]:
    # The apps we install bring migrations and static files of their own.
    return [ROOT / "requirements" / "base.txt", ROOT / "mfg" / "settings.py"]


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.exists():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
