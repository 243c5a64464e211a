"""What is printed: numbers that people read, codes that scanners read, and nothing of others."""

from io import BytesIO

import pytest
import segno
from pypdf import PdfReader

from core import documents
from inventory.models import Location
from inventory.services.adjustments import AdjustmentLine, adjust
from tests.scenarios.test_recall import _lot, batch  # noqa: F401 - the fixture


def text_of(content):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


@pytest.fixture
def get(client, cast):
    """The text of a PDF that the planner gets, or the status."""

    def read(path, user=None):
        client.force_login(user or cast.planner)
        answer = client.get(path)
        return text_of(answer.content) if answer.status_code == 200 else answer.status_code

    return read


def test_a_code_is_what_segno_makes_and_never_a_micro_one():
    assert documents.qr_matrix("1") == tuple(tuple(row) for row in segno.make_qr("1", error="m").matrix)
    assert len(documents.qr_matrix("1")) == 21


def test_names_of_any_european_language_print():
    label = documents.Label("X", "Šķēde Žalgiris Łódź Ωmega", ["Õun"])

    assert "Łódź" in text_of(documents.render_labels([label]))


def test_labels_name_their_row(cast, batch, get):  # noqa: F811
    assert "LG-1" in get(f"/s/TLL/lots/{_lot('LG-1').pk}/label.pdf")
    assert "TABLE" in get(f"/s/TLL/stock/{cast.table.pk}/label.pdf")
    assert "TLL" in get(f"/s/TLL/locations/{cast.tll_stock.pk}/label.pdf")


def test_a_traveller_and_a_pick_list_of_an_order(cast, batch, get):  # noqa: F811
    order = batch.orders[2]
    text = get(f"/s/TLL/manufacturing-orders/{order.pk}/traveller.pdf")

    assert all(word in text for word in (order.number, "TABLE", "LEG", "8 pcs"))
    assert "Nothing is open" in get(f"/s/TLL/manufacturing-orders/{order.pk}/pick-list.pdf")


def test_packing_slips_name_lots_and_no_prices(cast, batch, get):  # noqa: F811
    shipment = batch.sale.shipments.get()
    text = get(f"/s/CHI/shipments/{shipment.pk}/packing-slip.pdf")

    assert all(word in text for word in (shipment.number, batch.sale.number, "Kroon", "TB-1", "1 pcs"))
    assert not any(word in text for word in ("300.00", "EUR", "USD", "€", "$"))
    assert "TB-1" in get(f"/s/TLL/transfers/{batch.there.pk}/packing-slip.pdf")


def test_a_pick_list_goes_by_what_the_ledger_would_take(cast, get):
    """3 in A, 4 in B, 10 wanted: A comes first by its pick order, then B, and 3 are short."""
    from inventory.services import transfers
    from inventory.services.transfers import TransferDraft, TransferLineDraft

    for code, quantity, order in (("B", 4, -1), ("A", 3, -2)):
        place = Location.objects.create(site=cast.tll, code=code, pick_order=order)
        line = AdjustmentLine(item_id=cast.leg.pk, quantity=quantity, location_id=place.pk)
        adjust(site_id=cast.tll.pk, reason="Opening", lines=[line], now=cast.now, actor=None)
    lines = [TransferLineDraft(item_id=cast.leg.pk, quantity=10)]
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=lines)
    transfer = transfers.create(draft, now=cast.now, actor=cast.planner)
    transfers.confirm(transfer.pk, now=cast.now, actor=cast.planner)
    text = get(f"/s/TLL/transfers/{transfer.pk}/pick-list.pdf")

    assert [word for word in ("A", "B", "short") if word in text.split()] == ["A", "B", "short"]
    assert all(amount in text for amount in ("3 pcs", "4 pcs"))


def test_papers_of_others_are_not_found(cast, batch, get):  # noqa: F811
    paths = [
        f"lots/{_lot('LG-1').pk}/label.pdf",
        f"stock/{cast.table.pk}/label.pdf",
        f"locations/{cast.tll_stock.pk}/label.pdf",
        f"transfers/{batch.there.pk}/pick-list.pdf",
        f"transfers/{batch.there.pk}/packing-slip.pdf",
        f"sales-orders/{batch.sale.pk}/pick-list.pdf",
        f"shipments/{batch.sale.shipments.get().pk}/packing-slip.pdf",
        f"manufacturing-orders/{batch.orders[0].pk}/traveller.pdf",
        f"manufacturing-orders/{batch.orders[0].pk}/pick-list.pdf",
    ]

    assert {path: get(f"/s/all/{path}", cast.outsider) for path in paths} == dict.fromkeys(paths, 404)
