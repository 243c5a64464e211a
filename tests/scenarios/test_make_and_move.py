"""Nordwood makes tables in Tallinn and moves them to Chicago; every level follows, and goes back when it is undone.

Worked by hand. Tallinn has 10 tops and 40 legs. An order makes 8 tables, a transfer takes 6 of them to Chicago.

                    TLL top    TLL leg     TLL table                          CHI table
    both firm       8 of 10    32 of 40    6 committed, 8 expected            6 expected
    5 made          5 left     20 left     5 on hand, 6 committed, 3 expected
    4 dispatched                           1 on hand, 2 committed             6 expected, 4 in transit
    3 received                                                                3 on hand, 3 expected, 1 in transit
"""

from decimal import Decimal as D

import pytest

from inventory.models import Allocation, Demand, DocumentStatus, StockLevel
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers import Movement, Part, TransferDraft, TransferLineDraft
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.services import bills, manufacturing_orders
from tests.scenarios.telling import work

ZERO = D(0)


def level(item, site, *names):
    row = StockLevel.objects.filter(item=item, site=site).first()
    return tuple(getattr(row, name) if row else ZERO for name in names)


def table(cast, site):
    return level(cast.table, site, "on_hand", "committed", "expected", "in_transit")


@pytest.fixture
def order(cast):
    lines = [AdjustmentLine(item_id=i.pk, quantity=D(q), unit_cost=D(5)) for i, q in ((cast.top, 10), (cast.leg, 40))]
    adjust(site_id=cast.tll.pk, reason="Opening stock", lines=lines, now=cast.now, actor=None)
    recipe = [BillLineDraft(component_id=i.pk, quantity_per=q) for i, q in ((cast.top, 1), (cast.leg, 4))]
    bill = BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=recipe)
    bills.create(bill, now=cast.now, actor=cast.planner)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=8)
    order = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    return manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)


@pytest.fixture
def transfer(cast):
    lines = [TransferLineDraft(item_id=cast.table.pk, quantity=6)]
    draft = TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=lines)
    transfer = transfers.create(draft, now=cast.now, actor=cast.planner)
    return transfers.confirm(transfer.pk, now=cast.now, actor=cast.planner)


def part(transfer, quantity):
    return Movement(parts=[Part(line_id=transfer.lines.get().pk, quantity=quantity)])


def status(kind, document):
    row = DocumentStatus.objects.filter(document_kind=kind, document_id=document.pk).first()
    return row and row.availability


def test_levels_follow_what_is_made_and_moved_and_taken_back(cast, order, transfer):
    work(cast)
    assert level(cast.top, cast.tll, "on_hand", "committed", "available") == (10, 8, 2)
    assert level(cast.leg, cast.tll, "on_hand", "committed", "available") == (40, 32, 8)
    assert (table(cast, cast.tll), table(cast, cast.chi)) == ((0, 6, 8, 0), (0, 0, 6, 0))
    assert status("manufacturing_order", order) == "in_stock"
    assert status("transfer", transfer) == "expected"

    manufacturing_orders.complete(order.pk, CompletionDraft(quantity=5), now=cast.now, actor=cast.operator)
    work(cast)
    assert level(cast.top, cast.tll, "on_hand", "committed") == (5, 3)
    assert level(cast.leg, cast.tll, "on_hand", "committed") == (20, 12)
    assert table(cast, cast.tll) == (5, 6, 3, 0)

    transfers.dispatch(transfer.pk, part(transfer, 4), now=cast.now, actor=cast.operator)
    work(cast)
    assert (table(cast, cast.tll), table(cast, cast.chi)) == ((1, 2, 3, 0), (0, 0, 6, 4))

    transfers.receive(transfer.pk, part(transfer, 3), now=cast.now, actor=cast.planner)
    work(cast)
    assert table(cast, cast.chi) == (3, 0, 3, 1)

    transfers.reverse(transfer.pk, now=cast.now, actor=cast.planner)
    transfers.reverse(transfer.pk, now=cast.now, actor=cast.planner)
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    work(cast)
    assert (table(cast, cast.tll), table(cast, cast.chi)) == ((0, 6, 8, 0), (0, 0, 6, 0))
    assert level(cast.leg, cast.tll, "on_hand", "committed", "available") == (40, 32, 8)

    transfers.cancel(transfer.pk, now=cast.now, actor=cast.planner)
    manufacturing_orders.cancel(order.pk, now=cast.now, actor=cast.planner)
    work(cast)
    assert (table(cast, cast.tll), table(cast, cast.chi)) == ((0, 0, 0, 0), (0, 0, 0, 0))
    assert level(cast.leg, cast.tll, "on_hand", "committed", "available") == (40, 0, 40)


def test_what_is_made_for_a_demand_is_its_own_and_colors_what_asked(cast, order):
    """The order needs 8 tops. They are made for it alone, although 10 lie there."""
    recipe = BillDraft(
        item_id=cast.top.pk,
        company_id=cast.maker.pk,
        lines=[BillLineDraft(component_id=cast.plank.pk, quantity_per=2)],
    )
    bills.create(recipe, now=cast.now, actor=cast.planner)
    demand = Demand.objects.get(item=cast.top)
    draft = OrderDraft(item_id=cast.top.pk, site_id=cast.tll.pk, quantity=8, demand_id=demand.pk)
    manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    work(cast)

    served = Allocation.objects.get(demand_id=demand.pk)
    assert (served.served_quantity, served.kinds) == (8, ["pegged"])
    # Its planks are nowhere, so what waits for the tops waits for them.
    assert (served.direct_availability, served.availability) == ("expected", "not_available")
    assert status("manufacturing_order", order) == "not_available"
