"""Who gets the stock: the ranked list, by hand, by keys and by number, and back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

ROWS = "[data-row][data-rank-url]"


def names(page: Page, most: int = 6) -> list[str]:
    return page.locator(ROWS).evaluate_all(f"(rows) => rows.slice(0, {most}).map((row) => row.dataset.name)")


@pytest.fixture
def page(visit: Open) -> Page:
    opened = visit("kadri")
    opened.goto("/s/all/orders/")
    expect(opened.locator(ROWS).nth(5)).to_be_visible()
    return opened


def expect_order(page: Page, *wanted: str) -> None:
    for place, name in enumerate(wanted):
        expect(page.locator(ROWS).nth(place)).to_have_attribute("data-name", name)


def undo(page: Page) -> None:
    """The strip tells what changed, and the toast takes it back."""
    expect(page.locator("#change")).to_be_visible()
    page.locator("[data-toast]").get_by_role("button", name="Undo").click()


def test_a_drag_moves_an_order_and_undo_puts_it_back(page: Page) -> None:
    before = names(page)
    fifth, second = page.locator(ROWS).nth(4), page.locator(ROWS).nth(1)
    handle, target = fifth.locator("[data-rank-handle]").bounding_box(), second.bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(target["x"] + 100, target["y"] + target["height"] / 2, steps=12)
    page.mouse.up()

    expect_order(page, before[0], before[4], before[1], before[2], before[3])
    undo(page)
    expect_order(page, *before)


def test_so_do_alt_and_the_arrow(page: Page) -> None:
    before = names(page)
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Alt+ArrowUp")

    expect_order(page, before[0], before[2], before[1])
    undo(page)
    expect_order(page, *before)


def test_so_does_a_number_in_the_dialog(page: Page) -> None:
    before = names(page)
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.get_by_role("dialog", name="Move to rank").get_by_role("spinbutton").fill("3")
    page.keyboard.press("Enter")

    expect_order(page, before[1], before[2], before[0])
    undo(page)
    expect_order(page, *before)


def test_escape_drops_a_drag(page: Page) -> None:
    before = names(page)
    handle = page.locator(ROWS).nth(3).locator("[data-rank-handle]").bounding_box()
    assert handle
    page.mouse.move(handle["x"] + 4, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(handle["x"] + 4, handle["y"] - 60, steps=6)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert names(page) == before
