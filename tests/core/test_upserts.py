"""Writing many rows by key: new ones, changed ones, and a row that somebody else changed meanwhile."""

from decimal import Decimal

import pytest

from core.errors import StaleVersion
from core.upserts import Wanted, put
from inventory.models import Item, UnitOfMeasure

pytestmark = pytest.mark.django_db


@pytest.fixture
def items() -> list[Item]:
    unit = UnitOfMeasure.objects.get(code="pcs")
    wanted = [Wanted(None, {"sku": sku, "name": sku, "unit_id": unit.pk, "options": {"a": 1}}) for sku in "ABC"]
    return put(Item, wanted).rows


def test_new_rows_know_their_ids(items: list[Item]) -> None:
    stored = {item.sku: item for item in Item.objects.all()}
    assert [stored[item.sku].pk for item in items] == [item.pk for item in items]
    assert (stored["A"].options, stored["A"].version, stored["A"].created_at is not None) == ({"a": 1}, 1, True)


def test_only_rows_that_differ_are_written_and_go_up_by_one_version(items: list[Item]) -> None:
    a, b, c = Item.objects.order_by("sku")
    result = put(
        Item,
        [
            Wanted(a, {"name": "A", "weight_kg": None}),
            Wanted(b, {"name": "Bolt"}),
            Wanted(c, {"weight_kg": Decimal("1.5"), "options": {}}),
        ],
    )
    assert (result.unchanged, result.changed, result.rows) == ([a], [b, c], [a, b, c])
    stored = Item.objects.order_by("sku").values_list("name", "weight_kg", "options", "version")
    assert list(stored) == [("A", None, {"a": 1}, 1), ("Bolt", None, {"a": 1}, 2), ("C", Decimal("1.5"), {}, 2)]


def test_a_row_changed_meanwhile_is_refused(items: list[Item]) -> None:
    seen = Item.objects.get(sku="A")
    Item.objects.filter(sku="A").update(name="Theirs", version=2)
    with pytest.raises(StaleVersion):
        put(Item, [Wanted(seen, {"name": "Mine"})])
    assert Item.objects.get(sku="A").name == "Theirs"
