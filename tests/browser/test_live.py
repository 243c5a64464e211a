"""Figures follow what happens elsewhere, and leave alone what the reader is doing."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.api import Api
from tests.browser.conftest import Open

ITEM = "SHELF-OAK-100"


def figure(page: Page, item: str, column: str) -> int:
    """What stands in a row of a site's stock page under a head."""
    heads = page.locator("thead th").all_inner_texts()
    text = row(page, item).locator("td").nth([head.strip() for head in heads].index(column)).inner_text()
    return int(text.replace(",", "").replace("−", "-"))


def row(page: Page, item: str) -> Locator:
    return page.locator("[data-row]", has=page.get_by_role("link", name=item, exact=True))


def on_hand_of(page: Page) -> Locator:
    """The first figure of the item's row, which opens its drawer."""
    return row(page, ITEM).locator("[data-drawer]").first


def test_a_refresh_that_the_server_had_no_time_for_is_asked_again(api: Api, visit: Open) -> None:
    page = visit("kadri", allow="503")
    page.goto("/s/TLL/stock/?search=SHELF-OAK")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    before = figure(page, ITEM, "On hand")
    busy = [503, 503]

    def answer(route: Route) -> None:
        if busy and "x-live" in route.request.headers:
            route.fulfill(status=busy.pop(), body="")
        else:
            route.continue_()

    page.route("**/stock/**", answer)

    api.adjust("TLL", ITEM, "2")

    expect(on_hand_of(page)).to_have_text(str(before + 2))
    assert busy == []


def test_a_posting_in_one_window_changes_the_figure_in_the_other(api: Api, visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/TLL/stock/?search=SHELF-OAK")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    before = figure(page, ITEM, "On hand")
    search = page.locator("#search")
    search.press_sequentially("half a wo")
    page.evaluate("() => { window.isTheSamePage = true }")

    api.adjust("TLL", ITEM, "3")

    cell = row(page, ITEM).locator("td[data-flash]").first
    expect(cell).to_have_text(str(before + 3))
    expect(cell).to_have_class(re.compile(r"\bflash\b"))
    expect(search).to_have_value("half a wo")
    expect(search).to_be_focused()
    assert page.evaluate("() => window.isTheSamePage")


def test_so_do_the_drawer_and_the_page_beside_it(api: Api, visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/TLL/stock/?search=SHELF-OAK")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    before = figure(page, ITEM, "On hand")
    on_hand_of(page).click()
    on_hand = page.locator("#drawer .formula b").first
    expect(on_hand).to_have_text(str(before))

    api.adjust("TLL", ITEM, "-3")

    expect(on_hand).to_have_text(str(before - 3))
    expect(on_hand_of(page)).to_have_text(str(before - 3))


def test_two_windows_of_one_reader_share_a_stream(api: Api, visit: Open) -> None:
    first = visit("kadri")
    second = first.context.new_page()
    for page in (first, second):
        page.goto("/s/TLL/stock/?search=SHELF-OAK")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
    before = figure(first, ITEM, "On hand")

    api.adjust("TLL", ITEM, "1")

    second.bring_to_front()
    expect(on_hand_of(second)).to_have_text(str(before + 1))
    first.bring_to_front()
    expect(on_hand_of(first)).to_have_text(str(before + 1))


def test_back_shows_the_whole_page_after_a_refresh_in_the_background(api: Api, visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/TLL/stock/?search=SHELF-OAK")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    before = figure(page, ITEM, "On hand")
    api.adjust("TLL", ITEM, "1")
    expect(on_hand_of(page)).to_have_text(str(before + 1))

    page.goto("/s/TLL/transfers/")
    page.go_back()

    expect(page.locator("header.banner")).to_be_visible()
    assert page.evaluate("() => document.styleSheets.length") > 0
