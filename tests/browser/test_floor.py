"""An operator's day on a tablet, with and without a link."""

import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from floor.models import Device, FloorCommand
from floor.services import devices, operators
from inventory.models import Item, Lot, UnitOfMeasure
from inventory.services import items
from inventory.services.adjustments import AdjustmentLine, adjust
from production.drafts import BillDraft, BillLineDraft, OrderDraft
from production.models import Operation, Operator, Reason, Routing, Task, WorkCenter
from production.services import bills, manufacturing_orders
from sites.models import Site
from tests.browser import axe
from tests.browser.conftest import Open

TABLET = (1180, 820)
NO_LINK = r"ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch"
LARGEST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


@dataclass(frozen=True)
class Floor:
    """A work center with one task, the code of its tablet and its operator's badge."""

    task: Task
    code: str
    badge: str
    operator: Operator


@pytest.fixture
def floor(address: str) -> Floor:
    site, now, mark = Site.objects.get(code="TLL"), clock.now(), secrets.token_hex(3).upper()
    company, pcs = site.default_owner, UnitOfMeasure.objects.get(code="pcs")
    top, plank = (
        items.create(sku=f"{name}-{mark}", name=name.title(), unit=pcs, company=company, actor=None)
        for name in ("TOP", "PLANK")
    )
    saw = WorkCenter.objects.create(site=site, code=f"SAW-{mark}", name=f"Saw {mark}")
    person = Operator.objects.create(site=site, code=mark, name="Mart Kask", work_center=saw)
    for kind, name in (("pause", "lunch"), ("scrap", "worm hole")):
        Reason.objects.get_or_create(kind=kind, code=name, defaults={"name": name})
    task = _task(site, company, top, plank, saw, now)
    _, code = devices.create(site=site, name="Saw", work_center=saw, now=now, actor=None)
    return Floor(task, code, operators.give_badge(person.pk, actor=None)[1], person)


def _task(site: Site, company: Any, top: Item, plank: Item, saw: WorkCenter, now: Any) -> Task:
    lines = [BillLineDraft(component_id=plank.pk, quantity_per=2)]
    bills.create(BillDraft(item_id=top.pk, lines=lines, company_id=company.pk), now=now, actor=None)
    routing = Routing.objects.create(item=top, company=company)
    Operation.objects.create(
        routing=routing, number=10, name="Cut table tops", work_center=saw, run_time_minutes_per_unit=2
    )
    stock = [AdjustmentLine(item_id=plank.pk, quantity=Decimal(500), unit_cost=Decimal(2))]
    adjust(site_id=site.pk, reason="Opening", lines=stock, now=now, actor=None)
    draft = OrderDraft(item_id=top.pk, site_id=site.pk, company_id=company.pk, quantity=25)
    order = manufacturing_orders.create(draft, now=now, actor=None)
    return manufacturing_orders.release(order.pk, now=now, actor=None).tasks.get()


def enter(page: Page, floor: Floor) -> None:
    page.goto("/floor/")
    page.get_by_label("Code").fill(floor.code)
    page.get_by_role("button", name="Enroll").click()
    scan(page, floor.badge)
    expect(page.get_by_role("heading", name="Cut table tops")).to_be_visible()


def scan(page: Page, text: str) -> None:
    """As a scanner does: quick keys and Enter."""
    expect(page.locator("#scan")).to_be_visible()
    page.locator("#scan").fill(text)
    page.keyboard.press("Enter")


def sent(page: Page) -> None:
    expect(page.locator("#link")).to_contain_text("All sent")


def test_an_operator_does_a_task(visit: Open, floor: Floor) -> None:
    page = visit(None, size=TABLET)
    enter(page, floor)

    page.get_by_role("button", name="Start").click()
    for _ in range(2):
        page.get_by_role("button", name="1 good").click()
    page.get_by_role("button", name="Scrap…").click()
    page.get_by_label("worm hole").check()
    page.get_by_role("button", name="Report scrap").click()
    expect(page.locator("#scrapped")).to_have_text("1")
    page.get_by_role("button", name="Undo last").click()
    expect(page.locator("#scrapped")).to_have_text("0")
    expect(page.locator("#good")).to_have_text("2 of 25")
    sent(page)

    floor.task.refresh_from_db()
    assert (floor.task.state, floor.task.good_quantity, floor.task.scrapped_quantity) == ("running", 2, 0)
    page.get_by_role("button", name="Finish task").click()
    expect(page.get_by_role("button", name="Finish task")).to_be_disabled()
    sent(page)
    floor.task.refresh_from_db()
    assert floor.task.state == "done"


def test_nothing_is_lost_without_a_link(visit: Open, floor: Floor) -> None:
    page = visit(None, size=TABLET, allow=NO_LINK)
    enter(page, floor)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="1 good")).to_be_visible()
    sent(page)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)

    for _ in range(3):
        page.get_by_role("button", name="1 good").click()
    expect(page.locator("#link")).to_contain_text("Offline. 3 waiting to sync")
    expect(page.locator("#link")).to_contain_text("nothing is lost")
    page.reload()
    expect(page.locator("#good")).to_have_text("3 of 25")
    page.locator("#person").click()
    scan(page, floor.badge)
    page.get_by_role("button", name="1 good").click()
    expect(page.locator("#link")).to_contain_text("4 waiting to sync")
    floor.task.refresh_from_db()
    assert floor.task.good_quantity == 0

    page.context.set_offline(False)
    sent(page)
    floor.task.refresh_from_db()
    assert floor.task.good_quantity == 4
    assert FloorCommand.objects.filter(task=floor.task, operator=floor.operator).count() == 5


def test_a_refusal_is_told_and_kept(visit: Open, floor: Floor) -> None:
    page = visit(None, size=TABLET)
    enter(page, floor)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Good…").click()
    page.get_by_label("How many").fill("5000")
    page.get_by_role("button", name="Report").click()

    expect(page.locator("#said")).to_contain_text("Kept for the supervisor")
    expect(page.locator("#good")).to_have_text("0 of 25")
    assert FloorCommand.objects.get(task=floor.task, state="conflict").payload == {"good": "5000"}


def test_the_last_operation_names_the_lot_of_its_good_ones(visit: Open, floor: Floor) -> None:
    Item.objects.filter(pk=floor.task.order.item_id).update(tracking="lot")
    page = visit(None, size=TABLET)
    enter(page, floor)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="1 good").click()
    page.get_by_label("Lot", exact=True).fill("T-2026-11")
    page.get_by_role("button", name="Report").click()
    expect(page.locator("#good")).to_have_text("1 of 25")
    sent(page)
    assert Lot.objects.get(number="T-2026-11").item_id == floor.task.order.item_id


def test_each_good_one_has_its_serial_number(visit: Open, floor: Floor) -> None:
    Item.objects.filter(pk=floor.task.order.item_id).update(tracking="serial")
    page = visit(None, size=TABLET)
    enter(page, floor)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Good…").click()
    page.get_by_label("How many").fill("2")
    page.get_by_label("Serial numbers, one a line").fill("S-1\nS-2")
    assert axe.violations(page) == []
    page.get_by_role("button", name="Report").click()
    expect(page.locator("#good")).to_have_text("2 of 25")
    sent(page)
    assert Lot.objects.filter(number__in=["S-1", "S-2"]).count() == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_screen_passes_axe(visit: Open, floor: Floor, theme: Any) -> None:
    page = visit(None, size=TABLET, color_scheme=theme)
    page.goto("/floor/")
    assert axe.violations(page) == []
    page.get_by_label("Code").fill(floor.code)
    page.get_by_role("button", name="Enroll").click()
    expect(page.get_by_role("heading", name="Who is working?")).to_be_visible()
    assert axe.violations(page) == []
    scan(page, floor.badge)
    page.get_by_role("button", name="Start").click()
    sent(page)
    assert axe.violations(page) == []
    page.get_by_role("button", name="Pause…").click()
    assert axe.violations(page) == []


def test_targets_are_large(visit: Open, floor: Floor) -> None:
    page = visit(None, size=TABLET)
    enter(page, floor)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input")].filter((one) => one.checkVisibility())
        .map((one) => [one.textContent || one.id, one.getBoundingClientRect().height])
        .filter(([, height]) => height < 48)"""
    )
    assert small == []


def test_the_first_page_is_light_and_quick(visit: Open, floor: Floor) -> None:
    page = visit(None, size=TABLET)
    enter(page, floor)
    token = page.context.cookies()
    fresh = visit(None, size=TABLET)
    fresh.context.add_cookies(token)
    received: list[float] = []
    devtools = fresh.context.new_cdp_session(fresh)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    fresh.goto("/floor/")
    expect(fresh.get_by_role("heading", name="Who is working?")).to_be_visible()
    paint = fresh.evaluate(LARGEST_PAINT)
    print(f"floor: {sum(received) / 1000:.1f} KB, {paint:.0f} ms")
    assert 10_000 < sum(received) <= 100_000
    assert paint < 1000


def test_a_revoked_tablet_says_so(visit: Open, floor: Floor) -> None:
    page = visit(None, size=TABLET, allow=NO_LINK)
    enter(page, floor)
    devices.revoke(Device.objects.get(work_center=floor.task.work_center).pk, now=clock.now(), actor=None)
    page.locator("#link").click()

    expect(page.get_by_role("alert")).to_contain_text("revoked")
