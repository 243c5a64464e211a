"""The admin in a browser: its pages work under their content policy, without an error in the console."""

import pytest
from playwright.sync_api import expect

from inventory.models import Item, ItemCategory
from sites.models import Calendar
from tests.browser.conftest import Open


@pytest.mark.parametrize(
    "path", ["", "inventory/item/", "inventory/stockmove/", "inventory/item/add/", "sites/company/"]
)
def test_a_page_of_the_admin_works(path: str, visit: Open) -> None:
    page = visit("admin")
    answer = page.goto(f"/admin/{path}")
    assert answer
    assert (answer.status, "unsafe-eval" in answer.headers["content-security-policy"]) == (200, True)
    page.wait_for_load_state("networkidle")


def test_a_new_category_comes_back_from_its_popup(visit: Open) -> None:
    page = visit("admin")
    page.goto("/admin/inventory/item/add/")
    with page.expect_popup() as opened:
        # It stands in a menu that a click elsewhere opens; the link is what matters here.
        page.locator("#add_id_category").dispatch_event("click")
    popup = opened.value
    popup.locator("[name=name]").fill("Popped up")
    popup.locator("[name=_save]").first.click()

    expect(page.locator("#id_category option:checked")).to_have_text("Popped up")
    assert ItemCategory.objects.filter(name="Popped up").exists()
    ItemCategory.objects.filter(name="Popped up").delete()


def test_a_row_of_an_inline_is_added_by_its_script(visit: Open) -> None:
    page = visit("admin")
    page.goto(f"/admin/inventory/item/{Item.objects.latest('pk').pk}/change/")
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Item units").first.click()
    fields = page.locator("#units-group [name$=-factor]:visible")
    count = fields.count()
    page.get_by_text("Add another Item unit").click()

    expect(fields).to_have_count(count + 1)


def test_a_calendar_opens_with_its_shifts(visit: Open) -> None:
    page = visit("admin")
    page.goto(f"/admin/sites/calendar/{Calendar.objects.order_by('pk')[0].pk}/change/")
    page.wait_for_load_state("networkidle")

    expect(page.locator("[name=shifts-0-weekday]")).to_have_count(1)
