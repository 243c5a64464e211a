"""Purging of feeds."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.models import Event, Tombstone
from core.services.purging import purge_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_and_new():
    for days in (500, 1):
        Event.objects.create(kind="item.changed", created_at=timezone.now() - timedelta(days=days))
        Tombstone.objects.create(noun="items", row_id=days, created_at=timezone.now() - timedelta(days=days))


def test_deletes_what_is_older(old_and_new, capsys):
    call_command("purge_feeds", "--days", "400")

    assert (Event.objects.count(), Tombstone.objects.get().row_id) == (1, 1)
    assert capsys.readouterr().out == "core_event: 1 deleted\ncore_tombstone: 1 deleted\n"


def test_never_deletes_what_is_younger_than_a_month(old_and_new):
    call_command("purge_feeds", "--days", "0")

    assert Event.objects.count() == 1


def test_refuses_a_table_that_is_no_feed():
    with pytest.raises(ValueError, match="inventory_stockmove is not a feed"):
        purge_batch("inventory_stockmove", older_than=timedelta(days=400))
