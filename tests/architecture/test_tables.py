"""What the database must know of every table, and where each table may point."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from core.fields import XidField
from core.models import Followed

ROOT = Path(__file__).resolve().parents[2]

# Low to high; apps of one rank know nothing of each other.
LAYERS = [
    ["core"],
    ["sites"],
    ["inventory"],
    ["sales", "purchasing"],
    ["fulfillment"],
    ["production"],
    ["quality"],
    ["floor"],
    ["planning"],
    ["analytics"],
    ["integrations"],
]
RANKS = {app: rank for rank, names in enumerate(LAYERS) for app in names}
APPEND_ONLY = (
    *("core_event", "core_tombstone"),
    *("inventory_posting", "inventory_stockmove", "inventory_valueentry"),
    "production_taskevent",
)

# Archiving a location must keep out whoever is about to put stock there.
WAITING_ON_PURPOSE = {"inventory/locks/masters.py"}


def own_models():
    return [model for app in RANKS if apps.is_installed(app) for model in apps.get_app_config(app).get_models()]


def triggers():
    """The (table, trigger, function) of each trigger of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, p.proname FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        )
        return set(cursor.fetchall())


def python_files():
    return [path for app in RANKS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.django_db
def test_every_followed_table_has_its_trigger():
    wanted = {(model._meta.db_table, "touch", "mfg_touch") for model in own_models() if issubclass(model, Followed)}

    assert wanted - triggers() == set()


@pytest.mark.django_db
def test_every_ledger_is_append_only():
    tables = {model._meta.db_table for model in own_models()}
    wanted = {(table, "append_only", "mfg_append_only") for table in APPEND_ONLY if table in tables}

    assert wanted - triggers() == set()


@pytest.mark.django_db
def test_an_update_moves_the_feed_only_when_something_differs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'mfg_touch'")
        (source,) = cursor.fetchone()

    assert "OLD *<> NEW" in source


def test_a_transaction_id_has_no_other_name():
    names = {(field.name) for model in own_models() for field in model._meta.fields if isinstance(field, XidField)}

    assert names == {"changed_xid", "xid"}


def test_foreign_keys_point_downward():
    upward = []
    for model in own_models():
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey) and field.related_model._meta.app_label in RANKS:
                own, other = model._meta.app_label, field.related_model._meta.app_label
                if own != other and RANKS[other] >= RANKS[own]:
                    upward.append(f"{model._meta.label}.{field.name} → {field.related_model._meta.label}")

    assert upward == []


def test_no_table_has_an_ordering_of_its_own():
    assert [model._meta.label for model in own_models() if model._meta.ordering] == []


def test_locks_have_one_home():
    lock = re.compile(r"select_for_update\(|FOR (NO KEY )?UPDATE\b|FOR (KEY )?SHARE\b|LOCK TABLE")
    strangers = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.name != "locks.py" and "locks" not in path.parts and lock.search(path.read_text())
    ]

    assert strangers == []


def test_rows_are_locked_without_their_keys():
    """FOR UPDATE would make every insert that refers to the row wait."""
    strong = re.compile(r"FOR UPDATE\b|select_for_update\((?!.*no_key=True)")
    homes = [path for path in python_files() if path.name == "locks.py" or "locks" in path.parts]
    found = {str(path.relative_to(ROOT)) for path in homes if strong.search(path.read_text())}

    assert found - WAITING_ON_PURPOSE == set()


def test_core_imports_no_other_app():
    others = "|".join(app for app in RANKS if app != "core")
    imports = re.compile(rf"^\s*(from|import) ({others}|mfg|launcher)\b", re.MULTILINE)
    core = [path for path in python_files() if path.is_relative_to(ROOT / "core")]

    assert [str(path.relative_to(ROOT)) for path in core if imports.search(path.read_text())] == []


def test_migrations_import_no_code_of_apps():
    imports = re.compile(rf"^from ({'|'.join(RANKS)})\.(?!fields\b|migrations\b)", re.MULTILINE)
    migrations = [path for app in RANKS for path in (ROOT / app / "migrations").glob("*.py")]

    assert [str(path.relative_to(ROOT)) for path in migrations if imports.search(path.read_text())] == []
