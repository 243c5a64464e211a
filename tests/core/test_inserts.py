"""Many rows from instances in two statements."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import inserts
from sites.models import Company, ExchangeRate

pytestmark = pytest.mark.django_db


def company(code: str, **values) -> Company:
    return Company(**({"code": code, "name": f'“{code}”, {{a}} \\ "b"'} | values))


def test_writes_every_kind_of_value_and_gives_ids_in_order():
    rows = [company("B", is_own=True, closed_through_on=date(2026, 1, 31)), company("A", country="EE"), company("C")]

    with CaptureQueriesContext(connection) as queries:
        inserts.insert(rows)

    assert len(queries) == 2
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    assert not any(row._state.adding for row in rows)
    stored = Company.objects.in_bulk([row.pk for row in rows])
    for row in rows:
        same = ("code", "name", "is_own", "country", "closed_through_on", "archived_at", "version")
        assert [getattr(stored[row.pk], name) for name in same] == [getattr(row, name) for name in same]
    assert stored[rows[0].pk].created_at is not None


def test_decimals_and_references_arrive_whole():
    inserts.insert([owner := company("A")])
    rate = ExchangeRate(
        company=owner,
        from_currency="USD",
        to_currency="EUR",
        valid_from_on=date(2026, 1, 1),
        rate=Decimal("0.8765432101"),
    )
    inserts.insert([rate])

    assert ExchangeRate.objects.get().rate == Decimal("0.8765432101")


def test_what_is_too_long_is_refused_and_not_cut():
    with pytest.raises(DataError), transaction.atomic():
        inserts.insert([company("A" * 33)])
    assert not Company.objects.exists()


def test_updates_the_named_fields_of_each_row():
    rows = [company("A"), company("B", country="EE"), company("C")]
    inserts.insert(rows)
    rows[0].country, rows[0].name = "LV", "not written"
    rows[1].country = ""

    inserts.update(rows[:2], ["country", "closed_through_on"])

    stored = list(Company.objects.order_by("code").values_list("country", "name"))
    assert [country for country, _ in stored] == ["LV", "", ""]
    assert stored[0][1] != "not written"


def test_nothing_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        inserts.insert([])
        inserts.update([], ["country"])
