"""Who sees what of a sales order: the seller, the customer, and who runs the sites that it leaves from."""

from typing import Any

import pytest

from core import live
from core.access import scope_of
from core.errors import Forbidden, NotFound
from core.models import Event
from sales.drafts import LineDraft, OrderDraft, ShipDraft
from sales.models import Shipment
from sales.services import customers, sales_orders
from sites.models import Membership
from sites.services import memberships
from tests.cast import Cast

URL = "/api/v1/sales-orders/"
BEHIND = ("rank", "blocked_reason")
BEHIND_A_LINE = ("short_quantity", "source_kind")


@pytest.fixture
def packer(cast: Cast, django_user_model):
    """An operator at CHI, and nowhere else."""
    user = django_user_model.objects.create(username="packer")
    memberships.grant(user=user, site=cast.chi, role=Membership.Role.OPERATOR, actor=None)
    return user


@pytest.fixture
def split(cast: Cast, stock, make_order):
    """An order of TLL with a line at TLL and one at CHI, and stock at both."""
    stock(cast.table, 1)
    stock(cast.table, 1, site=cast.chi)
    return make_order(
        lines=[LineDraft(item_id=cast.table.pk, quantity=1, site_id=at.pk) for at in (cast.tll, cast.chi)]
    )


def test_the_customer_hears_nothing_of_what_stands_behind_his_order(cast, make_order, as_user):
    buyer = customers.create(company=cast.maker, code="FAR", party=cast.far, actor=cast.planner)
    order = make_order((cast.table, 1), customer_id=buyer.pk)
    sales_orders.block(order.pk, reason="Unpaid since May", now=cast.now, actor=cast.planner)

    theirs, ours = (as_user(user).get(f"{URL}{order.pk}/?fresh=true").json() for user in (cast.outsider, cast.planner))

    assert [theirs[name] for name in BEHIND] == [None, None]
    assert [theirs["lines"][0][name] for name in BEHIND_A_LINE] == [None, None]
    assert theirs["is_blocked"]
    assert theirs["availability"] == "not_available"
    assert theirs["net_amount"] == "5"
    assert [ours[name] for name in BEHIND] == [1, "Unpaid since May"]
    assert [ours["lines"][0][name] for name in BEHIND_A_LINE] == ["1", ""]


def test_the_customers_page_does_not_say_why_it_is_blocked(cast, make_order, client):
    buyer = customers.create(company=cast.maker, code="FAR", party=cast.far, actor=cast.planner)
    order = make_order((cast.table, 1), customer_id=buyer.pk)
    sales_orders.block(order.pk, reason="Unpaid since May", now=cast.now, actor=cast.planner)
    said = {}
    for user in (cast.outsider, cast.planner):
        client.force_login(user)
        said[user] = client.get(f"/s/all/sales-orders/{order.pk}/").content.decode()

    assert "Unpaid" not in said[cast.outsider]
    assert "Unpaid" in said[cast.planner]


def test_who_runs_the_site_sees_what_is_to_be_packed_there(cast, make_order, as_user, client):
    order = make_order((cast.table, 1), site_id=cast.rix.pk)
    make_order((cast.table, 1), site_id=cast.rix.pk, is_open=False)
    make_order((cast.table, 1))

    for user in (cast.lakk_planner, cast.partner):
        (seen,) = as_user(user).get(URL).json()["results"]
        assert (seen["id"], seen["customer_name"], seen["rank"]) == (order.pk, "Möbel Berg", 1)
        assert seen["net_amount"] is seen["lines"][0]["unit_price"] is None
    client.force_login(cast.lakk_planner)
    page = client.get(f"/s/RIX/sales-orders/{order.pk}/").content.decode()
    assert "Möbel Berg" in page
    assert "€" not in page
    assert order.number in client.get("/s/RIX/orders/").content.decode()


def test_who_runs_the_site_ships_from_it_and_decides_nothing(cast, stock, make_order, as_user):
    stock(cast.table, 1, site=cast.rix, owner=cast.maker)
    order = make_order((cast.table, 1), site_id=cast.rix.pk)
    api = as_user(cast.lakk_planner)

    assert api.post(f"{URL}{order.pk}/cancel/", {}, format="json").status_code == 403
    assert api.patch(f"{URL}{order.pk}/", {}, format="json", headers={"If-Match": '"1"'}).status_code == 403
    assert api.post(f"{URL}{order.pk}/ship/", {}, format="json").json()["state"] == "shipped"
    assert len(api.get("/api/v1/shipments/").json()["results"]) == 1


def test_a_step_is_allowed_at_the_site_where_it_happens(cast, split, packer):
    """The header's site is TLL: its operator ships nothing from CHI, and the one of CHI does."""
    from_chi = ShipDraft(site_id=cast.chi.pk)
    with pytest.raises(Forbidden):
        sales_orders.ship(split.pk, from_chi, now=cast.now, actor=cast.operator)
    with pytest.raises(Forbidden):
        sales_orders.ship(split.pk, ShipDraft(site_id=cast.tll.pk), now=cast.now, actor=packer)
    assert not Shipment.objects.exists()

    shipped = sales_orders.ship(split.pk, from_chi, now=cast.now, actor=packer)
    with pytest.raises(Forbidden):
        sales_orders.reverse(split.pk, now=cast.now, actor=cast.operator)
    with pytest.raises(NotFound):
        sales_orders.reverse_shipment(shipped.shipment.posting_id, now=cast.now, actor=cast.partner)
    assert sales_orders.reverse(split.pk, now=cast.now, actor=packer).order.state == "open"


def test_of_many_orders_at_once_each_hears_of_his_own(cast, make_order):
    """Two of two customers, one of them at RIX, as one event of Nordwood's."""
    far, mill = (
        customers.create(company=cast.maker, code=who.code, party=who, actor=cast.planner)
        for who in (cast.far, cast.supplier)
    )
    line = LineDraft(item_id=cast.table.pk, quantity=1)
    at_tll, at_rix = sales_orders.create_many(
        [
            OrderDraft(customer_id=buyer.pk, site_id=site.pk, lines=[line])
            for buyer, site in ((far, cast.tll), (mill, cast.rix))
        ],
        is_open=True,
        now=cast.now,
        actor=cast.planner,
    )
    event = Event.objects.get(kind="sales_order.created")

    def heard(user: Any) -> list[int]:
        scope = scope_of(user)
        assert not scope.companies.isdisjoint(event.company_ids) or not scope.sites.isdisjoint(event.site_ids)
        said = live.visible(live.message_of_event(event.payload, event.company_ids, event.site_ids), scope)
        return [document_id for _, document_id in said["documents"]]

    assert heard(cast.planner) == [at_tll.pk, at_rix.pk]
    assert heard(cast.outsider) == heard(cast.operator) == [at_tll.pk]
    assert heard(cast.supplier_planner) == heard(cast.partner) == heard(cast.lakk_planner) == [at_rix.pk]
    assert scope_of(cast.logistics_planner).companies.isdisjoint(event.company_ids)


def test_the_form_offers_the_lines_of_his_own_site(cast, split, packer, client):
    client.force_login(packer)
    page = client.get(f"/s/CHI/sales-orders/{split.pk}/ship/")

    assert page.status_code == 200
    assert [site.code for site in page.context["sites"]] == ["CHI"]
