"""`manage.py import_csv`: plain tables, errors by row, exit code 1, and nothing changed when anything is wrong."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Item, ItemCompany
from sites.models import Company

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_csv", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[str, str, int]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_csv", *arguments, stdout=out, stderr=out)
    return str(caught.value), out.getvalue(), caught.value.returncode


@pytest.fixture
def file(tmp_path: Path) -> Path:
    Company.objects.create(code="ACME", name="Acme")
    path = tmp_path / "items.csv"
    path.write_text("Nummer;Titel;Farbe\nA-1;Table;red\nA-2;Leg;\n")
    return path


def test_maps_columns_and_prints_a_plain_table(file: Path) -> None:
    arguments = ("items", str(file), "--map", "Nummer=sku", "Titel=name", "--company", "acme")
    expected = "Items\n          2 rows read\n          2 created\n          0 changed\n          0 unchanged\n"
    assert run(*arguments) == expected + "          0 skipped\n  Columns not used: Farbe\n"
    assert "2 unchanged" in run(*arguments)
    assert ItemCompany.objects.count() == 2


def test_a_dry_run_keeps_nothing(file: Path) -> None:
    assert "dry run: nothing was kept" in run("items", str(file), "--map", "Nummer=sku", "--dry-run")
    assert Item.objects.count() == 0


def test_errors_end_with_exit_code_1_and_the_rows_with_their_reasons(file: Path, tmp_path: Path) -> None:
    file.write_text("sku,unit,weight\nA-1,pcs,1\nA-2,ell,x\nA-3,ell,1\nA-4\n")
    rejected = tmp_path / "rejected.csv"
    message, out, code = refused("items", str(file), "--errors", str(rejected))
    assert (message, code) == ("3 errors; nothing was changed.", 1)
    assert "row 3, weight “x”: It is not a number." in out
    assert list(csv.reader(rejected.open())) == [
        ["sku", "unit", "weight", "row", "reason"],
        ["A-2", "ell", "x", "3", "weight: It is not a number."],
        ["A-3", "ell", "1", "4", "unit: There is no unit with this code."],
        ["A-4", "", "", "5", "The row has 1 cells and the first row 3; a delimiter is missing or too many."],
    ]
    assert Item.objects.count() == 0


def test_a_thousand_wrong_rows_are_counted_and_the_first_shown(file: Path) -> None:
    file.write_text("sku,weight\n" + "".join(f"A-{number},x\n" for number in range(1500)))
    message, out, _ = refused("items", str(file))
    assert message == "1500 errors; nothing was changed."
    assert "… and 1450 more errors." in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("itms", "x.csv"), "“itms” can't be imported; there are companies, sites"),
        (("items", "/nowhere/x.csv"), "/nowhere/x.csv can't be read: No such file or directory."),
        (("items", "x.csv", "--company", "LOST"), "There is no company LOST."),
        (("items", "x.csv", "--map", "sku"), "write COLUMN=FIELD"),
        (("items",), "Name the FILE to import"),
    ],
)
def test_wrong_calls_are_told(arguments: tuple[str, ...], expected: str) -> None:
    assert expected in refused(*arguments)[0]


def test_lists_the_fields_of_a_noun() -> None:
    text = run("items", "--fields")
    assert "  sku                      required  also: item, item number" in text


def test_ten_times_the_rows_cost_the_same_queries(file: Path) -> None:
    def queries(rows: int) -> int:
        file.write_text("sku,name,category,cost\n" + "".join(f"Q{rows}-{n},Name,C / D,1\n" for n in range(rows)))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run("items", str(file), "--company", "ACME")
        return len(captured)

    queries(1)
    assert queries(1000) == queries(100)


def test_twenty_thousand_rows_go_in_and_change(file: Path) -> None:
    head = "sku,name,unit,cost\n"
    file.write_text(head + "".join(f"N-{number},Item {number},pcs,{number}.25\n" for number in range(20_000)))
    assert "   20,000 created" in run("items", str(file), "--company", "ACME")
    text = file.read_text().replace(",pcs,1", ",pcs,2")
    file.write_text(text)
    out = run("items", str(file), "--company", "ACME")
    assert ("   11,111 changed" in out, "    8,889 unchanged" in out) == (True, True)
