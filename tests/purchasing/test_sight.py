"""Who sees what of a purchase order: the buyer, the supplier, and who runs the sites that it comes to."""

import pytest

from core.errors import Forbidden
from purchasing.drafts import LineDraft, ReceiveDraft
from purchasing.models import Receipt
from purchasing.services import purchase_orders
from sites.models import Membership
from sites.services import memberships

URL = "/api/v1/purchase-orders/"


def test_the_supplier_hears_nothing_of_what_stands_behind_the_order(cast, make_order, as_user):
    order = make_order((cast.leg, 2, 1))
    purchase_orders.block(order.pk, reason="Bad legs in May", now=cast.now, actor=cast.planner)

    his, ours = (as_user(user).get(f"{URL}{order.pk}/").json() for user in (cast.supplier_planner, cast.planner))

    assert (his["is_blocked"], his["blocked_reason"], his["lines"][0]["source_kind"]) == (True, None, None)
    assert his["net_amount"] == "2"
    assert (ours["blocked_reason"], ours["lines"][0]["source_kind"]) == ("Bad legs in May", "")


def test_who_runs_the_site_sees_what_comes_and_receives_it(cast, make_order, as_user, client):
    order = make_order((cast.leg, 2, 1), site_id=cast.rix.pk)
    make_order((cast.leg, 2, 1), site_id=cast.rix.pk, is_ordered=False)
    make_order((cast.leg, 2, 1))
    api = as_user(cast.lakk_planner)

    (seen,) = api.get(URL).json()["results"]
    assert (seen["id"], seen["supplier_name"]) == (order.pk, "Saeveski")
    assert seen["net_amount"] is seen["lines"][0]["unit_price"] is None
    client.force_login(cast.lakk_planner)
    assert order.number in client.get("/s/RIX/purchase-orders/").content.decode()
    assert api.post(f"{URL}{order.pk}/cancel/", {}, format="json").status_code == 403
    assert api.post(f"{URL}{order.pk}/receive/", {}, format="json").json()["state"] == "received"
    assert len(api.get("/api/v1/receipts/").json()["results"]) == 1


def test_a_step_is_allowed_at_the_site_where_it_happens(cast, make_order, django_user_model):
    """The header's site is TLL: its operator receives nothing at CHI, and the one of CHI does."""
    packer = django_user_model.objects.create(username="packer")
    memberships.grant(user=packer, site=cast.chi, role=Membership.Role.OPERATOR, actor=None)
    order = make_order(lines=[LineDraft(item_id=cast.leg.pk, quantity=1, site_id=at.pk) for at in (cast.tll, cast.chi)])
    at_chi = ReceiveDraft(site_id=cast.chi.pk)

    with pytest.raises(Forbidden):
        purchase_orders.receive(order.pk, at_chi, now=cast.now, actor=cast.operator)
    assert not Receipt.objects.exists()
    purchase_orders.receive(order.pk, at_chi, now=cast.now, actor=packer)
    with pytest.raises(Forbidden):
        purchase_orders.reverse(order.pk, now=cast.now, actor=cast.operator)
    assert purchase_orders.reverse(order.pk, now=cast.now, actor=packer).order.state == "ordered"
