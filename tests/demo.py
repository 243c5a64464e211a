"""The demo company for a module's tests: loaded once, each test's changes taken back, all of it gone afterward."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from unittest import mock

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from core import drainer, invariants
from integrations.demo.loading import Loaded, load
from inventory.models import Allocation, Demand, DocumentStatus, StockLevel

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """The demo as of `TODAY`, in a transaction that ends with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        loaded = load(today=TODAY, now=NOW)
        assert loaded is not None
        yield loaded
        transaction.set_rollback(True)


def broken() -> list[invariants.Outcome]:
    """The invariants that do not hold at `NOW`."""
    with mock.patch("core.clock.now", return_value=NOW):
        return [outcome for outcome in invariants.check() if not outcome.is_ok]


def work() -> None:
    """Do what the workers would do now."""
    drainer.drain(now=lambda: NOW)


def level(sku: str, site: str) -> StockLevel:
    """The level of an item at a site for Põldsaar's demand."""
    return StockLevel.objects.get(item__sku=sku, site__code=site, used_by__code="POLDSAAR")


def served(sku: str, site: str) -> list[tuple[str, int, str, int, list[int]]]:
    """In rank order: order, quantity, availability, days until it is expected, what it gets of each supply."""
    demands = Demand.objects.filter(item__sku=sku, site__code=site, closed_at=None).order_by("tier", "priority__rank")
    found = Allocation.objects.in_bulk(field_name="demand_id")
    rows = [(demand.document_number, found[demand.pk]) for demand in demands if demand.pk in found]
    return [
        (
            number,
            int(row.quantity),
            row.availability,
            (row.expected_on - TODAY).days if row.expected_on else 0,
            [int(quantity) for quantity in row.quantities],
        )
        for number, row in rows
    ]


def late() -> dict[str, int]:
    """The documents that are late, and by how many days."""
    rows = DocumentStatus.objects.filter(late_days__gt=0).values_list("document_kind", "document_id", "late_days")
    return {_number(kind, document_id): days for kind, document_id, days in rows}


def _number(kind: str, document_id: int) -> str:
    return Demand.objects.filter(document_kind=kind, document_id=document_id)[0].document_number
