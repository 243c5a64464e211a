"""A supplier recalls a batch of planks; every table made of it is found, held, and whoever got one is named.

Worked by hand. 100 m of P-1 and 50 m of P-2 come on one purchase order.

    MO 1   40 m P-1                   → 40 legs LG-1
    MO 2   10 m P-2                   → 10 tops TP-2
    MO 3   8 LG-1 and 2 TP-2          → 2 tables TB-1
    MO 4   12 LG-1 and 3 TP-2         → 3 tables TB-2, reversed, then again as TB-3

TB-1 goes to Chicago by transfer, of which 1 is shipped there; 2 of TB-3 stand in Tallinn and 1 is on its way. Of P-1
are left 60 m, of LG-1 20, of P-2 40 m, of TP-2 5.
"""

from datetime import date
from decimal import Decimal as D
from types import SimpleNamespace

import pytest
from rest_framework.test import APIClient

from core.errors import Forbidden, NotFound
from inventory.models import Lot
from inventory.selectors import recall
from inventory.selectors.trace import Direction, NodeKind, trace
from inventory.services import lots, transfers
from inventory.services.recall import hold_affected, release_again
from inventory.services.transfers import TransferDraft, TransferLineDraft
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, ComponentUse, OrderDraft
from production.services import bills, manufacturing_orders
from purchasing.drafts import LineDraft, ReceiveDraft, ReceiveLine
from purchasing.drafts import OrderDraft as PurchaseDraft
from purchasing.services import purchase_orders, suppliers
from sales.drafts import LineDraft as SalesLine
from sales.drafts import OrderDraft as SalesDraft
from sales.services import customers, sales_orders
from sites.access import access_of
from tests.scenarios.telling import work


@pytest.fixture
def batch(cast):
    """All of it, with the lots by number."""
    for item in (cast.plank, cast.leg, cast.top, cast.table):
        item.tracking = "lot"
        item.save(update_fields=["tracking"])
    recipes = {cast.leg: [(cast.plank, 1)], cast.top: [(cast.plank, 1)], cast.table: [(cast.leg, 4), (cast.top, 1)]}
    for item, uses in recipes.items():
        recipe = [BillLineDraft(component_id=used.pk, quantity_per=quantity) for used, quantity in uses]
        draft = BillDraft(item_id=item.pk, company_id=cast.maker.pk, lines=recipe)
        bills.create(draft, now=cast.now, actor=cast.planner)
    purchase = _buy(cast)
    orders = [
        _make(cast, cast.leg, 40, "LG-1", (cast.plank, 40, "P-1")),
        _make(cast, cast.top, 10, "TP-2", (cast.plank, 10, "P-2")),
        _make(cast, cast.table, 2, "TB-1", (cast.leg, 8, "LG-1"), (cast.top, 2, "TP-2")),
        _make(cast, cast.table, 3, "TB-2", (cast.leg, 12, "LG-1"), (cast.top, 3, "TP-2")),
    ]
    manufacturing_orders.reverse(orders[3].pk, now=cast.now, actor=cast.planner)
    _complete(cast, orders[3], 3, "TB-3", (cast.leg, 12, "LG-1"), (cast.top, 3, "TP-2"))
    there = _transfer(cast, 2)
    transfers.receive(there.pk, now=cast.now, actor=cast.planner)
    sale = _sell(cast)
    return SimpleNamespace(
        purchase=purchase, orders=orders, there=there, under_way=_transfer(cast, 1), sale=sale, lot=_lot
    )


def _lot(number):
    return Lot.objects.get(number=number)


def _buy(cast):
    sawmill = suppliers.create(company=cast.maker, party=cast.supplier, code="SAE", actor=cast.planner)
    lines = [LineDraft(item_id=cast.plank.pk, quantity=quantity, unit_price=5) for quantity in (100, 50)]
    draft = PurchaseDraft(supplier_id=sawmill.pk, site_id=cast.tll.pk, lines=lines)
    order = purchase_orders.create(draft, is_ordered=True, now=cast.now, actor=cast.planner)
    numbers = zip(order.lines.order_by("line_no"), ("P-1", "P-2"), strict=True)
    parts = [ReceiveLine(line_id=line.pk, lot_number=number) for line, number in numbers]
    purchase_orders.receive(order.pk, ReceiveDraft(lines=parts), now=cast.now, actor=cast.planner)
    return order


def _make(cast, item, quantity, lot_number, *uses):
    draft = OrderDraft(item_id=item.pk, site_id=cast.tll.pk, quantity=quantity)
    order = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
    _complete(cast, order, quantity, lot_number, *uses)
    return order


def _complete(cast, order, quantity, lot_number, *uses):
    components = [ComponentUse(item_id=item.pk, quantity=used, lot_id=_lot(lot).pk) for item, used, lot in uses]
    draft = CompletionDraft(quantity=quantity, lot_number=lot_number, components=components)
    manufacturing_orders.complete(order.pk, draft, now=cast.now, actor=cast.planner)


def _transfer(cast, quantity):
    lines = [TransferLineDraft(item_id=cast.table.pk, quantity=quantity)]
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=lines)
    transfer = transfers.create(draft, now=cast.now, actor=cast.planner)
    transfers.confirm(transfer.pk, now=cast.now, actor=cast.planner)
    transfers.dispatch(transfer.pk, now=cast.now, actor=cast.planner)
    return transfer


def _sell(cast):
    customer = customers.create(company=cast.maker, code="KROON", name="Kroon", actor=cast.planner)
    line = SalesLine(item_id=cast.table.pk, quantity=1, unit_price=300)
    draft = SalesDraft(customer_id=customer.pk, site_id=cast.chi.pk, lines=[line])
    order = sales_orders.create(draft, now=cast.now, actor=cast.planner)
    sales_orders.open(order.pk, now=cast.now, actor=cast.planner)
    sales_orders.ship(order.pk, now=cast.now, actor=cast.planner)
    return order


def told(found):
    """Levels of a trace, each as the numbers of its lots."""
    levels = {}
    for node in found.nodes:
        if node.key.kind == NodeKind.LOT:
            levels.setdefault(node.level, []).append(node.number)
    return [levels[level] for level in sorted(levels)]


def quantities(found):
    names = {node.key: node.number for node in found.nodes}
    return sorted((names[edge.source], names[edge.target], edge.quantity) for edge in found.edges)


def test_forward_finds_all_that_was_made_of_it_and_nothing_that_was_taken_back(cast, batch):
    found = trace(batch.lot("P-1"), Direction.FORWARD, access_of(cast.planner))

    assert told(found) == [["P-1"], ["LG-1"], ["TB-1", "TB-3"]]
    legs, _tops, first, second = (order.number for order in batch.orders)
    assert quantities(found) == sorted([
        ("P-1", legs, 40), (legs, "LG-1", 40), ("LG-1", first, 8), ("LG-1", second, 12),
        (first, "TB-1", 2), (second, "TB-3", 3),
    ])  # fmt: skip
    assert found.is_complete
    work(cast)


def test_backward_finds_all_that_it_was_made_of(cast, batch):
    found = trace(batch.lot("TB-1"), Direction.BACKWARD, access_of(cast.planner))

    assert told(found) == [["TB-1"], ["LG-1", "TP-2"], ["P-1", "P-2"]]
    came = recall.crossings(found.lot_ids, access_of(cast.planner))
    received = [(row.lot, row.quantity, row.source_number, row.party) for row in came if row.kind == "supplier"]
    assert received == [("P-1", 100, batch.purchase.number, "Saeveski"), ("P-2", 50, batch.purchase.number, "Saeveski")]


def test_a_lot_that_was_taken_back_leads_nowhere(cast, batch):
    found = trace(batch.lot("TB-2"), Direction.BACKWARD, access_of(cast.planner))

    assert (told(found), found.edges) == ([["TB-2"]], [])


def test_a_trace_ends_at_the_levels_asked_for_and_says_so(cast, batch):
    found = trace(batch.lot("P-1"), Direction.FORWARD, access_of(cast.planner), levels=1)

    assert (told(found), found.is_complete) == ([["P-1"], ["LG-1"]], False)


def test_what_is_affected_stands_here_travels_or_went_to_a_customer(cast, batch):
    access = access_of(cast.planner)
    found = trace(batch.lot("P-1"), Direction.FORWARD, access)
    stands = recall.standing(found.lot_ids, found.order_ids, access)
    left = [row for row in recall.crossings(found.lot_ids, access) if row.kind == "customer"]

    assert sorted((row.lot, row.site, row.quantity) for row in stands if row.is_on_hand) == [
        ("LG-1", "TLL", 20), ("P-1", "TLL", 60), ("TB-1", "CHI", 1), ("TB-3", "TLL", 2)
    ]  # fmt: skip
    assert [(r.lot, r.quantity, r.transfer) for r in stands if not r.is_on_hand] == [
        ("TB-3", 1, batch.under_way.number)
    ]
    assert [(r.lot, r.quantity, r.party, r.source_number) for r in left] == [("TB-1", 1, "Kroon", batch.sale.number)]


@pytest.mark.parametrize(
    ("number", "came", "went", "stands"),
    [("P-1", 100, 40, 60), ("LG-1", 40, 20, 20), ("TB-1", 2, 1, 1), ("TB-2", 0, 0, 0), ("TB-3", 3, 0, 3)],
)
def test_what_came_went_or_stands(cast, batch, number, came, went, stands):
    balance = recall.mass_balance(batch.lot(number), access_of(cast.planner))

    assert (balance.came, balance.went, balance.standing, balance.difference) == (came, went, stands, D(0))


def test_who_sees_a_site_alone_sees_what_happened_there(cast, batch):
    """Lakk has no part in it: a lot out of sight leads on, without a word about where."""
    found = trace(batch.lot("P-1"), Direction.FORWARD, access_of(cast.lakk_planner))

    assert (found.edges, [node.leads_on for node in found.nodes]) == ([], [True])


def test_all_that_it_went_into_is_held_in_one_step_and_released_in_one(cast, batch):
    lots.hold(batch.lot("LG-1"), reason="Cracks", actor=cast.planner)
    held = hold_affected(batch.lot("P-1").pk, reason="Wet wood", actor=cast.planner)

    assert [lot.number for lot in held.lots] == ["P-1", "TB-1", "TB-3"]
    assert batch.lot("TB-1").state_reason == "Recall of P-1: Wet wood"
    assert batch.lot("P-2").state == "ok"
    lots.edit(batch.lot("TB-1"), expires_on=date(2030, 1, 1), actor=cast.planner)
    released = release_again(batch.lot("P-1").pk, held.event_id, actor=cast.planner)
    assert [lot.number for lot in released.lots] == ["P-1", "TB-3"]
    assert {row.number: row.state for row in Lot.objects.filter(number__in=["P-1", "LG-1", "TB-1", "TB-3"])} == {
        "P-1": "ok", "LG-1": "held", "TB-1": "held", "TB-3": "ok"
    }  # fmt: skip
    work(cast)


@pytest.mark.parametrize(("who", "error"), [("viewer", Forbidden), ("outsider", NotFound)])
def test_who_may_not_hold_holds_nothing(cast, batch, who, error):
    with pytest.raises(error):
        hold_affected(batch.lot("P-1").pk, reason="Wet wood", actor=getattr(cast, who))
    assert not Lot.objects.filter(state="held").exists()


def test_the_api_tells_both_ways_and_holds(cast, batch):
    client = APIClient()
    client.force_authenticate(cast.planner)
    url = f"/api/v1/lots/{batch.lot('P-1').pk}"
    found = client.get(f"{url}/trace/?direction=forward").json()

    assert [node["number"] for node in found["nodes"] if node["kind"] == "lot"] == ["P-1", "LG-1", "TB-1", "TB-3"]
    assert [(row["kind"], row["party"], row["quantity"]) for row in found["crossings"] if not row["is_in"]] == [
        ("customer", "Kroon", "1")
    ]
    assert client.get(f"{url}/trace/?direction=sideways").status_code == 400
    held = client.post(f"{url}/recall/", {"reason": "Wet"}, format="json").json()
    assert len(held["held_ids"]) == 4
    back = client.post(f"{url}/recall-release/", {"event_id": held["event_id"]}, format="json").json()
    assert back["released_ids"] == held["held_ids"]


def test_the_pages_show_the_way_and_what_is_affected(cast, batch, client):
    client.force_login(cast.planner)
    lot = batch.lot("P-1")
    page = client.get(f"/s/all/lots/{lot.pk}/trace/?direction=forward").content.decode()
    assert all(number in page for number in ("LG-1", "TB-1", "TB-3", "<svg"))
    assert "TB-2" not in page
    assert b"TB-3" in b"".join(client.get(f"/s/all/lots/{lot.pk}/trace/export/?direction=forward").streaming_content)
    url = f"/s/all/lots/{lot.pk}/recall/"
    assert client.post(url, {"reason": ""}).status_code == 400
    page = client.post(url, {"reason": "Wet wood"}, follow=True).content.decode()
    assert all(text in page for text in ("4 lots are held", "Kroon", batch.under_way.number, "recall/release/"))
    assert b"Kroon" in b"".join(client.get(f"{url}export/").streaming_content)
    client.force_login(cast.outsider)
    assert client.get(url).status_code == 404
