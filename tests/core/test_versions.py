"""Edits under a version."""

import pytest

from core import versions
from core.errors import StaleVersion
from sites.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return Company.objects.create(code="OWN", name="Own Works")


def test_an_edit_raises_the_version_and_returns_the_row(company):
    edited = versions.edit(company, expected=1, name="Renamed")

    assert (edited.name, edited.version) == ("Renamed", 2)
    assert edited.updated_at > company.updated_at


def test_a_stale_edit_changes_nothing_and_shows_what_stands(company):
    versions.edit(company, expected=1, name="First")

    with pytest.raises(StaleVersion) as refusal:
        versions.edit(company, expected=1, name="Second")

    assert refusal.value.details == {"expected": 1, "version": 2, "current": {"name": "First"}}
    assert Company.objects.get().name == "First"


def test_equal_values_raise_no_version(company):
    assert versions.edit(company, expected=1, name="Own Works").version == 1


def test_equal_values_of_a_stale_row_are_refused(company):
    Company.objects.update(version=2, name="First")

    with pytest.raises(StaleVersion):
        versions.edit(company, expected=1, name="Own Works")


def test_check_compares_the_version_of_a_locked_row(company):
    versions.check(company, None)
    versions.check(company, 1)

    with pytest.raises(StaleVersion, match="you edited version 3, it is version 1 now"):
        versions.check(company, 3)
