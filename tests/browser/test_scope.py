"""Who sees what, on every page that the product has."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import begin
from tests.browser.test_pages import PAGES

# Words that mean nothing to a company with one site.
LARGE = ("owner", "owned by", "company", "companies", "lane", "transfer")
# Pages between sites and companies, to which nothing leads there.
BETWEEN = ("transfers/", "at-partners/")


def _content(page: Page, url: str) -> str:
    page.goto(url)
    return page.content()


def _words(page: Page, url: str) -> str:
    """What a reader sees there, in lower case."""
    page.goto(url)
    return page.locator("body").inner_text().lower()


@pytest.mark.parametrize("name", ["mart", "jonas"])
def test_an_operator_sees_no_prices(name: str, visit: Open) -> None:
    page = visit(name, allow="404|403")
    assert [path for path in PAGES if "€" in _content(page, f"/s/all/{path}")] == []


@pytest.mark.parametrize(("name", "his", "others"), [("mart", "TLL", "CHI"), ("liga", "RIX", "CHI")])
def test_other_sites_are_not_there(name: str, his: str, others: str, visit: Open) -> None:
    page = visit(name, allow="404")
    assert page.request.get(f"/s/{others}/stock/").status == 404
    assert page.request.get(f"/s/{his}/stock/").ok
    page.goto(f"/s/{his}/stock/")
    expect(page.locator("summary.switch")).to_have_count(0)


def test_a_contract_manufacturer_sees_no_stock_of_the_others(visit: Open) -> None:
    page = visit("liga")
    page.goto("/s/all/stock/")
    expect(page.locator("[data-row]").first).to_be_visible()
    assert "TABLE-OAK-200" not in page.content()


def test_with_one_site_the_words_of_many_do_not_appear(visit: Open) -> None:
    beginner = begin()
    page = visit(beginner.user.get_username(), allow="404")
    pages = [path for path in PAGES if not path.startswith(BETWEEN)]
    said = {path: _words(page, f"/s/{beginner.site}/{path}") for path in pages}
    assert {path: found for path, text in said.items() if (found := [word for word in LARGE if word in text])} == {}


def test_a_new_company_is_told_what_to_do_first(visit: Open) -> None:
    beginner = begin()
    page = visit(beginner.user.get_username())
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Network")
    page.locator("#side").get_by_role("link", name="Stock").click()
    expect(page.locator("#content")).to_contain_text("No stock here yet")
    page.locator("#content").get_by_role("link", name="Adjustment").click()
    expect(page.locator("h1")).to_contain_text("djustment")
