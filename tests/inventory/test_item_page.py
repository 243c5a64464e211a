"""The page of one item, and the drawer that explains a level."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import transaction

from inventory.choices import DemandKind, DocumentKind, Firmness, LocationKind, LotState, PostingKind
from inventory.drafts import DemandDraft, LevelKey, PostingDraft, Withdrawal
from inventory.models import Lot
from inventory.selectors.places import virtual_location
from inventory.services import agreements
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.agreements import Term
from inventory.services.posting import post
from inventory.services.recompute import recompute
from inventory.services.registers import put_demands
from production.drafts import BillDraft, BillLineDraft, OrderDraft
from production.services import bills, manufacturing_orders
from sites.services import lanes


def put(cast, site, quantity, *, owner=None):
    adjust(
        site_id=site.pk,
        owner_id=owner.pk if owner else None,
        reason="Opening stock",
        lines=[AdjustmentLine(cast.table.pk, D(quantity), D(2))],
        now=cast.now,
        actor=None,
    )


@transaction.atomic
def ship(cast, site, quantity):
    to = virtual_location(site.pk, LocationKind.CUSTOMER)
    post(
        PostingDraft(PostingKind.SHIPMENT, cast.maker.pk, site.pk, cast.now),
        withdrawals=[Withdrawal(cast.table.pk, D(quantity), site.pk, cast.maker.pk, to, passes_title=True)],
        now=cast.now,
        actor=None,
    )


@pytest.fixture
def demanded(client, cast):
    """5 tables at Tallinn; SO-1 asks for 4 of them, SO-2 for 3."""
    adjust(
        site_id=cast.tll.pk,
        reason="Opening stock",
        lines=[AdjustmentLine(cast.table.pk, D(5), D(2))],
        now=cast.now,
        actor=None,
    )
    keys = put_demands([demand(cast, number, quantity) for number, quantity in ((1, 4), (2, 3))])
    recompute(keys, now=cast.now)
    client.force_login(cast.planner)
    return client


def demand(cast, number, quantity):
    return DemandDraft(
        kind=DemandKind.SALES_LINE,
        line_id=number,
        company_id=cast.maker.pk,
        item_id=cast.table.pk,
        site_id=cast.tll.pk,
        used_by_id=cast.maker.pk,
        document_kind=DocumentKind.SALES_ORDER,
        document_id=number,
        document_number=f"SO-{number}",
        open_quantity=D(quantity),
        due_on=cast.now.date(),
        firmness=Firmness.FIRM,
    )


def test_a_site_shows_the_formula_the_ranks_and_who_took_the_stock(demanded, cast):
    answer = demanded.get(f"/s/TLL/stock/{cast.table.pk}/")

    assert answer.context["figures"].available == -2
    first, second = answer.context["lines"]
    assert (first["state"], first["served"], first["taken"]) == ("in_stock", "4 on hand", "")
    assert (second["state"], second["served"], second["taken"]) == (
        "not_available",
        "1 on hand",
        "2 short; SO-1 took 4",
    )
    assert [(row.change, row.balance) for row in answer.context["ledger"]] == [(5, 5)]


@pytest.mark.parametrize("site", ["TLL", "all"])
def test_what_is_blocked_is_a_figure_that_opens_its_rows(demanded, cast, site):
    """Beside the 5 there are 40 of a held lot; nobody is shown a figure of nothing."""
    page = f"/s/{site}/stock/{cast.table.pk}/"
    assert "Blocked" not in demanded.get(page).content.decode()
    lot = Lot.objects.create(item=cast.table, number="L-1", issuer=cast.maker, state=LotState.HELD)
    line = AdjustmentLine(cast.table.pk, D(40), D(2), lot_id=lot.pk)
    adjust(site_id=cast.tll.pk, reason="Opening stock", lines=[line], now=cast.now, actor=None)
    recompute([LevelKey(cast.table.pk, cast.tll.pk, cast.maker.pk)], now=cast.now)

    answer = demanded.get(page)

    assert 'aria-label="Blocked 40"' in answer.content.decode()
    drawer = demanded.get(answer.context["explain_url"])
    assert drawer.context["figures"].blocked == 40
    assert "Blocked" in drawer.content.decode()


class TestWhatIsConsigned:
    """Nordwood has 4 tables at Tallinn, and Saeveski 5 that Nordwood may use."""

    @pytest.fixture
    def consigned(self, client, cast):
        term = Term(valid_from_on=date(2026, 1, 1), unit_price=D(3))
        agreements.start(owner=cast.supplier, site=cast.tll, used_by=cast.maker, term=term, now=cast.now, actor=None)
        put(cast, cast.tll, 4)
        put(cast, cast.tll, 5, owner=cast.supplier)
        client.force_login(cast.planner)
        return client

    def ledger(self, client, cast, site="TLL"):
        answer = client.get(f"/s/{site}/stock/{cast.table.pk}/")
        return [(row.change, row.balance) for row in answer.context["ledger"]]

    def test_comes_in_with_its_receipt_and_goes_out_once(self, consigned, cast):
        """6 are shipped: 4 of its own, and 2 of which title passes first."""
        ship(cast, cast.tll, 6)

        assert self.ledger(consigned, cast) == [(-6, 3), (5, 9), (4, 4)]

    def test_of_another_s_stock_nothing_counts(self, consigned, cast):
        put(cast, cast.tll, 7, owner=cast.lakk)

        assert self.ledger(consigned, cast) == [(5, 9), (4, 4)]

    def test_what_an_owner_brings_at_another_s_site_counts_though_it_is_not_ours_to_open(self, client, cast):
        term = Term(valid_from_on=date(2026, 1, 1))
        agreements.start(owner=cast.supplier, site=cast.rix, used_by=cast.maker, term=term, now=cast.now, actor=None)
        put(cast, cast.rix, 4)
        put(cast, cast.rix, 5, owner=cast.supplier)
        put(cast, cast.rix, 1)
        client.force_login(cast.planner)

        assert self.ledger(client, cast, "RIX") == [(1, 10), (4, 4)]


def test_at_a_partner_s_site_the_partner_s_figures_are_not_shown(client, cast):
    """Nordwood sends goods to Far's site, so it deals with the site; what Far has there is Far's."""
    lanes.create(company=cast.maker, origin=cast.tll, destination=cast.far_site, transit_days=3, actor=None)
    put(cast, cast.far_site, 8)
    client.force_login(cast.planner)

    answer = client.get(f"/s/FAR/stock/{cast.table.pk}/")

    assert answer.context["figures"].on_hand == 0
    assert answer.context["explained"].key.used_by_id == cast.maker.pk
    assert answer.context["ledger"] == []


def test_all_sites_lists_each_level(demanded, cast):
    answer = demanded.get(f"/s/all/stock/{cast.table.pk}/")

    assert [row["level"].site.code for row in answer.context["levels"]] == ["TLL"]
    assert answer.context["total"].available == -2


@pytest.mark.parametrize("site", ["TLL", "all", "CHI"])
def test_the_drawer_opens_the_rows(demanded, cast, site):
    text = demanded.get(f"/s/{site}/stock/{cast.table.pk}/explain/").content.decode()

    assert "On hand" in text
    assert ("SO-2" in text) == (site == "TLL")


def test_its_rows_are_fresh_even_before_a_worker_came(demanded, cast):
    put_demands([demand(cast, 3, 9)])

    answer = demanded.get(f"/s/TLL/stock/{cast.table.pk}/")

    assert answer.context["figures"] is not None
    assert LevelKey(cast.table.pk, cast.tll.pk, cast.maker.pk) == answer.context["explained"].key
    assert answer.context["figures"].committed == 16


def test_an_outsider_finds_nothing(demanded, cast):
    demanded.force_login(cast.outsider)

    assert demanded.get(f"/s/all/stock/{cast.table.pk}/").status_code == 404
    assert demanded.get(f"/s/all/stock/{cast.table.pk}/explain/").status_code == 404


@pytest.fixture
def consigned(demanded, cast):
    """The supplier keeps 7 tables of his own at Tallinn, where Nordwood has 5 and owes 7."""
    adjust(
        site_id=cast.tll.pk,
        owner_id=cast.supplier.pk,
        reason="Opening stock",
        lines=[AdjustmentLine(cast.table.pk, D(7), D(2))],
        now=cast.now,
        actor=None,
    )
    recompute([LevelKey(cast.table.pk, cast.tll.pk, cast.supplier.pk)], now=cast.now)
    return demanded


def test_the_figures_of_a_company_open_its_own_rows(consigned, cast):
    page = consigned.get(f"/s/TLL/stock/{cast.table.pk}/?company=SAEVESKI").context

    assert page["explain_url"] == f"/s/TLL/stock/{cast.table.pk}/explain/?company=SAEVESKI"
    drawer = consigned.get(page["explain_url"]).context
    assert (drawer["figures"].on_hand, page["figures"].on_hand) == (7, 7)


def test_each_level_of_the_list_opens_its_own_rows(consigned, cast):
    rows = consigned.get(f"/s/all/stock/{cast.table.pk}/").context["levels"]

    assert [(row["level"].on_hand, consigned.get(row["url"]).context["figures"].on_hand) for row in rows] == [
        (5, 5),
        (7, 7),
    ]


def test_the_sum_of_a_cell_opens_the_companies_that_make_it(consigned, cast):
    drawer = consigned.get(f"/s/TLL/stock/{cast.table.pk}/explain/")

    assert drawer.context["figures"].on_hand == 12
    assert [row["level"].used_by.code for row in drawer.context["levels"]] == ["NORDWOOD", "SAEVESKI"]
    assert "Saeveski" in drawer.content.decode()


@pytest.mark.parametrize("site", ["TLL", "all"])
def test_no_figure_is_without_its_rows(demanded, cast, site):
    text = demanded.get(f"/s/{site}/stock/{cast.table.pk}/").content.decode()
    strip = text[text.index('id="figures"') : text.index("<table")]

    assert strip.count('class="k"') == strip.count('class="why"') == 9


def test_a_supply_says_how_its_order_stands(demanded, cast):
    line = BillLineDraft(component_id=cast.plank.pk, quantity_per=2)
    bills.create(BillDraft(item_id=cast.top.pk, company_id=cast.maker.pk, lines=[line]), now=cast.now, actor=None)
    draft = OrderDraft(item_id=cast.top.pk, site_id=cast.tll.pk, quantity=3, due_on=cast.now.date())
    order = manufacturing_orders.create(draft, now=cast.now, actor=None)
    manufacturing_orders.release(order.pk, now=cast.now, actor=None)

    (row,) = demanded.get(f"/s/TLL/stock/{cast.top.pk}/").context["supplies"]

    assert row["state"] == "released"


def test_a_viewer_is_offered_nothing_that_he_may_not_do(demanded, cast):
    demanded.force_login(cast.viewer)

    text = demanded.get(f"/s/TLL/stock/{cast.table.pk}/").content.decode()

    assert "/new/?item=" not in text
