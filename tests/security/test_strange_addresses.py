"""What nobody types but anybody can send: it is refused as the reader's fault, never answered as ours."""

from typing import Any

import pytest
from django.test import Client

from production.models import BillOfMaterials, ManufacturingOrder
from tests.cast import Cast

HUGE = "9" * 5000


@pytest.fixture
def reader(visitor: Client, work: Cast) -> Client:
    visitor.force_login(work.planner)
    return visitor


@pytest.mark.parametrize(
    "address",
    [
        "stock/?search=%00",
        "orders/?search=a%00",
        "search/?q=%00",
        "transfers/?item=%00",
        "sales-orders/new/?customer=%00",
    ],
)
def test_a_nul_in_an_address_is_malformed(reader: Client, address: str) -> None:
    assert reader.get(f"/s/all/{address}").status_code == 400


def test_a_nul_in_a_form_is_malformed(reader: Client) -> None:
    sent = {"site": "TLL", "reason": "Found\x00", "lines-0-item": "LEG", "lines-0-quantity": "1"}

    assert reader.post("/s/all/adjustments/new/", sent).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/s/all/orders/?after={}",
        "/s/all/transfers/?after={}",
        "/s/all/sales-orders/new/?customer={}",
        "/s/all/purchase-orders/new/?supplier={}",
    ],
)
def test_a_number_beyond_reading_is_none(reader: Client, address: str) -> None:
    assert reader.get(address.format(HUGE)).status_code in {200, 400, 404}


def test_a_site_beyond_reading_is_none(reader: Client) -> None:
    bill = BillOfMaterials.objects.get()

    assert reader.get(f"/api/v1/bills-of-materials/{bill.pk}/explosion/", {"site": HUGE}).status_code == 400


def test_a_number_of_days_beyond_reading_is_the_usual_one(reader: Client, work: Cast) -> None:
    assert reader.get(f"/s/TLL/stock/{work.leg.pk}/", {"days": HUGE}).status_code == 200


@pytest.mark.parametrize("name", ["rank", "before", "after", "posting"])
def test_no_step_reads_a_number_beyond_reading(reader: Client, name: str) -> None:
    order = ManufacturingOrder.objects.get()
    step = "reverse" if name == "posting" else "rank"

    answer: Any = reader.post(f"/s/all/manufacturing-orders/{order.pk}/{step}/", {name: HUGE})

    assert 400 <= answer.status_code < 500


def test_the_page_of_dead_letters_reads_no_number_beyond_reading(visitor: Client, cast: Cast) -> None:
    visitor.force_login(cast.admin)

    assert visitor.get("/settings/dead-letters/", {"before": HUGE}).status_code == 200
