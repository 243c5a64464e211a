"""What is seen is not always his to change: runs, postings of several owners, items, lots and the admin's inlines."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from core import runs
from core.errors import Forbidden, NotFound
from core.models import Run
from inventory.models import Item, ItemCompany, Lot, StockBalance
from inventory.services import adjustments, items, lots, opening, undo
from inventory.services.adjustments import AdjustmentLine
from inventory.services.items_many import ItemRow, put_many
from tests.cast import Cast
from tests.security.conftest import API, client_of
from tests.security.forms import form_of


def adjust(cast: Cast, item: Item, quantity: int, *, site: Any = None, owner: Any = None, lot: Any = None) -> None:
    line = AdjustmentLine(item_id=item.pk, quantity=Decimal(quantity), lot_id=lot and lot.pk)
    adjustments.adjust(
        site_id=(site or cast.rix).pk,
        owner_id=(owner or cast.lakk).pk,
        reason="Found",
        lines=[line],
        now=cast.now,
        actor=None,
    )


@pytest.fixture
def run(cast: Cast) -> Run:
    """Nordwood's, about Lakk's site, begun by Nordwood's operator."""
    return Run.objects.create(kind="recount", company_id=cast.maker.pk, site_id=cast.rix.pk, user=cast.operator)


@pytest.mark.parametrize(
    ("name", "status"),
    [("viewer", 403), ("lakk_planner", 403), ("outsider", 404), ("planner", 200), ("administrator", 200)],
)
def test_a_run_is_canceled_by_the_planners_of_its_company(cast: Cast, run: Run, name: str, status: int) -> None:
    answer = client_of(getattr(cast, name)).post(f"{API}/runs/{run.pk}/cancel/")

    assert answer.status_code == status
    assert Run.objects.get().is_cancel_requested == (status == 200)


def test_a_run_is_canceled_by_who_began_it(cast: Cast, run: Run) -> None:
    assert runs.cancel(run.pk, actor=cast.operator).state == "canceled"


def test_opening_stock_is_taken_back_by_who_may_for_every_owner_in_it(cast: Cast) -> None:
    """Of two owners at RIX and one at TLL; Lakk's planner may at RIX for both, and nothing at TLL."""
    places = {cast.rix: cast.rix_stock, cast.tll: cast.tll_stock}
    lines = [
        opening.OpeningLine(
            item_id=cast.leg.pk, site_id=site.pk, location_id=places[site].pk, owner=owner, quantity=Decimal(5)
        )
        for site, owner in ((cast.rix, cast.lakk), (cast.rix, cast.maker), (cast.tll, cast.maker))
    ]
    posted = opening.open_stock(
        company_id=cast.lakk.pk, site_id=cast.rix.pk, reference="2026", lines=lines, now=cast.now, actor=None
    )
    assert posted is not None

    with pytest.raises(NotFound):
        undo.reverse_posting(posted.posting_id, now=cast.now, actor=cast.lakk_planner)
    assert StockBalance.objects.filter(quantity=5).count() == 3
    undo.reverse_posting(posted.posting_id, now=cast.now, actor=None)
    assert not StockBalance.objects.filter(quantity__gt=0).exists()


def test_first_use_of_an_item_gives_sight_of_it_and_no_more(cast: Cast) -> None:
    adjust(cast, cast.leg, 1)
    assert client_of(cast.lakk_planner).get(f"{API}/items/{cast.leg.pk}/").status_code == 200

    with pytest.raises(Forbidden):
        items.edit(cast.leg, name="Mine", actor=cast.lakk_planner)
    with pytest.raises(Forbidden):
        items.archive(cast.leg, now=cast.now, actor=cast.lakk_planner)
    with pytest.raises(Forbidden):
        put_many([ItemRow("LEG", {"name": "Mine"})], company=cast.lakk, actor=cast.lakk_planner)
    items.put_terms(cast.leg, cast.lakk, standard_cost=Decimal(1), actor=cast.lakk_planner)
    with pytest.raises(Forbidden):
        items.edit(cast.leg, name="Mine", actor=cast.lakk_planner)
    assert items.edit(cast.leg, name="Leg", actor=cast.planner).name == "Leg"


def test_a_lot_of_others_is_not_there(cast: Cast) -> None:
    """Far has a lot A1 at home, and so has Nordwood at TLL: each finds its own, by number and by id."""
    glue = items.create(sku="GLUE", unit=cast.pcs, company=cast.maker, tracking="lot", actor=None)
    items.put_terms(glue, cast.far, actor=None)
    theirs, ours = (lots.create(item=glue, number="A1", issuer=who, actor=None) for who in (cast.far, cast.maker))
    adjust(cast, glue, 3, site=cast.far_site, owner=cast.far, lot=theirs)
    adjust(cast, glue, 3, site=cast.tll, owner=cast.maker, lot=ours)
    api = client_of(cast.planner)

    def status(lot: Any) -> int:
        line = {"item": "GLUE", "quantity": "1", "lot": lot}
        body = {"site": "TLL", "owner": "NORDWOOD", "reason": "Found", "lines": [line]}
        return api.post(f"{API}/adjustments/", body, format="json").status_code

    assert [status(lot) for lot in ("A1", ours.pk, theirs.pk, "A2")] == [201, 201, 400, 400]
    count = api.post(f"{API}/stock-counts/", {"site": "TLL", "owner": "NORDWOOD"}, format="json").json()
    for lot, expected in ((theirs.pk, 400), ("A1", 200), (ours.pk, 200)):
        line = {"item": "GLUE", "location": cast.tll_stock.code, "lot": lot, "quantity": "5"}
        url = f"{API}/stock-counts/{count['id']}/enter/"
        assert api.post(url, {"lines": [line]}, format="json").status_code == expected
    assert StockBalance.objects.get(lot=theirs).quantity == 3
    assert Lot.objects.filter(item=glue).count() == 2


def test_an_operator_names_the_lots_of_the_company_he_works_for(cast: Cast) -> None:
    glue = items.create(sku="GLUE", unit=cast.pcs, company=cast.maker, tracking="lot", actor=None)
    lots.create(item=glue, number="NEW", issuer=cast.maker, actor=None)
    line = {"item": "GLUE", "quantity": "1", "lot": "NEW"}
    body = {"site": "TLL", "reason": "Found", "lines": [line]}

    assert client_of(cast.operator).post(f"{API}/adjustments/", body, format="json").status_code == 201


@pytest.fixture
def clerk(cast: Cast, client: Client) -> Client:
    """Lakk's planner as staff with every right in the admin; Lakk keeps LEG as well as Nordwood does."""
    ItemCompany.objects.filter(item=cast.leg, company=cast.maker).update(standard_cost="539.15", list_price="826.45")
    items.edit(cast.leg, company=cast.maker, codes=["NW-LEG"], actor=None)
    ItemCompany.objects.create(item=cast.leg, company=cast.lakk)
    cast.lakk_planner.is_staff = True
    cast.lakk_planner.save(update_fields=["is_staff"])
    cast.lakk_planner.user_permissions.set(Permission.objects.all())
    client.force_login(cast.lakk_planner)
    return client


def test_the_admin_shows_and_changes_what_his_own_company_says_of_an_item(cast: Cast, clerk: Client) -> None:
    url = reverse("admin:inventory_item_change", args=[cast.leg.pk])
    shown = clerk.get(url)
    theirs = ItemCompany.objects.get(item=cast.leg, company=cast.maker)

    assert [word for word in ("539.15", "826.45", "NW-LEG") if word in shown.content.decode()] == []
    sent = form_of(shown) | {"companies-0-id": theirs.pk, "companies-0-DELETE": "on"}
    clerk.post(url, sent)
    another = form_of(shown) | {"companies-TOTAL_FORMS": 2, "companies-1-company": cast.supplier.pk}
    assert clerk.post(url, another | {"companies-1-item": cast.leg.pk}).status_code == 200
    rows = ItemCompany.objects.filter(item=cast.leg).order_by("pk")
    assert [row.company for row in rows] == [cast.maker, cast.lakk]
