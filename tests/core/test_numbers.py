"""Numbers of documents."""

import pytest

from core import numbers

pytestmark = pytest.mark.django_db


def test_counts_from_1001_per_company_and_prefix():
    assert numbers.take(1, "SO") == ["SO-1001"]
    assert numbers.take(1, "SO") == ["SO-1002"]
    assert numbers.take(2, "SO") == ["SO-1001"]
    assert numbers.take(1, "PO") == ["PO-1001"]


def test_takes_many_in_one_statement(django_assert_num_queries):
    numbers.take(1, "SO")

    with django_assert_num_queries(1):
        assert numbers.take(1, "SO", 3) == ["SO-1002", "SO-1003", "SO-1004"]
    assert numbers.take(1, "SO") == ["SO-1005"]


def test_the_first_of_many_is_1001():
    assert numbers.take(1, "SO", 2) == ["SO-1001", "SO-1002"]


def test_none_wanted_takes_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert numbers.take(1, "SO", 0) == []
