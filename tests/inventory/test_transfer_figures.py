"""The figures of a transfer: each opens its rows, and none contradicts its state."""

from datetime import timedelta
from decimal import Decimal as D

import pytest

from inventory.choices import DocumentKind
from inventory.models import DocumentStatus
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers import TransferDraft, TransferLineDraft


@pytest.fixture
def visit(client, cast):
    client.force_login(cast.planner)
    return client.get


@pytest.fixture
def transfer(cast):
    """4 tables of 10 are on their way from Tallinn to Chicago."""
    line = AdjustmentLine(cast.table.pk, D(10), D(10))
    adjust(site_id=cast.tll.pk, reason="Opening stock", lines=[line], now=cast.now, actor=None)
    lines = [TransferLineDraft(item_id=cast.table.pk, quantity=6)]
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=lines)
    made = transfers.create(draft, now=cast.now, actor=None)
    transfers.confirm(made.pk, now=cast.now, actor=None)
    return made


def status(transfer, availability, late_days):
    DocumentStatus.objects.update_or_create(
        document_kind=DocumentKind.TRANSFER,
        document_id=transfer.pk,
        defaults={
            "company": transfer.company,
            "availability": availability,
            "late_days": late_days,
            "complete_on": transfer.ship_by_on + timedelta(days=late_days),
        },
    )


@pytest.mark.parametrize(
    ("availability", "late_days", "word"),
    [("in_stock", 2, "late"), ("not_available", 2, "not_available"), ("in_stock", 0, "in_stock")],
)
def test_the_list_says_late_of_goods_that_come_too_late(visit, transfer, availability, late_days, word):
    status(transfer, availability, late_days)

    (row,) = visit("/s/all/transfers/").context["rows"]

    assert row["availability"] == word


def test_every_figure_opens_the_rows(visit, transfer, cast):
    transfers.dispatch(transfer.pk, now=cast.now, actor=None)
    page = visit(f"/s/all/transfers/{transfer.pk}/")
    text = page.content.decode()
    strip = text[text.index('id="figures"') : text.index("<table")]

    assert strip.count('class="k"') == strip.count('class="why"') > 5
    drawer = visit(f"/s/all/transfers/{transfer.pk}/explain/")
    assert [(row["line"].item.sku, row["in_transit"]) for row in drawer.context["lines"]] == [("TABLE", 6)]
    assert [(pool.item.sku, pool.value) for pool in drawer.context["values"]] == [("TABLE", 60)]


def test_its_goods_are_explained_by_the_levels_of_its_company(visit, transfer):
    (row,) = visit(f"/s/all/transfers/{transfer.pk}/").context["lines"]

    assert row["from_url"].endswith("explain/?company=NORDWOOD")


def test_an_outsider_finds_no_drawer(client, cast, transfer):
    client.force_login(cast.outsider)

    assert client.get(f"/s/all/transfers/{transfer.pk}/explain/").status_code == 404


def test_the_value_is_the_owners_alone(client, cast, transfer):
    client.force_login(cast.operator)

    assert client.get(f"/s/all/transfers/{transfer.pk}/explain/").context["values"] == []
