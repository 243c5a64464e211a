"""The page of one item, and the drawer that explains a level."""

from decimal import Decimal as D

import pytest

from inventory.choices import DemandKind, DocumentKind, Firmness
from inventory.drafts import DemandDraft, LevelKey
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute
from inventory.services.registers import put_demands


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


def test_all_sites_lists_each_level(demanded, cast):
    answer = demanded.get(f"/s/all/stock/{cast.table.pk}/")

    assert [level.site.code for level in answer.context["levels"]] == ["TLL"]
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
