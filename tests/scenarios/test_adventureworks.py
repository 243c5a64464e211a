"""AdventureWorks, a real bicycle maker: its files become a company over two sites, and the main job runs on it.

The numbers that must come out are those of the files themselves; where they take more than a sum, a plain walk over
the raw rows works them out beside the product.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Sum

from core import invariants
from integrations.adventureworks.loading import Loaded, load
from inventory.choices import PostingKind
from inventory.drafts import LevelKey
from inventory.errors import InsufficientStock
from inventory.models import (
    Allocation,
    CostPool,
    Demand,
    Item,
    ItemCompany,
    ItemSite,
    Location,
    Posting,
    StockBalance,
    StockLevel,
    StockMove,
    Supply,
)
from inventory.services.recompute import recompute
from production.drafts import CompletionDraft
from production.drafts import OrderDraft as MakeDraft
from production.models import BillOfMaterials, BillOfMaterialsLine
from production.selectors.explosion import explode
from production.services import manufacturing_orders
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, Supplier, SupplierItem, SupplierPrice
from sales.drafts import LineDraft, OrderDraft, ShipDraft
from sales.services import customers, sales_orders
from sites.models import Company, Lane, Site

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "adventureworks"
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
BIKE, FRAME = "BK-R93R-62", "FR-R92R-62"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="AdventureWorks' files are not beside the repository."),
]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: object) -> Iterator[Loaded]:
    """The company, loaded once for all tests here, in a transaction that is rolled back after them."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with transaction.atomic():
            yield load(FOLDER, company_code="AW", now=NOW, actor=None)
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _everything(loaded: Loaded, db: None) -> None:
    """Each test has a savepoint of its own inside the loaded company."""


def raw(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_company_has_a_factory_and_a_distribution_center() -> None:
    company = Company.objects.get(code="AW")
    assert (company.name, company.currency, company.is_own) == ("AdventureWorks Cycles", "USD", True)
    assert list(Site.objects.order_by("code").values_list("code", "company", "is_making")) == [
        ("BOTHELL", company.pk, True),
        ("KENT", company.pk, False),
    ]
    places = defaultdict(list)
    for location in Location.objects.order_by("pick_order").exclude(pick_order=0):
        places[location.site.code, location.kind].append(location.code)
    assert places == {
        ("BOTHELL", "storage"): ["1", "2", "3", "4", "5", "6"],
        ("BOTHELL", "lineside"): ["10", "20", "30", "40", "45", "50", "60"],
        ("KENT", "storage"): ["7"],
    }
    assert set(Location.objects.filter(is_default_receipt=True).values_list("code", flat=True)) == {"6", "7"}
    assert Lane.objects.filter(company=company, transit_days=1).count() == 2


def test_504_items_with_their_units_terms_and_planning_figures() -> None:
    assert Item.objects.count() == 504
    units = Counter(Item.objects.values_list("unit__code", flat=True))
    used = {row["componentid"]: row["unitmeasurecode"].strip() for row in raw("billofmaterials")}
    assert units == Counter(used.get(row["productid"], "EA") for row in raw("product"))
    assert set(Item.objects.values_list("unit__code", "unit__decimals")) == {("EA", 0), ("IN", 2), ("OZ", 2)}
    terms = ItemCompany.objects.get(item__sku=BIKE)
    assert (terms.standard_cost, terms.list_price) == (Decimal("2171.2942"), Decimal("3578.27"))
    assert (terms.is_made, terms.is_bought, terms.is_sold) == (True, False, True)
    assert ItemCompany.objects.filter(is_made=True).count() == 239
    assert ItemCompany.objects.filter(is_sold=True).count() == 295
    sums = ItemSite.objects.aggregate(safety=Sum("safety_stock"), point=Sum("reorder_point"))
    products = raw("product")
    assert sums == {
        "safety": sum(int(row["safetystocklevel"]) for row in products),
        "point": sum(int(row["reorderpoint"]) for row in products),
    }
    assert ItemSite.objects.get(item__sku=BIKE, site__code="KENT").default_location.code == "7"
    assert ItemSite.objects.get(item__sku=BIKE, site__code="BOTHELL").source_lead_time_days == 4


def test_stock_is_one_opening_balance_of_335974_units(loaded: Loaded) -> None:
    posting = Posting.objects.get(kind=PostingKind.OPENING)
    assert StockMove.objects.filter(posting=posting.pk).aggregate(Sum("quantity")) == {"quantity__sum": 335_974}
    balances = StockBalance.objects.values_list("site__code").annotate(Sum("quantity")).order_by("site__code")
    assert list(balances) == [("BOTHELL", 318_655), ("KENT", 17_319)]
    received = sorted(raw("productvendor"), key=lambda row: (row["lastreceiptdate"], Decimal(row["lastreceiptcost"])))
    last = {row["productid"]: Decimal(row["lastreceiptcost"]) for row in received}
    cost = {row["productid"]: Decimal(row["standardcost"]) or last.get(row["productid"], 0) for row in raw("product")}
    value = sum(
        (Decimal(row["quantity"]) * cost[row["productid"]]).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        for row in raw("productinventory")
    )
    assert CostPool.objects.aggregate(Sum("value")) == {"value__sum": value}
    (listed,) = [fact for fact in loaded.facts if fact.startswith("Valued at 0 (18): ")]
    assert listed.count(",") == 17


def test_bills_are_dated_and_rows_without_an_assembly_are_skipped(loaded: Loaded) -> None:
    assert (BillOfMaterials.objects.count(), BillOfMaterialsLine.objects.count()) == (238, 2679 - 103)
    assert "2,576 rows of bills were read; 103 without an assembly were skipped." in loaded.facts
    ended = [row for row in raw("billofmaterials") if row["productassemblyid"] and row["enddate"]]
    assert BillOfMaterialsLine.objects.exclude(valid_until_on=None).count() == len(ended)


def test_one_road_150_explodes_as_the_raw_rows_do() -> None:
    """Level by level over the rows in force at the newest dates: 14 direct lines, 74 distinct components."""
    lines = defaultdict(list)
    for row in raw("billofmaterials"):
        if not row["enddate"]:
            lines[row["productassemblyid"]].append(row)
    sku = {row["productid"]: row["productnumber"] for row in raw("product")}
    expected: Counter[tuple[str, str]] = Counter()

    def walk(product_id: str, quantity: Decimal) -> None:
        for row in lines[product_id]:
            needed = quantity * Decimal(row["perassemblyqty"])
            expected[sku[row["componentid"]], row["unitmeasurecode"].strip()] += needed
            walk(row["componentid"], needed)

    walk("749", Decimal(1))

    company, site = Company.objects.get(code="AW"), Site.objects.get(code="BOTHELL")
    bike = Item.objects.get(sku=BIKE)
    explosion = explode(
        item_id=bike.pk, quantity=Decimal(1), on=date(2026, 11, 23), site_id=site.pk, company_id=company.pk
    )
    found = {(component.sku, component.unit): component.quantity for component in explosion.components}
    assert found == dict(expected)
    assert (bike.name, len(explosion.direct), len(explosion.components)) == ("Road-150 Red, 62", 14, 74)
    assert explosion.quantity_by_unit == {"EA": 416, "IN": 40, "OZ": 8}


def test_a_bicycle_is_exploded_whatever_the_statistics_say() -> None:
    """Tables that were vacuumed empty and then filled count as one row; the guard ends what would take an hour."""
    company, bike = Company.objects.get(code="AW"), Item.objects.get(sku=BIKE)
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (Item, BillOfMaterials, BillOfMaterialsLine):
            cursor.execute("DELETE FROM pg_statistic WHERE starelid = %s::regclass", [model._meta.db_table])
            cursor.execute(
                "SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', %s,"
                " 'relpages', 50, 'reltuples', 0::real)",
                [model._meta.db_table],
            )
        cursor.execute("SET LOCAL statement_timeout = '30s'")
        explosion = explode(item_id=bike.pk, quantity=Decimal(1), on=date(2026, 11, 23), company_id=company.pk)
        transaction.set_rollback(True)
    assert len(explosion.components) == 74


def test_a_bicycle_of_2010_had_other_parts() -> None:
    company, bike = Company.objects.get(code="AW"), Item.objects.get(sku=BIKE)
    newest = explode(item_id=bike.pk, quantity=Decimal(1), on=date(2026, 11, 23), company_id=company.pk)
    before = explode(item_id=bike.pk, quantity=Decimal(1), on=date(2010, 3, 3), company_id=company.pk)
    assert before.rows == ()
    assert newest.rows != ()


def test_vendors_sell_in_their_own_units_at_factor_one() -> None:
    assert (Supplier.objects.count(), SupplierItem.objects.count(), SupplierPrice.objects.count()) == (104, 460, 460)
    assert Supplier.objects.exclude(party__is_supplier=True).count() == 0
    row = SupplierItem.objects.get(item__sku="AR-5381", supplier__code="LITWARE0001")
    assert (row.unit_label, row.unit_factor, row.lead_time_days) == ("CS", 1, 17)
    assert (row.order_minimum, row.order_maximum, row.last_cost) == (1, 5, Decimal("50.2635"))
    assert row.prices.get().unit_price == Decimal("47.87")


def test_all_8845_purchase_lines_are_kept_to_the_last_digit() -> None:
    assert (PurchaseOrder.objects.count(), PurchaseOrderLine.objects.count()) == (4012, 8845)
    value = PurchaseOrderLine.objects.aggregate(value=Sum(F("ordered_quantity") * F("unit_price")))["value"]
    assert value == Decimal("63791994.838")


def test_history_moves_no_stock_and_only_pending_orders_stay_open() -> None:
    """Open is what was ordered and is not in stock: 1,264 that never came and 1,510 that were sent back."""
    receipts = Receipt.objects.all()
    assert (receipts.count(), receipts.filter(is_historical=True).count()) == (4012, 4012)
    postings = Posting.objects.filter(kind=PostingKind.RECEIPT)
    assert postings.filter(is_historical=True).count() == postings.count() == 4012
    assert StockMove.objects.filter(posting__in=postings.values("pk")).count() == 0

    status = {row["purchaseorderid"]: row["status"] for row in raw("purchaseorderheader")}
    open_lines = PurchaseOrderLine.objects.filter(open_quantity__gt=0).select_related("order")
    assert {status[line.order.external_reference] for line in open_lines} == {"1"}
    assert sum(line.open_quantity for line in open_lines) == 1_264 + 1_510
    assert Supply.objects.filter(closed_at=None).aggregate(Sum("open_quantity")) == {"open_quantity__sum": 2_774}
    finished = [number for number, state in status.items() if state != "1"]
    lines = PurchaseOrderLine.objects.filter(order__external_reference__in=finished)
    sums = lines.aggregate(Sum("quantity"), Sum("posted_quantity"), Sum("closed_quantity"), Sum("rejected_quantity"))
    assert sums == {
        "quantity__sum": 2_079_834 + 46_747 + 96_255,
        "posted_quantity__sum": 2_060_051 + 46_746 + 95_965 - 24_445 - 46_745,
        "closed_quantity__sum": 19_783 + 1 + 290 + 24_445 + 46_745,
        "rejected_quantity__sum": 24_445 + 46_745,
    }


def test_loading_it_again_changes_nothing() -> None:
    out = StringIO()
    call_command("load_adventureworks", str(FOLDER), "--company-code", "aw", stdout=out)
    table = [line.rsplit(maxsplit=4) for line in out.getvalue().splitlines()[1:11]]
    assert {(created, changed) for _, created, changed, _, _ in table} == {("0", "0")}
    assert {name: (unchanged, skipped) for name, _, _, unchanged, skipped in table} == {
        "companies": ("1", "0"),
        "sites": ("2", "0"),
        "units": ("3", "0"),
        "items": ("504", "0"),
        "locations": ("14", "0"),
        "item-sites": ("601", "0"),
        "suppliers": ("104", "0"),
        "supplier items": ("460", "0"),
        "bills-of-materials": ("238", "0"),
        "stock rows": ("1,065", "4"),
    }
    assert "Purchases are 8,845 lines of 63,791,994.838: 3,689 complete, 225 pending" in out.getvalue()


def test_a_folder_without_the_files_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "product.csv").write_text("productid,name\n1,Nut\n")
    with pytest.raises(CommandError, match=r"product\.csv: It has no column productnumber, makeflag"):
        call_command("load_adventureworks", str(tmp_path), "--company-code", "AW2")
    assert not Company.objects.filter(code="AW2").exists()


def test_what_was_loaded_is_sound() -> None:
    places = list(Site.objects.values_list("pk", flat=True))
    company = Company.objects.get(code="AW")
    items = list(Item.objects.values_list("pk", flat=True))
    recompute([LevelKey(item, place, company.pk) for item in items for place in places], now=NOW)
    assert {outcome.name: outcome.rows for outcome in invariants.check([]) if not outcome.is_ok} == {}


def test_ten_road_150_are_made_and_sold() -> None:
    """70 are sold at the factory, where 60 stand: 10 must be made, and for them 10 frames, of which there is none.

    Each of the other 13 parts is there in the hundreds. The frame's own 10 sets of parts are there too, so the frames
    are made first, then the bicycles, then all 70 leave.
    """
    company, site = Company.objects.get(code="AW"), Site.objects.get(code="BOTHELL")
    bike, frame = Item.objects.get(sku=BIKE), Item.objects.get(sku=FRAME)
    bike_key, frame_key = (LevelKey(item.pk, site.pk, company.pk) for item in (bike, frame))
    customer = customers.create(company=company, code="ROADSHOP", name="The Road Shop", actor=None)
    sale = sales_orders.create(
        OrderDraft(
            customer_id=customer.pk,
            site_id=site.pk,
            need_by_on=date(2026, 12, 1),
            lines=[LineDraft(item_id=bike.pk, quantity=70)],
        ),
        is_open=True,
        now=NOW,
        actor=None,
    )
    bikes = make(bike, site)
    recompute(all_keys(site, company), now=NOW)

    level = StockLevel.objects.get(item=bike, site=site)
    assert (level.on_hand, level.committed, level.expected, level.available) == (60, 70, 10, -10)
    assert availability(sale_line=bike_key) == ["expected"]
    missing = Demand.objects.filter(document_id=bikes.pk, document_kind="manufacturing_order")
    assert missing.count() == 14
    short = Allocation.objects.filter(demand_id__in=missing.values("pk"), availability="not_available")
    assert list(short.values_list("item__sku", flat=True)) == [FRAME]
    level = StockLevel.objects.get(item=frame, site=site)
    assert (level.on_hand, level.committed, level.missing) == (0, 10, 510)
    with pytest.raises(InsufficientStock) as refused:
        manufacturing_orders.complete(bikes.pk, CompletionDraft(quantity=10), now=NOW, actor=None)
    assert refused.value.message == f"{FRAME} at BOTHELL: 10 asked, 0 on hand."

    frames = make(frame, site)
    manufacturing_orders.complete(frames.pk, CompletionDraft(quantity=10), now=NOW, actor=None)
    manufacturing_orders.complete(bikes.pk, CompletionDraft(quantity=10), now=NOW, actor=None)
    recompute(all_keys(site, company), now=NOW)
    level = StockLevel.objects.get(item=bike, site=site)
    assert (level.on_hand, level.committed, level.expected) == (70, 70, 0)
    assert availability(sale_line=bike_key) == ["in_stock"]

    shipped = sales_orders.ship(sale.pk, ShipDraft(), now=NOW, actor=None)
    recompute([bike_key, frame_key], now=NOW)
    assert shipped.order.state == "shipped"
    level = StockLevel.objects.get(item=bike, site=site)
    assert (level.on_hand, level.committed, level.available) == (0, 0, 0)
    assert StockBalance.objects.filter(item=bike).aggregate(Sum("quantity")) == {"quantity__sum": 73}
    assert StockBalance.objects.filter(item=frame).aggregate(Sum("quantity")) == {"quantity__sum": 0}


def make(item: Item, site: Site):
    """A released order for ten."""
    draft = MakeDraft(item_id=item.pk, site_id=site.pk, quantity=10, due_on=date(2026, 11, 30))
    order = manufacturing_orders.create(draft, now=NOW, actor=None)
    return manufacturing_orders.release(order.pk, now=NOW, actor=None)


def all_keys(site: Site, company: Company) -> list[LevelKey]:
    return [LevelKey(item_id, site.pk, company.pk) for item_id in Item.objects.values_list("pk", flat=True)]


def availability(*, sale_line: LevelKey) -> list[str]:
    """How the sale's demand is served."""
    demands = Demand.objects.filter(kind="sales_line", item=sale_line.item_id, site=sale_line.site_id, closed_at=None)
    return list(
        Allocation.objects.filter(demand_id__in=demands.values("pk")).values_list("availability", flat=True).distinct()
    )
