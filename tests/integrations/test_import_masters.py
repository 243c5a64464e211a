"""Master data from files: written once, changed where it differs, refused as a whole where it is wrong."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from core.models import Event
from inventory.models import Item, ItemCompany, ItemSite, Location, Lot, UnitOfMeasure
from production.models import BillOfMaterials, BillOfMaterialsLine
from purchasing.models import Supplier, SupplierItem, SupplierPrice
from sales.models import Customer
from sites.models import Company, Membership, Site
from tests.integrations.importing import counts, errors, load

ITEMS = """Item number;Name;UOM;Category;Standard cost;Made
T-1;Table;pcs;Furniture / Tables;120.50;yes
L-1;Leg;pcs;Furniture / Parts;4.25;no
P-1;Plank;m;;;
"""


@pytest.fixture
def company(db: None) -> Company:
    load("companies", "code,name,currency,own\nACME,Acme,EUR,yes\n")
    load(
        "sites",
        "code,company,city,makes,time_zone\nTLL,ACME,Tallinn,yes,Europe/Tallinn\nRIX,ACME,Riga,no,Europe/Riga\n",
    )
    return Company.objects.get(code="ACME")


def test_a_new_site_begins_with_the_location_that_its_row_names(company: Company) -> None:
    assert counts(load("sites", "code,first_location\nTRT,A-1\n", company=company)) == (1, 0, 0, 0)
    assert list(Location.objects.filter(site__code="TRT").values_list("code", "is_default_receipt")) == [("A-1", True)]
    assert Site.objects.get(code="TRT").default_owner == company


def test_items_are_created_changed_and_left_alone(company: Company) -> None:
    assert counts(load("items", ITEMS, company=company)) == (3, 0, 0, 0)
    assert counts(load("items", ITEMS, company=company)) == (0, 0, 3, 0)
    changed = ITEMS.replace("Table;pcs", "Oak table;pcs").replace("4.25", "4.26")
    assert counts(load("items", changed, company=company)) == (0, 2, 1, 0)

    table = Item.objects.get(sku="T-1")
    assert (table.name, table.version, str(table.category), str(table.category.parent)) == (
        *("Oak table", 2, "Tables", "Furniture"),
    )
    terms = ItemCompany.objects.get(item=table, company=company)
    assert (terms.standard_cost, terms.is_made) == (Decimal("120.5"), True)
    assert Item.objects.get(sku="P-1").unit.code == "m"


def test_an_empty_cell_leaves_what_is_there(company: Company) -> None:
    load("items", ITEMS, company=company)
    assert counts(load("items", "sku,name,category\nt-1,,\n", company=company)) == (0, 0, 1, 0)
    assert Item.objects.get(sku="T-1").name == "Table"


def test_one_wrong_cell_refuses_the_whole_file_and_names_each(company: Company) -> None:
    bad = ITEMS.replace("4.25", "4,25").replace("Plank;m", "Plank;furlong") + "t-1;Twice;pcs;;;\n"
    before = Event.objects.count()
    report = load("items", bad, company=company)
    assert errors(report) == [
        "row 3, Standard cost “4,25”: It is not a number. Write it with a point and without thousands separators.",
        "row 5, Item number “t-1”: Row 2 has the same Item number; there may be one.",
        "row 4, UOM “furlong”: There is no unit with this code.",
    ]
    assert set(report.failed) == {3, 4, 5}
    assert (Item.objects.count(), Event.objects.count()) == (0, before)


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(company: Company) -> None:
    assert counts(load("items", ITEMS, company=company, dry_run=True)) == (3, 0, 0, 0)
    assert Item.objects.count() == 0


def test_terms_need_a_company(company: Company) -> None:
    assert "row 2, Standard cost “120.50”: This is what a company says of an item: --company CODE." in errors(
        load("items", ITEMS)
    )


def test_units_never_lose_decimals(company: Company) -> None:
    assert counts(load("units", "code,name,decimals\nOZ,Ounces,2\n")) == (1, 0, 0, 0)
    assert errors(load("units", "code,decimals\noz,1\n")) == ["decimals: OZ has 2 decimals; there can only be more."]
    assert UnitOfMeasure.objects.get(code="OZ").decimals == 2


def test_locations_form_a_tree_in_any_order_of_rows(company: Company) -> None:
    data = (
        "site,code,parent,kind,default receipt\nTLL,A-1-1,A-1,,\nTLL,A-1,A,,yes\nTLL,A,,storage,\nRIX,LINE,,lineside,\n"
    )
    assert counts(load("locations", data)) == (4, 0, 0, 0)
    assert counts(load("locations", data)) == (0, 0, 4, 0)
    leaf = Location.objects.get(code="A-1-1")
    assert (leaf.parent.code, leaf.parent.parent.code) == ("A-1", "A")
    defaults = Location.objects.filter(site__code="TLL", is_default_receipt=True)
    assert list(defaults.values_list("code", flat=True)) == ["A-1"]


def test_locations_that_lie_under_themselves_are_refused(company: Company) -> None:
    data = "site,code,parent\nTLL,A,B\nTLL,B,A\nTLL,C,NOWHERE\nLOST,D,\n"
    assert errors(load("locations", data)) == ["row 5, site “LOST”: There is no site with this code."]
    assert errors(load("locations", data.replace("LOST,D,\n", ""))) == [
        "row 2, parent “B”: It would lie under itself.",
        "row 3, parent “A”: It would lie under itself.",
        "row 4, parent “NOWHERE”: TLL has no location with this code.",
    ]


def test_item_sites_fit_the_items_unit(company: Company) -> None:
    load("items", ITEMS, company=company)
    data = "item,site,default location,safety stock,reorder point\nT-1,TLL,STOCK,5,8\nP-1,TLL,,2.5,\n"
    assert counts(load("item-sites", data)) == (2, 0, 0, 0)
    assert counts(load("item-sites", data)) == (0, 0, 2, 0)
    row = ItemSite.objects.get(item__sku="T-1")
    assert (row.default_location.code, row.safety_stock, row.company) == ("STOCK", 5, company)
    bad = "item,site,default location,safety stock\nT-1,TLL,SHELF,0.5\nX-1,TLL,,\n"
    assert errors(load("item-sites", bad)) == [
        "row 2, default location “SHELF”: TLL has no location with this code.",
        "row 2, safety stock “0.5”: It does not fit pcs, which has 0 decimals.",
        "row 3, item “X-1”: There is no item with this SKU.",
    ]


def test_lots_are_known_by_item_issuer_and_number(company: Company) -> None:
    load("items", "sku,tracking\nGLUE,lot\nT-1,none\n", company=company)
    data = "item,lot,issuer,expires_on\nGLUE,B1,ACME,2027-01-31\nGLUE,B1,,\n"
    assert counts(load("lots", data)) == (2, 0, 0, 0)
    assert counts(load("lots", data.replace("2027-01-31", "2027-02-28"))) == (0, 1, 1, 0)
    assert Lot.objects.count() == 2
    assert errors(load("lots", "item,lot\nT-1,B1\n")) == [
        "row 2, item “T-1”: This item is not tracked by lot or serial number."
    ]


def test_customers_and_suppliers_get_companies_of_their_own(company: Company) -> None:
    assert counts(load("customers", "code,name,email\nACME,Acme shop,a@b.ee\n", company=company)) == (1, 0, 0, 0)
    assert counts(load("suppliers", "code,name,rating\nACME,Acme mill,2\n", company=company)) == (1, 0, 0, 0)
    customer, supplier = Customer.objects.get(), Supplier.objects.get()
    assert (customer.party.code, supplier.party.code, supplier.rating) == ("ACME-2", "ACME-3", 2)
    assert (customer.party.is_customer, supplier.party.is_supplier, customer.currency) == (True, True, "EUR")
    assert counts(load("customers", "code,name\nacme,Acme store\n", company=company)) == (0, 1, 0, 0)
    assert Company.objects.count() == 3
    assert errors(load("customers", "code,email,party\nB,nobody,ACME\nC,,LOST\n", company=company)) == [
        "row 2, email “nobody”: It is no e-mail address.",
        "row 3, party “LOST”: There is no company with this code.",
    ]


def test_supplier_items_keep_prices_and_give_their_lead_time(company: Company) -> None:
    load("items", ITEMS, company=company)
    load("item-sites", "item,site\nL-1,RIX\n")
    load("suppliers", "code\nMILL\n", company=company)
    data = (
        "supplier,item,unit label,unit factor,lead time,moq,price,from quantity\n"
        "MILL,L-1,BOX,12,9,2,48,\nMILL,L-1,BOX,12,9,2,45.5,100\n"
    )
    assert counts(load("supplier-items", data, company=company)) == (1, 0, 0, 0)
    assert counts(load("supplier-items", data, company=company)) == (0, 0, 1, 0)
    assert counts(load("supplier-items", data.replace("45.5", "45"), company=company)) == (0, 1, 0, 0)
    row = SupplierItem.objects.get()
    assert (row.unit_label, row.unit_factor, row.order_minimum) == ("BOX", 12, 2)
    prices = SupplierPrice.objects.order_by("minimum_quantity").values_list(
        "minimum_quantity", "unit_price", "currency"
    )
    assert list(prices) == [(0, 48, "EUR"), (100, 45, "EUR")]
    assert ItemSite.objects.get().source_lead_time_days == 9


BILLS = """item,component,quantity,valid from,valid until,lead time
T-1,L-1,4,,,3
T-1,P-1,1.5,,2026-07-01,
T-1,P-1,1.25,2026-07-01,,
"""


def test_bills_of_materials_are_made_of_dated_lines(company: Company) -> None:
    load("items", ITEMS, company=company)
    assert counts(load("bills-of-materials", BILLS, company=company)) == (1, 0, 0, 0)
    assert counts(load("bills-of-materials", BILLS, company=company)) == (0, 0, 1, 0)
    assert counts(load("bills-of-materials", BILLS.replace("1.25", "1.2"), company=company)) == (0, 1, 0, 0)
    bill = BillOfMaterials.objects.get()
    assert (bill.item.sku, bill.company, bill.lead_time_days, bill.quantity) == ("T-1", company, 3, 1)
    lines = BillOfMaterialsLine.objects.order_by("line_no").values_list("line_no", "component__sku", "quantity_per")
    assert list(lines) == [(1, "L-1", 4), (2, "P-1", Decimal("1.5")), (3, "P-1", Decimal("1.2"))]


def test_a_circle_of_recipes_is_refused_by_the_row_that_closes_it(company: Company) -> None:
    load("items", ITEMS, company=company)
    load("bills-of-materials", BILLS, company=company)
    report = load("bills-of-materials", "item,component,quantity\nP-1,L-1,1\nL-1,T-1,1\n", company=company)
    (error,) = errors(report)
    assert error.startswith("row 3, component “T-1”: ")
    assert "would contain itself" in error
    assert BillOfMaterials.objects.count() == 1


def test_a_planner_imports_for_his_company_alone(company: Company) -> None:
    load("companies", "code\nOTHER\n")
    load("items", "sku\nX-1\n", company=Company.objects.get(code="OTHER"))
    user = get_user_model().objects.create_user("peeter")
    Membership.objects.create(user=user, company=company, role=Membership.Role.PLANNER)
    assert counts(load("items", ITEMS, company=company, actor=user)) == (3, 0, 0, 0)
    assert errors(load("items", "sku,name\nX-1,Mine\n", company=company, actor=user)) == [
        "X-1 belongs to another company."
    ]
    other = Company.objects.get(code="OTHER")
    assert errors(load("items", ITEMS, company=other, actor=user)) == ["Not found."]
    assert errors(load("item-sites", "item,site\nX-1,TLL\n", company=company, actor=user)) == [
        "row 2, item “X-1”: There is no item with this SKU."
    ]
