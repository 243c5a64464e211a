"""Every page that the product has: it answers, anybody can use it, and it fits where it is shown."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.api import Api
from tests.browser.conftest import NARROW, Open
from tests.browser.pages import addresses

ADDRESSES = addresses()
FILES = [path for path in ADDRESSES if path.endswith("export/")]
# Sales orders stand in the one ranked list.
PAGES = [path for path in ADDRESSES if path not in FILES and path != "sales-orders/"]
# Lists that have no row in the demo yet.
EMPTY = {"floor-conflicts/", "floor-devices/", "quality-checks/", "quality-plans/"}
NO_LISTS = {"network/", "search/", "tasks/"}
LISTS = [path for path in PAGES if path.count("/") == 1 and path not in NO_LISTS | EMPTY]
OTHERS = ["/login/", "/styleguide/", "/settings/dead-letters/", "/api/v1/docs/"]
# What the theme can change; all else was seen in light.
COLORS = ("color-contrast", "link-in-text-block")
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Tables that reach out of the pane or list they stand in, over whatever is beside it.
REACHING = """() => [...document.querySelectorAll("main table")].filter((table) => {
  const place = table.closest(".panes > *, .scroll, .drawer-content");
  return place && table.getBoundingClientRect().right > place.getBoundingClientRect().right + 1;
}).map((table) => table.innerText.slice(0, 60))"""
USE_THEME = "(theme) => { document.documentElement.dataset.theme = theme }"


def _look(page: Page, url: str, status: int = 200) -> None:
    """Every check that one load of a page allows."""
    response = page.goto(url)
    assert response is not None
    assert (response.status, urlsplit(page.url).path) == (status, url.partition("?")[0])
    assert page.evaluate(REACHING) == []
    page.evaluate(USE_THEME, "light")
    assert axe.violations(page) == []
    page.evaluate(USE_THEME, "dark")
    assert axe.violations(page, *COLORS) == []
    width, height = NARROW
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate(OVERFLOW) == 0
    assert axe.violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_open_to_everybody(path: str, visit: Open) -> None:
    _look(visit("kadri"), f"/s/all/{path}")


@pytest.mark.parametrize("path", ["network/", "stock/"])
def test_so_is_the_page_of_a_site(path: str, visit: Open) -> None:
    _look(visit("kadri"), f"/s/CHI/{path}")


@pytest.mark.parametrize("path", LISTS)
def test_the_first_row_of_a_list_leads_to_a_page_that_is_open_too(path: str, visit: Open) -> None:
    page = visit("kadri")
    page.goto(f"/s/all/{path}")
    href = page.locator("[data-row] [data-open]").first.get_attribute("href")
    assert href
    _look(page, href)


def test_an_item_at_a_site_is_open_with_its_chart(api: Api, visit: Open) -> None:
    item = api.get("items/?sku=TABLE-OAK-160")["results"][0]["id"]
    _look(visit("kadri"), f"/s/CHI/stock/{item}/")


@pytest.mark.parametrize("path", OTHERS)
def test_pages_without_a_site_are_open_as_well(path: str, visit: Open) -> None:
    _look(visit(None if path == "/login/" else "admin"), path)


def test_a_page_that_is_not_there_says_so(visit: Open) -> None:
    _look(visit("kadri", allow="404"), "/s/all/nowhere/", status=404)


@pytest.mark.parametrize("path", FILES)
def test_a_list_can_be_taken_away_as_a_file(path: str, visit: Open) -> None:
    page = visit("kadri")
    answer = page.request.get(f"/s/all/{path}")
    assert answer.ok
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text().count("\n") > 1
