"""Stock and orders from files: the same file never posts twice."""

from decimal import Decimal

import pytest

from inventory.choices import PostingKind
from inventory.models import CostPool, Demand, Posting, StockBalance, StockMove, Supply
from inventory.services.reversal import reverse
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt
from sales.models import SalesOrder, SalesOrderLine
from sites.models import Company
from tests.integrations.importing import NOW, counts, errors, load

STOCK = """item,site,location,quantity,unit cost
TABLE,TLL,STOCK,5,120
PLANK,TLL,,12.5,
TABLE,RIX,,2,118.5
PLANK,RIX,,0,
"""


@pytest.fixture
def company(db: None) -> Company:
    load("companies", "code,currency,own\nACME,EUR,yes\n")
    company = Company.objects.get(code="ACME")
    load("sites", "code\nTLL\nRIX\n", company=company)
    data = "sku,unit,tracking,standard cost,list price\nTABLE,pcs,none,,300\nPLANK,m,none,4,\nGLUE,kg,lot,,\n"
    load("items", data, company=company)
    load("customers", "code\nSHOP\n", company=company)
    load("suppliers", "code\nMILL\n", company=company)
    return company


def test_opening_stock_is_one_posting_over_all_sites(company: Company) -> None:
    report = load("opening-stock", STOCK, company=company, reference="first")
    assert counts(report) == (3, 0, 0, 1)
    posting = Posting.objects.get()
    assert (posting.kind, posting.source_number, posting.company) == (PostingKind.OPENING, "first", company)
    assert report.outcome.notes[-1] == f"Posted as {posting.number}, 19.5 units in all."
    balances = StockBalance.objects.order_by("pk").values_list("item__sku", "site__code", "quantity")
    assert set(balances) == {
        ("TABLE", "TLL", 5),
        ("TABLE", "RIX", 2),
        ("PLANK", "TLL", Decimal("12.5")),
    }
    values = CostPool.objects.values_list("item__sku", "site__code", "value")
    assert set(values) == {("TABLE", "TLL", 600), ("TABLE", "RIX", 237), ("PLANK", "TLL", 50)}


def test_the_same_opening_stock_again_posts_nothing(company: Company) -> None:
    load("opening-stock", STOCK, company=company, reference="first")
    assert counts(load("opening-stock", STOCK, company=company, reference="first")) == (0, 0, 3, 1)
    report = load("opening-stock", STOCK.replace(",5,120", ",6,120"), company=company, reference="first")
    assert errors(report)[0].startswith("“first” was posted as OPN-")
    assert StockMove.objects.count() == 3


def test_opening_stock_that_was_reversed_may_be_posted_again(company: Company) -> None:
    load("opening-stock", STOCK, company=company, reference="first")
    reverse(Posting.objects.get().pk, now=NOW, actor=None)
    assert counts(load("opening-stock", STOCK, company=company, reference="first")) == (3, 0, 0, 1)
    assert sum(StockBalance.objects.values_list("quantity", flat=True)) == Decimal("19.5")


def test_wrong_stock_rows_are_told_cell_by_cell(company: Company) -> None:
    bad = (
        "item,site,location,quantity,lot\nTABLE,TLL,,1.5,\nTABLE,TLL,SHELF,-1,\nDESK,TLL,,1,\nGLUE,TLL,,1,\n"
        "GLUE,RIX,,1,B1\nTABLE,PAR,,1,\nPLANK,TLL,,1,B1\n"
    )
    assert errors(load("opening-stock", bad, company=company, reference="first")) == [
        "row 3, quantity “-1”: It must be 0 or more.",
        "row 2, quantity “1.5”: It does not fit pcs, which has 0 decimals.",
        "row 4, item “DESK”: There is no item with this SKU.",
        "row 5, lot “GLUE”: This item is tracked by lot; name the lot.",
        "row 6, lot “B1”: GLUE has no lot with this number; import the lots first.",
        "row 7, site “PAR”: There is no site with this code.",
        "row 8, lot “B1”: PLANK has no lot with this number; import the lots first.",
        "row 8, lot “B1”: This item is not tracked by lot or serial number.",
    ]
    assert (Posting.objects.count(), StockBalance.objects.count()) == (0, 0)


SALES = """Order number,customer,site,item,qty,price,need by,status
W-1,SHOP,TLL,TABLE,2,250,2026-12-01,
W-1,SHOP,TLL,PLANK,1.5,,2026-12-03,
W-2,SHOP,RIX,TABLE,1,,,quote
"""


def test_sales_orders_come_by_reference_and_once(company: Company) -> None:
    assert counts(load("sales-orders", SALES, company=company)) == (2, 0, 0, 0)
    assert counts(load("sales-orders", SALES, company=company)) == (0, 0, 2, 0)
    first = SalesOrder.objects.get(external_reference="W-1")
    assert (first.number, first.state, first.priority is not None) == ("SO-1001", "open", True)
    lines = SalesOrderLine.objects.order_by("pk").values_list("order__state", "item__sku", "quantity", "unit_price")
    assert list(lines) == [
        ("open", "TABLE", 2, 250),
        ("open", "PLANK", Decimal("1.5"), 0),
        ("quote", "TABLE", 1, 300),
    ]
    assert Demand.objects.filter(firmness="firm").count() == 2


def test_an_order_that_is_there_with_other_quantities_is_left_as_it_is(company: Company) -> None:
    load("sales-orders", SALES, company=company)
    report = load("sales-orders", SALES.replace("TABLE,2", "TABLE,3"), company=company)
    assert counts(report) == (0, 0, 1, 1)
    assert report.outcome.notes == [
        "SO-1001 (reference W-1) is there already with other quantities; it was left as it is."
    ]
    assert SalesOrderLine.objects.get(order__external_reference="W-1", item__sku="TABLE").quantity == 2


def test_errors_of_the_order_service_name_the_row(company: Company) -> None:
    bad = SALES.replace("TABLE,2", "TABLE,2.5").replace("W-2,SHOP", "W-2,NOBODY")
    assert errors(load("sales-orders", bad, company=company)) == [
        "row 4, customer “NOBODY”: ACME has no customer with this code."
    ]
    (error,) = errors(load("sales-orders", SALES.replace("TABLE,2", "TABLE,2.5"), company=company))
    assert error.startswith("row 2, qty “2.5”: ")
    contradicting = SALES.replace("W-1,SHOP,TLL,TABLE,2,250,2026-12-01,", "W-1,SHOP,TLL,TABLE,2,250,2026-12-01,open")
    contradicting = contradicting.replace("2026-12-03,", "2026-12-03,quote")
    assert errors(load("sales-orders", contradicting, company=company)) == [
        "row 3, status “quote”: Another row of order W-1 says open."
    ]
    assert SalesOrder.objects.count() == 0


def test_purchase_orders_come_by_reference_and_once(company: Company) -> None:
    data = (
        "reference,vendor,site,item,quantity,price,expected,state\n"
        "P-7,MILL,TLL,PLANK,100,3.9,2026-12-10,\nP-8,MILL,TLL,PLANK,5,4,,draft\n"
    )
    assert counts(load("purchase-orders", data, company=company)) == (2, 0, 0, 0)
    assert counts(load("purchase-orders", data, company=company)) == (0, 0, 2, 0)
    assert set(PurchaseOrder.objects.values_list("external_reference", "state")) == {
        ("P-7", "ordered"),
        ("P-8", "draft"),
    }
    assert Supply.objects.get(firmness="firm").open_quantity == 100


HISTORY = """reference,supplier,site,item,ordered quantity,received qty,rejected qty,price,ordered,received,status
H-1,MILL,TLL,PLANK,10,9,2,3.3333,2020-01-05,2020-01-12,
H-2,MILL,TLL,PLANK,10,10,1,3,2020-02-05,2020-02-12,open
H-3,MILL,TLL,TABLE,4,4,0,100,2020-02-05,2020-02-12,open
"""


def test_purchase_history_moves_no_stock_and_stays_open_where_it_is(company: Company) -> None:
    assert counts(load("purchase-history", HISTORY, company=company)) == (3, 0, 0, 0)
    assert counts(load("purchase-history", HISTORY, company=company)) == (0, 0, 3, 0)
    lines = PurchaseOrderLine.objects.order_by("pk")
    assert list(lines.values_list("posted_quantity", "rejected_quantity", "closed_quantity", "open_quantity")) == [
        (7, 2, 3, 0),
        (9, 1, 0, 1),
        (4, 0, 0, 0),
    ]
    assert list(Receipt.objects.values_list("is_historical", flat=True)) == [True, True, True]
    assert Posting.objects.filter(is_historical=True, kind=PostingKind.RECEIPT).count() == 3
    assert (StockMove.objects.count(), StockBalance.objects.count()) == (0, 0)
    assert list(Supply.objects.filter(open_quantity__gt=0).values_list("open_quantity", flat=True)) == [1]


def test_impossible_history_is_refused(company: Company) -> None:
    bad = (
        HISTORY.replace("10,9,2", "10,1,2")
        .replace("TABLE,4,4", "TABLE,4.5,9")
        .replace("2020-02-12,open\nH-3", "2120-02-12,open\nH-3")
    )
    assert errors(load("purchase-history", bad, company=company)) == [
        "row 2, rejected qty “2”: Only 1 were received.",
        "row 3, received “2120-02-12”: It lies in the future.",
        "row 4, received qty “9”: Only 4.5 were ordered.",
        "row 4, ordered quantity “4.5”: It is 4.5 pcs, which has 0 decimals.",
    ]
    assert PurchaseOrder.objects.count() == 0
