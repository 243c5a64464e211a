"""The demo company: what the story tells is there, to the piece, and everything agrees."""

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db.models import Count, Q

from core import drainer
from core.models import OutboxEvent
from integrations.demo import loading, removing
from integrations.demo.days import Days
from integrations.demo.recipes import level_of, recipes
from inventory.models import CostPool, Item, Lot, Posting, Priority, StockBalance, StockLevel, StockMove, Transfer
from inventory.selectors.ranks import positions
from production.models import ManufacturingOrder
from purchasing.models import PurchaseOrder
from sales.models import SalesOrder
from sales.services import sales_orders
from sites.models import Company, Site
from sites.services import companies, sites
from tests.demo import NOW, TODAY, broken, demo, late, level, served  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.xdist_group("demo")]

PLAN = """
import hashlib, os, django
django.setup()
from datetime import date
from integrations.demo.days import Days
from integrations.demo.loading import plan
print(hashlib.sha256(repr(plan(Days(date(2026, 11, 23)))).encode()).hexdigest())
"""


def states(model) -> dict[str, int]:
    return dict(model.objects.values_list("state").annotate(n=Count("pk")).order_by())


def test_has_the_catalog_and_the_five_sites():
    assert Item.objects.count() == 308
    assert dict(Site.objects.values_list("code", "company__code")) == {
        "TLL": "POLDSAAR", "OPO": "POLDSAAR", "CHI": "POLDSAAR", "RIX": "LAKKUR", "HAM": "NORDLAGER",
    }  # fmt: skip
    assert set(Site.objects.values_list("default_owner__code", flat=True)) == {"POLDSAAR"}


def test_recipes_have_four_levels():
    assert {level_of(part.sku) for parts in recipes().values() for part in parts} | {0} == {0, 1, 2, 3}


def test_tells_the_story_of_the_tables_in_chicago():
    row = level("TABLE-OAK-160", "CHI")
    assert (row.on_hand, row.committed, row.available) == (14, 49, -35)
    assert (row.expected, row.in_transit, row.projected) == (32, 12, -3)
    assert (row.safety_stock, row.missing, row.stock_out_on) == (15, 18, TODAY + timedelta(days=15))
    assert served("TABLE-OAK-160", "CHI") == [
        ("SO-1042", 8, "in_stock", 0, [8]),
        ("SO-1047", 6, "in_stock", 0, [6]),
        ("SO-1051", 5, "expected", 4, [5]),
        ("SO-1053", 10, "expected", 11, [7, 3]),
        ("SO-1058", 4, "expected", 11, [4]),
        ("SO-1061", 16, "not_available", 0, [13]),
    ]
    assert level("TABLE-OAK-160", "TLL").excess == 28


def test_the_tables_in_chicago_stand_in_two_places():
    rows = StockBalance.objects.filter(item__sku="TABLE-OAK-160", site__code="CHI", location__kind="storage")
    assert dict(rows.values_list("location__code", "quantity")) == {"A-01-2": 8, "A-03-1": 6}


def test_nine_levels_lack_stock():
    rows = StockLevel.objects.filter(missing__gt=0).values_list("site__code", "item__sku", "missing")
    assert {(site, sku): missing for site, sku, missing in rows} == {
        ("CHI", "CARTON-160"): 17, ("CHI", "TABLE-OAK-160"): 18, ("HAM", "CHAIR-ASH-2"): 19,
        ("HAM", "TABLE-OAK-160"): 3, ("OPO", "DESK-ASH-140"): 7, ("OPO", "TABLE-OAK-160"): 1,
        ("OPO", "TABLE-OAK-200"): 1, ("RIX", "LACQUER-MATT"): 21, ("TLL", "OAK-PLANK-26"): 32,
    }  # fmt: skip


def test_five_orders_are_late():
    assert late() == {"SO-1053": 2, "SO-1057": 2, "SO-1063": 4, "MO-1391": 2, "MO-1396": 5}


def test_ranks_are_those_of_the_story():
    numbers = ["SO-1042", "SO-1047", "SO-1051", "SO-1053", "SO-1058", "SO-1061"]
    orders = {order.number: order.priority_id for order in SalesOrder.objects.filter(number__in=numbers)}
    ranks = positions(orders.values())
    assert [ranks[orders[number]] for number in numbers] == [1, 2, 4, 6, 9, 12]
    assert ranks[orders["SO-1042"]] == 1
    assert Priority.objects.filter(closed_at=None).count() == 99


def test_has_orders_of_every_state():
    assert states(SalesOrder).keys() == {"quote", "open", "partly_shipped", "shipped", "closed", "canceled"}
    assert states(PurchaseOrder).keys() == {"draft", "ordered", "partly_received", "received", "canceled"}
    assert states(ManufacturingOrder).keys() == {
        "planned", "released", "in_progress", "partly_completed", "done", "canceled",
    }  # fmt: skip
    assert states(Transfer).keys() == {
        "draft", "planned", "confirmed", "in_transit", "partly_received", "received", "canceled",
    }  # fmt: skip
    blocked = [list(model.objects.exclude(blocked_at=None)) for model in (SalesOrder, ManufacturingOrder)]
    assert [[order.number for order in orders] for orders in blocked] == [["SO-1048"], ["MO-1405"]]


def test_a_lot_is_blocked_in_riga():
    lot = Lot.objects.get(number="L-2291")
    assert (lot.item.sku, lot.state, lot.state_reason) == ("LACQUER-MATT", "held", "Failed viscosity")
    assert (level("LACQUER-MATT", "RIX").on_hand, level("LACQUER-MATT", "RIX").blocked) == (10, 40)


def test_a_supplier_consigns_stock_in_hamburg():
    kit = StockBalance.objects.get(item__sku="CARE-KIT", quantity__gt=0)
    assert (kit.site.code, kit.owner.code, kit.used_by.code) == ("HAM", "HANSA-LACK", "POLDSAAR")
    sold = StockMove.objects.filter(item__sku="CARE-KIT", posting__kind="shipment")
    assert sold.filter(from_owner__code="HANSA-LACK", to_owner__code="POLDSAAR").exists()


def test_months_of_history_were_posted_in_order():
    # The orders of the shop floor are told after all the rest, from the day they began on.
    floor = Posting.objects.filter(reason="First delivery").earliest("pk")
    rows = Posting.objects.filter(pk__lt=floor.pk)
    moments = list(rows.order_by("pk").values_list("effective_at", flat=True))
    assert moments == sorted(moments)
    assert (moments[-1] - moments[1]).days > 130
    assert moments[-1].date() < TODAY
    kinds = set(Posting.objects.values_list("kind", flat=True))
    assert kinds >= {
        "opening",
        "receipt",
        "completion",
        "shipment",
        "dispatch",
        "arrival",
        "adjustment",
        "count",
        "reversal",
    }


def test_everything_agrees():
    assert broken() == []
    assert OutboxEvent.objects.filter(Q(done_at=None) | Q(dead_at__isnull=False)).count() == 0


def test_stock_is_worth_about_what_the_story_says():
    values: dict[str, int] = {}
    for site, value in CostPool.objects.filter(kind="stock", owner__code="POLDSAAR").values_list("site__code", "value"):
        values[site] = values.get(site, 0) + value
    shown = {"TLL": 512_400, "OPO": 268_900, "CHI": 241_300, "RIX": 58_700, "HAM": 203_300}
    assert all(abs(values[site] - value) < value / 4 for site, value in shown.items()), values


def test_a_second_load_does_nothing():
    before = Posting.objects.count()
    assert loading.load(today=TODAY + timedelta(days=30), now=NOW) is None
    assert Posting.objects.count() == before


def test_reset_loads_the_same_again():
    before = digest()
    sales_orders.ship(SalesOrder.objects.get(number="SO-1042").pk, now=NOW, actor=None)
    drainer.drain(now=lambda: NOW)
    assert digest() != before

    removing.remove()
    assert (Company.objects.count(), get_user_model().objects.filter(username="kadri").count()) == (0, 0)
    loading.load(today=TODAY, now=NOW)
    assert digest() == before


def test_reset_spares_a_database_with_other_data():
    acme = companies.create(code="ACME", name="Acme", is_own=True, actor=None)
    sites.create(code="ACME-1", company=acme, actor=None)
    with pytest.raises(CommandError, match=r"more than the demo \(ACME, ACME-1\); nothing was removed"):
        call_command("load_demo", "--reset")
    assert SalesOrder.objects.filter(number="SO-1042").exists()


def test_logins_are_told_as_long_as_they_work():
    out = StringIO()
    call_command("demo_logins", stdout=out)
    assert [line.split()[0] for line in out.getvalue().splitlines()[1:]] == ["kadri", "mart", "liga", "jonas", "admin"]
    user = get_user_model().objects.get(username="kadri")
    assert user.check_password("furniture")

    user.set_password("another one")
    user.save()
    out = StringIO()
    call_command("demo_logins", stdout=out)
    assert "kadri" not in out.getvalue()


def test_the_plan_depends_on_nothing_but_the_day():
    first, second = (planned(seed) for seed in ("1", "2"))
    assert first == second


def planned(seed: str) -> str:
    """A digest of the plan, worked out in a process that hashes differently."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "mfg.settings"}
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run([sys.executable, "-c", PLAN], env=environment, cwd=root, capture_output=True, check=True)
    return run.stdout.decode().strip()


@pytest.mark.parametrize("days", [1, 3, 5, 34, 40])
def test_the_plan_works_out_on_other_days(days):
    plan = loading.plan(Days(TODAY + timedelta(days=days)))
    assert min(plan.history.opening.values()) >= 0


def digest() -> str:
    """Of every move, level and order, by the names that people know them by."""
    moves = StockMove.objects.order_by("pk").values_list(
        "posting__kind", "item__sku", "quantity", "from_location__code", "to_location__code", "effective_at"
    )
    levels = StockLevel.objects.order_by("used_by__code", "site__code", "item__sku").values_list(
        "item__sku", "site__code", "on_hand", "committed", "expected", "safety_stock", "stock_out_on"
    )
    orders = SalesOrder.objects.order_by("number").values_list("number", "customer__code", "state", "need_by_on")
    text = repr([list(moves), list(levels), list(orders)])
    return hashlib.sha256(text.encode()).hexdigest()


def test_an_order_is_under_way_at_three_sites():
    order = ManufacturingOrder.objects.filter(item__sku="STAND-OAK-110").earliest("pk")
    steps = order.tasks.order_by("number").values_list(
        "site__code", "state", "good_quantity", "scrapped_quantity", "is_service"
    )
    assert list(steps) == [
        ("TLL", "done", 21, 1, False),
        ("TLL", "done", 21, 0, False),
        ("RIX", "running", 12, 1, True),
        ("CHI", "waiting", 0, 0, False),
    ]
    legs = Transfer.objects.filter(source_id=order.pk, source_kind="manufacturing_order").order_by("pk")
    assert [(leg.destination.code, leg.state) for leg in legs] == [("RIX", "received"), ("CHI", "confirmed")]
    wip = StockBalance.objects.filter(item=order.item, location__kind="wip", quantity__gt=0).order_by("pk")
    assert {(row.site.code, row.lot.stage, row.quantity) for row in wip if row.lot.source_id == order.pk} == {
        ("RIX", "20", 8), ("RIX", "30", 12),
    }  # fmt: skip
