"""Checks of what must always hold, and their command."""

import pytest
from django.core.management import CommandError, call_command

from core import invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def checks(monkeypatch):
    monkeypatch.setattr(invariants, "_checks", {})
    invariants.register("nothing = nothing", "SELECT 1 AS id WHERE false")
    return invariants


def test_prints_each_check_that_holds(checks, capsys):
    call_command("check_invariants")

    assert capsys.readouterr().out == "OK      nothing = nothing\n"


def test_prints_the_rows_that_differ_and_fails(checks, capsys):
    checks.register("ledger = balances", lambda: [{"item": 5, "ledger": 7, "balance": 8}])

    with pytest.raises(CommandError, match="1 of 2 checks failed") as refusal:
        call_command("check_invariants")

    assert refusal.value.returncode == 1
    assert "FAILED  ledger = balances: 1 rows differ" in capsys.readouterr().out


def test_rows_of_a_query_carry_their_columns(checks):
    checks.register("one", "SELECT 5 AS item, 7 AS site")

    assert checks.check(["one"])[0].rows == [{"item": 5, "site": 7}]


def test_an_endless_difference_is_cut(checks):
    checks.register("many", "SELECT generate_series(1, 100000) AS id")

    assert len(checks.check(["many"])[0].rows) == 100


def test_refuses_an_unknown_check(checks):
    with pytest.raises(CommandError, match="Unknown: ledger"):
        call_command("check_invariants", "ledger")


@pytest.mark.django_db(transaction=True)
def test_checks_cannot_write(checks):
    checks.register(
        "writer", "INSERT INTO core_numbersequence (company_id, prefix, last_number) VALUES (1, 'X', 1) RETURNING 1"
    )

    with pytest.raises(Exception, match="read-only transaction"):
        checks.check()
