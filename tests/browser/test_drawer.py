"""A number opens the rows whose sum it is."""

from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open

ITEM = "TABLE-OAK-160"


def number(text: str) -> Decimal:
    return Decimal(text.strip().replace(",", "").replace("−", "-"))


def figures(page: Page) -> list[Decimal]:
    """On hand, committed and available of the formula."""
    return [number(text) for text in page.locator("#drawer .formula").first.locator("b").all_inner_texts()]


def total(section: Locator) -> Decimal:
    """The sum of the last column of a section's rows."""
    return sum((number(text) for text in section.locator("tbody td:last-child").all_inner_texts()), Decimal(0))


def opened(page: Page) -> Locator:
    page.goto(f"/s/CHI/stock/?search={ITEM}")
    link = page.locator("[data-row] [data-drawer]").first
    link.click()
    expect(page.locator("#drawer-content")).to_be_visible()
    return link


def test_the_rows_add_up_to_the_numbers(visit: Open) -> None:
    page = visit("kadri")
    link = opened(page)

    on_hand, committed, available = figures(page)
    sections = page.locator("#drawer section")
    stands, asked, comes = (sections.nth(index) for index in range(3))
    assert number(link.inner_text()) == on_hand == total(stands)
    assert committed == total(asked)
    assert available == on_hand - committed
    assert number(comes.locator(".line b").last.inner_text()) == total(comes)


def test_over_all_sites_the_sites_add_up(visit: Open) -> None:
    page = visit("kadri")
    page.goto(f"/s/all/stock/?search={ITEM}")
    page.locator("[data-row] [data-drawer]").first.click()
    expect(page.locator("#drawer-content")).to_be_visible()

    rows = page.locator("#drawer section").first.locator("tbody tr")
    on_hand = sum((number(text) for text in rows.locator("td:nth-child(2)").all_inner_texts()), Decimal(0))
    assert rows.count() > 1
    assert figures(page)[0] == on_hand


def test_escape_closes_it_and_the_focus_returns(visit: Open) -> None:
    page = visit("kadri")
    link = opened(page)
    expect(page.locator("#drawer")).to_be_focused()
    assert "explain=" in page.url

    page.keyboard.press("Escape")

    expect(page.locator("#drawer")).to_be_hidden()
    expect(link).to_be_focused()
    assert "explain=" not in page.url


def test_the_address_opens_it_again(visit: Open) -> None:
    page = visit("kadri")
    opened(page)
    shown = figures(page)

    page.reload()

    expect(page.locator("#drawer-content")).to_be_visible()
    assert figures(page) == shown


@pytest.mark.parametrize("place", range(6))
def test_each_figure_of_the_first_page_opens_its_rows(place: int, visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/all/network/")
    page.locator("#page-head [data-drawer]").nth(place).click()
    expect(page.locator("#drawer-content")).to_be_visible()
    assert page.locator("#drawer-content tbody tr").count() > 0
