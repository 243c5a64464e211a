"""Without scripts the pages are plain links and forms, and all of the work can be done."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_pages import LISTS


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_its_rows(path: str, visit: Open) -> None:
    page = visit("kadri", java_script_enabled=False)
    page.goto(f"/s/all/{path}")
    link = page.locator("[data-row] [data-open]").first
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("h1")).not_to_have_text("There is nothing here")


def test_a_list_filters_and_sorts(visit: Open) -> None:
    page = visit("kadri", java_script_enabled=False)
    page.goto("/s/TLL/stock/")
    page.locator("#page-head summary", has_text="Search").click()
    page.locator("#page-head [name=search]").fill("SHELF-OAK")
    page.locator("#page-head [name=search]").press("Enter")
    expect(page.locator("[data-row]").first).to_contain_text("SHELF-OAK")
    page.get_by_role("link", name="Item", exact=True).click()
    expect(page).to_have_url(re.compile("sort=-sku"))


def test_a_number_leads_to_its_rows(visit: Open) -> None:
    page = visit("kadri", java_script_enabled=False)
    page.goto("/s/CHI/stock/?search=TABLE-OAK-160")
    page.locator("[data-row] [data-drawer]").first.click()
    expect(page).to_have_url(re.compile("/explain/"))
    expect(page.locator("#drawer-content")).to_contain_text("Chicago assembly")


def test_a_form_posts(visit: Open) -> None:
    page = visit("kadri", java_script_enabled=False)
    page.goto("/s/TLL/adjustments/new/")
    page.get_by_label("Reason").fill("Found behind the saw")
    page.locator("[name=lines-0-item]").fill("SHELF-OAK-120")
    page.locator("[name=lines-0-quantity]").fill("1")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("[data-toast]")).to_contain_text("is posted")
