"""Consignment agreements: whose demand a balance may serve, from when to when."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from rest_framework.test import APIClient

from core import invariants
from core.errors import InvalidInput
from core.models import OutboxEvent
from inventory.admin.masters import ConsignmentAgreementAdmin
from inventory.choices import DemandKind, DocumentKind, Firmness
from inventory.drafts import DemandDraft
from inventory.models import AllocationPin, ConsignmentAgreement, Demand, Item, StockBalance
from inventory.services import adjustments, agreements, pins, registers
from inventory.services.agreements import Term
from sites.models import Company
from tests.cast import Cast

API = "/api/v1"
TODAY = date(2026, 11, 23)


@pytest.fixture
def consigned(cast: Cast) -> StockBalance:
    """10 m of planks that the supplier owns at Tallinn."""
    line = adjustments.AdjustmentLine(item_id=cast.plank.pk, quantity=Decimal(10))
    adjustments.adjust(
        site_id=cast.tll.pk,
        owner_id=cast.supplier.pk,
        reason="opening",
        lines=[line],
        effective_at=None,
        now=cast.now,
        actor=None,
    )
    OutboxEvent.objects.all().delete()
    return StockBalance.objects.get(owner=cast.supplier)


def start(cast: Cast, *, item: Item | None = None, valid_from_on: date = TODAY, **term: Any) -> ConsignmentAgreement:
    return agreements.start(
        owner=cast.supplier,
        site=cast.tll,
        item=item,
        used_by=term.pop("used_by", cast.maker),
        term=Term(valid_from_on=valid_from_on, **term),
        now=cast.now,
        actor=None,
    )


def used_by(balance: StockBalance) -> str:
    return StockBalance.objects.select_related("used_by").get(pk=balance.pk).used_by.code


def test_a_start_lets_the_other_party_use_the_stock(cast: Cast, consigned: StockBalance) -> None:
    assert used_by(consigned) == "SAEVESKI"

    start(cast, unit_price=Decimal("4.20"))

    assert used_by(consigned) == "NORDWOOD"
    keys = OutboxEvent.objects.get(handler="levels").keys
    item, site = cast.plank.pk, cast.tll.pk
    assert sorted(keys) == sorted([[item, site, cast.maker.pk], [item, site, cast.supplier.pk]])


def test_an_end_gives_it_back(cast: Cast, consigned: StockBalance) -> None:
    agreement = start(cast)

    agreements.end(agreement, now=cast.now, actor=None)

    assert used_by(consigned) == "SAEVESKI"
    assert ConsignmentAgreement.objects.get().valid_until_on == TODAY


def pin(cast: Cast, company: Company, line_id: int, quantity: int) -> None:
    """A company's order for 9 planks at Tallinn, with so many of them pinned on hand."""
    registers.put_demands(
        [
            DemandDraft(
                kind=DemandKind.SALES_LINE,
                line_id=line_id,
                company_id=company.pk,
                item_id=cast.plank.pk,
                site_id=cast.tll.pk,
                used_by_id=company.pk,
                document_kind=DocumentKind.SALES_ORDER,
                document_id=line_id,
                document_number=f"SO-{line_id}",
                open_quantity=Decimal(9),
                due_on=TODAY,
                firmness=Firmness.FIRM,
            )
        ]
    )
    pins.pin(Demand.objects.get(line_id=line_id).pk, quantity=Decimal(quantity), now=cast.now, actor=None)


def pinned() -> dict[int, Decimal]:
    return dict(AllocationPin.objects.values_list("demand__line_id", "quantity"))


def test_an_end_lets_go_of_what_is_pinned_of_it_the_latest_pins_first(cast: Cast, consigned: StockBalance) -> None:
    """Nordwood has 3 planks of its own and Saeveski's 10: of 4 and 6 pinned, 3 on its own remain with the first."""
    agreement = start(cast)
    own = adjustments.AdjustmentLine(item_id=cast.plank.pk, quantity=Decimal(3))
    adjustments.adjust(site_id=cast.tll.pk, reason="opening", lines=[own], now=cast.now, actor=None)
    pin(cast, cast.maker, 1, 4)
    pin(cast, cast.maker, 2, 6)

    agreements.end(agreement, now=cast.now, actor=None)

    assert pinned() == {1: 3}
    assert dict(StockBalance.objects.values_list("owner__code", "reserved")) == {"NORDWOOD": 3, "SAEVESKI": 0}
    (check,) = invariants.check(["reserved stock = pins on hand"])
    assert check.is_ok


def test_a_start_lets_go_of_what_the_owner_has_pinned(cast: Cast, consigned: StockBalance) -> None:
    pin(cast, cast.supplier, 1, 4)

    start(cast)

    assert pinned() == {}
    assert StockBalance.objects.get().reserved == 0


def test_one_that_names_the_item_goes_first(cast: Cast, consigned: StockBalance) -> None:
    start(cast)
    special = start(cast, item=cast.plank, used_by=cast.lakk)
    assert used_by(consigned) == "LAKK"

    agreements.end(special, now=cast.now, actor=None)
    assert used_by(consigned) == "NORDWOOD"


def test_a_later_start_and_an_end_come_with_their_day(cast: Cast, consigned: StockBalance) -> None:
    start(cast, valid_from_on=TODAY + timedelta(days=2), valid_until_on=TODAY + timedelta(days=5))
    assert used_by(consigned) == "SAEVESKI"

    assert agreements.refresh(now=cast.now + timedelta(days=1)) == 0
    assert agreements.refresh(now=cast.now + timedelta(days=2)) == 1
    assert used_by(consigned) == "NORDWOOD"

    agreements.refresh(now=cast.now + timedelta(days=5))
    assert used_by(consigned) == "SAEVESKI"


def test_what_is_received_late_serves_whoever_may_use_it_today(cast: Cast, consigned: StockBalance) -> None:
    """The agreement ended last week; what is booked of the time before is the owner's own by now."""
    start(cast, valid_from_on=TODAY - timedelta(days=30), valid_until_on=TODAY - timedelta(days=7))
    adjustments.adjust(
        site_id=cast.tll.pk,
        owner_id=cast.supplier.pk,
        reason="late",
        lines=[adjustments.AdjustmentLine(item_id=cast.top.pk, quantity=Decimal(1))],
        effective_at=cast.now - timedelta(days=10),
        now=cast.now,
        actor=None,
    )

    assert used_by(StockBalance.objects.get(item=cast.top)) == "SAEVESKI"
    assert agreements.refresh(now=cast.now) == 0


def test_refreshing_again_changes_nothing(cast: Cast, consigned: StockBalance) -> None:
    start(cast)
    events = OutboxEvent.objects.count()

    agreements.refresh(now=cast.now)

    assert OutboxEvent.objects.count() == events


@pytest.mark.parametrize(
    ("before", "after"),
    [((0, None), (5, None)), ((0, None), (-5, 1)), ((0, 10), (9, 12)), ((5, 8), (0, 6)), ((5, 8), (0, None))],
)
def test_two_in_force_at_once_are_refused(
    cast: Cast, before: tuple[int, int | None], after: tuple[int, int | None]
) -> None:
    def begin(days: tuple[int, int | None]) -> None:
        until = None if days[1] is None else TODAY + timedelta(days=days[1])
        start(cast, valid_from_on=TODAY + timedelta(days=days[0]), valid_until_on=until)

    begin(before)
    with pytest.raises(InvalidInput, match="is in force from"):
        begin(after)
    assert ConsignmentAgreement.objects.count() == 1


def test_one_after_the_other_is_allowed(cast: Cast) -> None:
    start(cast, valid_until_on=TODAY + timedelta(days=5))
    start(cast, valid_from_on=TODAY + timedelta(days=5))

    assert ConsignmentAgreement.objects.count() == 2


def test_nobody_consigns_to_himself(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="without an agreement"):
        start(cast, used_by=cast.supplier)


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def body() -> dict[str, Any]:
    return {
        "owner": "SAEVESKI",
        "site": "TLL",
        "used_by": "NORDWOOD",
        "unit_price": "4.2",
        "valid_from_on": "2026-11-01",
    }


def test_over_rest_by_an_administrator_of_either_party(cast: Cast, consigned: StockBalance) -> None:
    made = client_of(cast.admin).post(f"{API}/consignment-agreements/", body(), format="json")
    assert made.status_code == 201, made.json()
    assert (made.json()["currency"], made.json()["item"]) == ("EUR", None)
    url = f"{API}/consignment-agreements/{made.json()['id']}/"

    mine = client_of(cast.administrator)
    changed = mine.patch(url, {"unit_price": "4.5"}, format="json", headers={"If-Match": '"1"'})
    assert changed.json()["unit_price"] == "4.5"
    assert (
        client_of(cast.planner).patch(url, {"unit_price": "1"}, format="json", headers={"If-Match": '"2"'}).status_code
        == 403
    )
    assert mine.post(f"{url}end/", {}, format="json").status_code == 200
    assert used_by(consigned) == "SAEVESKI"


def test_others_do_not_see_the_price(cast: Cast) -> None:
    start(cast)

    assert client_of(cast.lakk_planner).get(f"{API}/consignment-agreements/").json()["results"] == []
    assert len(client_of(cast.supplier_planner).get(f"{API}/consignment-agreements/").json()["results"]) == 1


def test_an_end_is_not_put_off(cast: Cast, consigned: StockBalance) -> None:
    """One that ended would be in force again beside its successor."""
    first = start(cast, valid_from_on=TODAY - timedelta(days=9), valid_until_on=TODAY - timedelta(days=2))
    start(cast, valid_from_on=TODAY - timedelta(days=2), used_by=cast.lakk)

    for on in (None, TODAY + timedelta(days=9)):
        with pytest.raises(InvalidInput, match="ends on 2026-11-21 already"):
            agreements.end(first, on=on, now=cast.now, actor=None)

    assert used_by(consigned) == "LAKK"
    first.refresh_from_db()
    assert first.valid_until_on == TODAY - timedelta(days=2)


def test_an_agreement_that_is_in_force_is_prolonged_up_to_its_successor(cast: Cast, consigned: StockBalance) -> None:
    first = start(cast, valid_until_on=TODAY + timedelta(days=5))
    start(cast, valid_from_on=TODAY + timedelta(days=8), used_by=cast.lakk)

    for until in (None, TODAY + timedelta(days=9)):
        with pytest.raises(InvalidInput, match="One with LAKK is in force from 2026-12-01"):
            agreements.prolong(first, until=until, now=cast.now, actor=None)
    prolonged = agreements.prolong(first, until=TODAY + timedelta(days=8), now=cast.now, actor=None)

    assert prolonged.valid_until_on == TODAY + timedelta(days=8)


def test_an_agreement_that_has_ended_is_not_prolonged(cast: Cast, consigned: StockBalance) -> None:
    ended = start(cast, valid_from_on=TODAY - timedelta(days=9), valid_until_on=TODAY)

    with pytest.raises(InvalidInput, match="start another"):
        agreements.prolong(ended, until=None, now=cast.now, actor=None)
    assert used_by(consigned) == "SAEVESKI"


def test_a_date_emptied_in_the_admin_ends_nothing(cast: Cast, consigned: StockBalance) -> None:
    agreement = start(cast, valid_until_on=TODAY + timedelta(days=5))
    page = ConsignmentAgreementAdmin(ConsignmentAgreement, admin.site)
    request = RequestFactory().post("/")
    request.user = cast.administrator

    page.change(request, agreement, {"valid_until_on": None}, None)

    agreement.refresh_from_db()
    assert agreement.valid_until_on is None
    assert used_by(consigned) == "NORDWOOD"
