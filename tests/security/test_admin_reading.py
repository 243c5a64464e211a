"""The lists of the admin that are only read: staff see their own companies' rows in them, and nobody else's."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from core.adminbase import ReadOnlyAdmin
from inventory.drafts import LevelKey
from inventory.models import (
    Allocation,
    DocumentStatus,
    Priority,
    StockLevel,
    Supply,
    Transfer,
    TransferFlow,
    ValueEntry,
)
from inventory.models import Demand as DemandRow
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute
from inventory.services.transfers import TransferDraft, TransferLineDraft
from production.drafts import BillDraft, BillLineDraft, OrderDraft
from production.models import ManufacturingOrder
from production.services import bills, manufacturing_orders
from tests.cast import Cast

READ = (
    Allocation,
    DemandRow,
    DocumentStatus,
    ManufacturingOrder,
    Priority,
    StockLevel,
    Supply,
    Transfer,
    TransferFlow,
    ValueEntry,
)
SCOPED_APPS = {"inventory", "production", "purchasing", "sales", "sites"}


@pytest.fixture
def worked(cast: Cast) -> Cast:
    """Nordwood has tables, moves some of them to Chicago and makes tops."""
    posted = adjust(
        site_id=cast.tll.pk,
        reason="Opening stock",
        lines=[AdjustmentLine(cast.table.pk, Decimal(10), Decimal(10))],
        now=cast.now,
        actor=None,
    )
    line = TransferLineDraft(item_id=cast.table.pk, quantity=2)
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=[line])
    transfers.confirm(transfers.create(draft, now=cast.now, actor=None).pk, now=cast.now, actor=None)
    part = BillLineDraft(component_id=cast.plank.pk, quantity_per=2)
    bills.create(BillDraft(item_id=cast.top.pk, company_id=cast.maker.pk, lines=[part]), now=cast.now, actor=None)
    order = OrderDraft(item_id=cast.top.pk, site_id=cast.tll.pk, quantity=3, due_on=cast.now.date())
    manufacturing_orders.create(order, now=cast.now, actor=None)
    recompute({*posted.keys, LevelKey(cast.table.pk, cast.chi.pk, cast.maker.pk)}, now=cast.now)
    return cast


def rows(client: Client, user: Any, model: Any) -> int:
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return len(client.get(address).context["cl"].result_list)


@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_staff_see_what_is_their_companies_and_nobody_elses(worked: Cast, client: Client, model: Any) -> None:
    assert rows(client, worked.planner, model) == model.objects.count() > 0
    assert rows(client, worked.outsider, model) == 0


def test_an_operator_sees_no_values(worked: Cast, client: Client) -> None:
    assert rows(client, worked.operator, ValueEntry) == 0
    assert rows(client, worked.operator, StockLevel) > 0


def test_no_list_forgets_whose_rows_it_shows() -> None:
    forgotten = [
        model.__name__
        for model, page in admin.site._registry.items()
        if isinstance(page, ReadOnlyAdmin) and model._meta.app_label in SCOPED_APPS and page.selector is None
    ]

    assert forgotten == []
