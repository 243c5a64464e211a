"""Orders of repair and of taking apart, by page and by REST."""

from decimal import Decimal as D

import pytest
from rest_framework.test import APIClient

from inventory.models import Lot, StockBalance
from inventory.services import lots
from production.drafts import BillDraft, BillLineDraft
from production.models import ManufacturingOrder, Routing, WorkCenter
from production.services import bills
from tests.production.test_master_pages import lines
from tests.scenarios.telling import put

NEW = "/s/all/manufacturing-orders/new/"
API = "/api/v1/manufacturing-orders/"


@pytest.fixture
def held(cast):
    cast.plank.tracking = "lot"
    cast.plank.save(update_fields=["tracking"])
    put(cast, cast.tll, cast.plank, 10, 5, lot="P-1")
    return lots.hold(Lot.objects.get(number="P-1"), reason="Too thick", actor=cast.planner)


@pytest.fixture
def apart(cast):
    """4 tables, each a top that bears the cost and 4 legs beside."""
    put(cast, cast.tll, cast.table, 4, 30)
    lines = [
        BillLineDraft(component_id=cast.top.pk, quantity_per=1, kind="co_product", cost_share=1),
        BillLineDraft(component_id=cast.leg.pk, quantity_per=4, kind="by_product"),
    ]
    draft = BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, kind="disassembly", lines=lines)
    return bills.create(draft, now=cast.now, actor=None)


@pytest.fixture
def send(client, cast):
    client.force_login(cast.planner)
    return lambda url, **said: client.post(url, said, follow=True)


def test_a_repair_is_planned_on_the_form(send, held):
    said = {"kind": "rework", "item": "PLANK", "site": "TLL", "quantity": "4", "due_on": "2026-12-01"}
    answer = send(NEW, **said, source_lot="p-1", release="1")

    order = ManufacturingOrder.objects.get()
    assert (order.kind, order.source_lot, order.state) == ("rework", held, "released")
    page = answer.content.decode()
    assert "Repair of lot" in page
    assert f"lots/{held.pk}/trace/" in page


@pytest.mark.parametrize(("lot", "words"), [("P-9", "There is no “P-9” here."), ("P-1", "10 of P-1 stand at TLL")])
def test_a_wrong_lot_is_told_at_its_field(send, held, lot, words):
    said = {"kind": "rework", "item": "PLANK", "site": "TLL", "quantity": "40", "due_on": "2026-12-01"}
    answer = send(NEW, **said, source_lot=lot)

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not ManufacturingOrder.objects.exists()


def test_the_recipe_of_the_kind_is_shown(client, cast, apart):
    client.force_login(cast.planner)
    page = client.get(f"{NEW}?kind=disassembly&item=TABLE&site=TLL&quantity=2&due_on=2026-12-01")
    assert page.context["recipe"]["bill"] == apart
    page = client.get(f"{NEW}?kind=rework&item=TABLE&site=TLL&quantity=2&due_on=2026-12-01").content.decode()
    assert "A repair needs no recipe" in page


def test_what_really_came_out_is_reported_on_the_form(send, cast, apart):
    send(NEW, kind="disassembly", item="TABLE", site="TLL", quantity="4", due_on="2026-12-01", release="1")
    order = ManufacturingOrder.objects.get()
    url = f"/s/all/manufacturing-orders/{order.pk}/complete/"
    legs = order.components.get(item=cast.leg)
    form = send(url, quantity="1", uses="planned", **{f"output-{legs.pk}": "-1"})
    assert form.status_code == 400
    assert "-1 is not allowed" in form.content.decode()

    send(url, quantity="1", uses="planned", **{f"output-{legs.pk}": "3"})
    kept = {row.item.sku: row.quantity for row in StockBalance.objects.select_related("item").filter(quantity__gt=0)}
    assert kept == {"TABLE": 3, "TOP": 1, "LEG": 3}


def test_a_routing_is_of_a_kind(send, cast):
    WorkCenter.objects.create(site=cast.tll, code="PLANE", name="Planing")
    row = lines("operations", {"name": "Plane", "work_center": "PLANE"})
    send("/s/all/routings/new/", item="PLANK", whose=f"company:{cast.maker.pk}", kind="rework", **row)
    assert Routing.objects.get().kind == "rework"


class TestTheApi:
    @pytest.fixture
    def api(self, cast):
        client = APIClient()
        client.force_authenticate(cast.planner)
        return client

    def test_a_repair_names_its_lot(self, api, held):
        body = {"item": "PLANK", "site": "TLL", "quantity": "4", "kind": "rework", "source_lot": "P-1"}
        answer = api.post(API, body, format="json").json()
        assert (answer["kind"], answer["source_lot"], answer["lot_number"]) == ("rework", "P-1", "P-1-R")

        refused = api.post(API, body | {"source_lot": "P-2"}, format="json")
        assert refused.status_code == 400
        assert "source_lot" in str(refused.json())

    def test_outputs_are_told(self, api, cast, apart):
        body = {"item": "TABLE", "site": "TLL", "quantity": "4", "kind": "disassembly", "is_released": True}
        order = api.post(API, body, format="json").json()
        outputs = [{"item": "TOP", "quantity": "1"}, {"item": "LEG", "quantity": "2"}]
        answer = api.post(f"{API}{order['id']}/complete/", {"quantity": "1", "outputs": outputs}, format="json")
        assert answer.status_code == 200, answer.json()
        assert StockBalance.objects.get(item=cast.leg).quantity == D(2)
        wrong = [{"item": "PLANK", "quantity": "1"}]
        refused = api.post(f"{API}{order['id']}/complete/", {"quantity": "1", "outputs": wrong}, format="json")
        assert (refused.status_code, "outputs.0.item" in str(refused.json())) == (400, True)
