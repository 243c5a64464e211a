"""The admin: staff only, every page answers, masters go through their services, ledgers are only read."""

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from core.adminbase import ReadOnlyAdmin, ServiceAdmin
from core.models import Event
from inventory.models import Item, ItemSite, Location, Lot, StockMove
from inventory.services import adjustments, item_sites, items, lots
from production.models import BillOfMaterials
from purchasing.models import SupplierItem
from purchasing.services import supplier_items, suppliers
from purchasing.services.supplier_items import PriceDraft
from sites.models import Calendar, CalendarDay, Company, Membership, Site
from sites.services import calendars
from tests.cast import Cast
from tests.security.forms import form_of

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in MODELS if isinstance(admin.site._registry[model], ReadOnlyAdmin | ServiceAdmin)]
READ_ONLY = [model for model in OURS if isinstance(admin.site._registry[model], ReadOnlyAdmin)]
WRITTEN = [model for model in OURS if isinstance(admin.site._registry[model], ServiceAdmin)]
# Parts of other rows, shown with them; and what nobody has to look at.
PARTS = {
    "core.IdempotencyKey",
    "core.RunLine",
    "inventory.ItemCode",
    "inventory.ItemCompany",
    "inventory.ItemUnit",
    "inventory.StockCountLine",
    "inventory.TransferLine",
    "production.BillOfMaterialsLine",
    "production.BillOfMaterialsSubstitute",
    "production.Operation",
    "production.OperationAlternative",
    "production.OperationInstruction",
    "production.ManufacturingOrderComponent",
    "purchasing.PurchaseOrderLine",
    "purchasing.ReceiptLine",
    "purchasing.SupplierPrice",
    "sales.SalesOrderLine",
    "sales.ShipmentLine",
    "sites.CalendarDay",
    "sites.CalendarException",
    "sites.CalendarShift",
}
APPS = ("core", "sites", "inventory", "sales", "purchasing", "production", "integrations")


def label(model: Any) -> str:
    return model._meta.label


def page(model: Any, what: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


def as_staff(user: Any) -> Any:
    """The same with every permission of the admin: what is refused then, a service has refused."""
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    """The installation's administrator."""
    client.force_login(cast.admin)
    return client


@pytest.fixture
def moved(cast: Cast) -> StockMove:
    """A move, with the posting, balance, pool and entry that come with it."""
    adjustments.adjust(
        site_id=cast.tll.pk,
        owner_id=None,
        reason="opening",
        lines=[adjustments.AdjustmentLine(item_id=cast.leg.pk, quantity=Decimal(5))],
        effective_at=None,
        now=cast.now,
        actor=None,
    )
    return StockMove.objects.get()


def test_every_model_is_in_the_admin() -> None:
    known = {label(model) for model in MODELS} | PARTS
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]

    assert {label(model) for model in models} - known == set()


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_list_answers(staff: Client, moved: StockMove, model: Any) -> None:
    assert staff.get(page(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", WRITTEN, ids=label)
def test_every_add_page_answers(staff: Client, model: Any) -> None:
    assert staff.get(page(model, "add")).status_code == 200


@pytest.mark.parametrize("model", WRITTEN, ids=label)
def test_every_master_opens_and_is_never_deleted(staff: Client, model: Any) -> None:
    row = model._default_manager.order_by("pk").first()
    if row is None:
        assert staff.get(f"{page(model, 'changelist')}?q=x").status_code == 200
        return
    assert staff.get(page(model, "change", row.pk)).status_code == 200
    allowed = 200 if model is Membership else 403
    assert staff.get(page(model, "delete", row.pk)).status_code == allowed


@pytest.mark.parametrize("model", READ_ONLY, ids=label)
def test_what_others_write_is_only_read(staff: Client, moved: StockMove, model: Any) -> None:
    before = list(model._default_manager.order_by("pk").values())

    assert staff.get(page(model, "add")).status_code == 403
    assert staff.post(page(model, "add"), {}).status_code == 403
    bulk = staff.post(page(model, "changelist"), {"action": "delete_selected", "_selected_action": ["1"]})
    assert bulk.status_code in {302, 403}
    row = model._default_manager.order_by("pk").first()
    pk = row.pk if row else 1
    if row:
        assert staff.get(page(model, "change", pk)).status_code == 200
        assert staff.post(page(model, "change", pk), {}).status_code == 403
        assert staff.post(page(model, "delete", pk), {"post": "yes"}).status_code == 403
    assert list(model._default_manager.order_by("pk").values()) == before


@pytest.mark.parametrize("model", OURS, ids=label)
def test_who_is_no_staff_is_sent_to_sign_in(cast: Cast, client: Client, model: Any) -> None:
    client.force_login(cast.planner)

    answer = client.get(page(model, "changelist"))
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


@pytest.mark.parametrize("model", [StockMove, Item, Site, Company], ids=label)
def test_staff_see_no_more_than_their_companies(cast: Cast, client: Client, moved: StockMove, model: Any) -> None:
    cast.outsider.is_staff = True
    cast.outsider.save(update_fields=["is_staff"])
    cast.outsider.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(cast.outsider)

    content = client.get(page(model, "changelist")).content.decode()
    assert "LEG" not in content
    assert "NORDWOOD" not in content


def test_a_list_of_moves_costs_the_same_for_any_number(
    cast: Cast, staff: Client, moved: StockMove, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        adjustments.adjust(
            site_id=cast.tll.pk,
            owner_id=None,
            reason="more",
            lines=[adjustments.AdjustmentLine(item_id=cast.leg.pk, quantity=Decimal(1))],
            effective_at=None,
            now=cast.now,
            actor=None,
        )
    with django_assert_max_num_queries(6):
        staff.get(page(StockMove, "changelist"))


def test_it_has_a_content_policy_of_its_own(staff: Client) -> None:
    policies = {
        address: dict(part.split(" ", 1) for part in staff.get(address)["Content-Security-Policy"].split("; "))
        for address in ("/admin/", "/s/all/stock/")
    }

    assert policies["/admin/"]["script-src"] == "'self' 'unsafe-eval'"
    assert policies["/s/all/stock/"]["script-src"] == "'self'"
    assert policies["/admin/"]["default-src"] == "'self'"


def test_an_edit_is_a_service_call_with_a_version(cast: Cast, staff: Client) -> None:
    url = page(Site, "change", cast.tll.pk)
    sent = {**form_of(staff.get(url)), "city": "Tallinn"}

    assert staff.post(url, sent).status_code == 302
    site = Site.objects.get(pk=cast.tll.pk)
    assert (site.city, site.version) == ("Tallinn", 2)
    assert Event.objects.filter(kind="site.changed").exists()
    stale = staff.post(url, {**sent, "city": "Tartu"})
    assert stale.status_code == 200
    assert "Somebody changed this meanwhile" in stale.content.decode()
    assert Site.objects.get(pk=cast.tll.pk).city == "Tallinn"


def test_a_refusal_stands_at_its_field(cast: Cast, staff: Client) -> None:
    url = page(Site, "change", cast.tll.pk)
    answer = staff.post(url, {**form_of(staff.get(url)), "time_zone": "Mars/Base"})

    assert answer.status_code == 200
    assert "time_zone" in answer.context["adminform"].form.errors
    assert Site.objects.get(pk=cast.tll.pk).version == 1


def test_a_new_item_comes_by_its_service(cast: Cast, staff: Client) -> None:
    sent = {**form_of(staff.get(page(Item, "add"))), "sku": "SCREW", "name": "Screw", "unit": cast.pcs.pk}
    sent |= {"tracking": "none", "options": "{}"}

    assert staff.post(page(Item, "add"), sent).status_code == 302
    assert Item.objects.get(sku="SCREW").name == "Screw"


def test_an_inline_that_is_refused_undoes_the_head(cast: Cast, staff: Client) -> None:
    url = page(Item, "change", cast.leg.pk)
    sent = form_of(staff.get(url))
    sent |= {"name": "New name", "units-TOTAL_FORMS": 1, "units-0-unit": cast.m.pk, "units-0-factor": "nonsense"}

    assert staff.post(url, sent).status_code == 200
    leg = Item.objects.get(pk=cast.leg.pk)
    assert (leg.name, leg.version) == ("Table leg", 1)


def test_an_inline_raises_the_version(cast: Cast, staff: Client) -> None:
    url = page(Item, "change", cast.leg.pk)
    sent = form_of(staff.get(url)) | {"units-TOTAL_FORMS": 1, "units-0-unit": cast.m.pk, "units-0-factor": "0.7"}

    assert staff.post(url, sent).status_code == 302
    leg = Item.objects.get(pk=cast.leg.pk)
    assert (leg.units.get().factor, leg.version) == (Decimal("0.7"), 2)


def test_an_inline_of_a_version_that_is_gone_is_refused(cast: Cast, staff: Client) -> None:
    url = page(Item, "change", cast.leg.pk)
    sent = form_of(staff.get(url)) | {"units-TOTAL_FORMS": 1, "units-0-unit": cast.m.pk, "units-0-factor": "0.7"}
    items.edit(cast.leg, units={cast.m: Decimal("0.5")}, actor=None)

    answer = staff.post(url, sent)

    assert answer.status_code == 200
    assert "Somebody changed this meanwhile" in answer.content.decode()
    leg = Item.objects.get(pk=cast.leg.pk)
    assert (leg.units.get().factor, leg.version) == (Decimal("0.5"), 2)


def test_inlines_go_and_come_by_the_service(cast: Cast, staff: Client) -> None:
    items.edit(cast.leg, units={cast.m: Decimal("0.5")}, company=cast.maker, codes=["OLD"], actor=None)
    url = page(Item, "change", cast.leg.pk)
    sent = form_of(staff.get(url)) | {"units-0-DELETE": "on", "codes-0-code": "NEW"}
    sent |= {"companies-TOTAL_FORMS": 2, "companies-1-company": cast.lakk.pk, "companies-1-list_price": "7"}
    known = set(Event.objects.values_list("pk", flat=True))

    assert staff.post(url, sent).status_code == 302

    leg = Item.objects.get(pk=cast.leg.pk)
    assert list(leg.units.all()) == []
    assert [code.code for code in leg.codes.all()] == ["NEW"]
    assert leg.companies.get(company=cast.lakk).list_price == 7
    assert set(Event.objects.exclude(pk__in=known).values_list("kind", flat=True)) == {"item.changed"}


def test_staff_without_the_role_change_no_inline(cast: Cast, client: Client) -> None:
    client.force_login(as_staff(cast.viewer))
    url = page(Item, "change", cast.leg.pk)
    sent = form_of(client.get(url)) | {"units-TOTAL_FORMS": 1, "units-0-unit": cast.m.pk, "units-0-factor": "0.7"}

    answer = client.post(url, sent)

    assert answer.status_code == 200
    assert "You may see LEG, but not change it." in answer.content.decode()
    leg = Item.objects.get(pk=cast.leg.pk)
    assert (leg.units.count(), leg.version) == (0, 1)


def test_a_price_break_is_written_and_taken_away_by_its_service(cast: Cast, staff: Client) -> None:
    oak = suppliers.create(company=cast.maker, code="OAK", name="Oak", actor=None)
    row = supplier_items.create(supplier=oak, item=cast.plank, prices=[PriceDraft(unit_price=4)], actor=None)
    url = page(SupplierItem, "change", row.pk)
    sent = form_of(staff.get(url)) | {"prices-0-DELETE": "on", "prices-TOTAL_FORMS": 2}
    sent |= {"prices-1-minimum_quantity": "100", "prices-1-unit_price": "3", "prices-1-currency": "EUR"}

    assert staff.post(url, sent).status_code == 302

    (price,) = row.prices.all()
    assert (price.minimum_quantity, price.unit_price, price.company) == (100, 3, cast.maker)
    assert Event.objects.filter(kind="supplier_item.changed").exists()


def test_what_a_popup_has_made_stays(cast: Cast, staff: Client) -> None:
    sent = form_of(staff.get(f"{page(Company, 'add')}?_popup=1")) | {"code": "NEW", "name": "New", "_popup": "1"}

    assert staff.post(page(Company, "add"), sent).status_code == 200
    assert Company.objects.filter(code="NEW").exists()


def test_a_shared_calendar_is_refused_to_who_may_not_change_it(cast: Cast, client: Client) -> None:
    calendar = calendars.create(code="ALL", company=None, now=cast.now, actor=None)
    client.force_login(as_staff(cast.administrator))
    url = page(Calendar, "change", calendar.pk)
    sent = form_of(client.get(url)) | {"exceptions-TOTAL_FORMS": 1, "exceptions-0-on_date": "2026-12-24"}

    answer = client.post(url, sent)

    assert answer.status_code == 200
    assert "You may see this, but not change it." in answer.content.decode()
    assert calendar.exceptions.count() == 0


def test_a_shift_that_is_taken_away_frees_its_day(cast: Cast, staff: Client) -> None:
    calendar = calendars.create(code="EE", company=cast.maker, now=cast.now, actor=None)
    url = page(Calendar, "change", calendar.pk)

    assert staff.post(url, form_of(staff.get(url)) | {"shifts-0-DELETE": "on"}).status_code == 302

    assert [shift.weekday for shift in calendar.shifts.order_by("weekday")] == [1, 2, 3, 4]
    assert not CalendarDay.objects.get(calendar=calendar, on_date="2026-11-23").is_working


def test_a_calendar_follows_its_inlines(cast: Cast, staff: Client) -> None:
    assert staff.post(page(Calendar, "add"), {"code": "EE", "name": "Estonia"}).status_code == 302
    calendar = Calendar.objects.get(code="EE")
    url = page(Calendar, "change", calendar.pk)
    sent = form_of(staff.get(url)) | {"exceptions-TOTAL_FORMS": 1, "exceptions-0-on_date": "2026-12-24"}

    assert staff.post(url, sent).status_code == 302
    assert not CalendarDay.objects.get(calendar=calendar, on_date="2026-12-24").is_working


def test_archiving_many_says_what_was_refused(cast: Cast, staff: Client) -> None:
    place = Location.objects.create(site=cast.tll, code="EMPTY")
    sent = {"action": "archive_selected", "_selected_action": [place.pk]}

    staff.post(page(Location, "changelist"), sent)
    assert Location.objects.get(pk=place.pk).archived_at
    answer = staff.post(page(Company, "changelist"), {**sent, "_selected_action": [cast.maker.pk]}, follow=True)
    assert "still operates CHI, TLL" in answer.content.decode()
    assert not Company.objects.get(pk=cast.maker.pk).archived_at


def test_safety_stock_and_holds_go_their_way(cast: Cast, staff: Client) -> None:
    row = item_sites.put(item=cast.leg, site=cast.tll, company=cast.maker, actor=None)
    url = page(ItemSite, "change", row.pk)
    assert staff.post(url, form_of(staff.get(url)) | {"safety_stock": "4"}).status_code == 302
    assert Event.objects.filter(kind="item_site.changed").count() == 2

    paint = items.create(sku="PAINT", unit=cast.pcs, company=cast.maker, tracking="lot", actor=None)
    lot = lots.create(item=paint, number="L-1", issuer=cast.maker, actor=None)
    url = page(Lot, "change", lot.pk)
    sent = form_of(staff.get(url)) | {"state": "held", "state_reason": "Failed viscosity"}
    assert staff.post(url, sent).status_code == 302
    assert Event.objects.filter(kind="lot.held").exists()


def test_a_recipe_is_written_as_a_whole(cast: Cast, staff: Client) -> None:
    sent = form_of(staff.get(page(BillOfMaterials, "add"))) | {"item": cast.table.pk, "company": cast.maker.pk}
    sent |= {"lines-TOTAL_FORMS": 1, "lines-0-line_no": 1, "lines-0-component": cast.leg.pk}
    sent |= {"lines-0-quantity_per": "4", "lines-0-fixed_quantity": "0", "lines-0-scrap_factor": "0"}

    cyclic = staff.post(page(BillOfMaterials, "add"), sent | {"lines-0-component": cast.table.pk})
    assert cyclic.status_code == 200
    assert not BillOfMaterials.objects.exists()
    assert staff.post(page(BillOfMaterials, "add"), sent).status_code == 302
    bill = BillOfMaterials.objects.get()
    assert bill.lines.get().quantity_per == 4
    url = page(BillOfMaterials, "change", bill.pk)
    sent = form_of(staff.get(url)) | {"lines-0-quantity_per": "5"}
    assert staff.post(url, sent).status_code == 302
    assert bill.lines.get().quantity_per == 5


def test_a_membership_is_taken_away_by_its_service(cast: Cast, staff: Client) -> None:
    membership = Membership.objects.get(user=cast.viewer)

    assert staff.post(page(Membership, "delete", membership.pk), {"post": "yes"}).status_code == 302
    assert Event.objects.filter(kind="membership.revoked").exists()
