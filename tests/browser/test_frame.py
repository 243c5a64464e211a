"""What every page has around it: keys, theme, row height, site switcher, clock."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Open

BACKGROUND = "() => getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(15, 19, 24)"


def test_a_beginner_finds_the_way_in_and_out(visit: Open) -> None:
    page = visit(None)
    page.goto("/s/all/stock/")
    page.get_by_label("Username").fill("mart")
    page.get_by_label("Password").fill("furniture")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/s/all/stock/$"))

    page.locator("summary", has_text="Mart Kask").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/login/"))


def test_j_and_k_walk_the_rows_and_enter_opens_one(visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/TLL/stock/")
    rows = page.locator("[data-row]")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(place)).to_be_focused()
    href = rows.nth(1).locator("[data-open]").get_attribute("href")

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"{href}$"))


def test_the_question_mark_lists_the_keys(visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/all/network/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_g_goes_to_a_page(visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/all/network/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile(r"/s/all/stock/$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_palette_finds_while_one_types(scheme: str, visit: Open) -> None:
    page = visit("kadri", color_scheme=scheme)
    page.goto("/s/all/network/")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Go to, create, find")
    expect(palette.get_by_role("option", name="Stock", exact=True)).to_be_visible()

    page.keyboard.type("SO-1053")
    expect(palette.get_by_role("option", name=re.compile("^SO-1053"))).to_have_attribute("aria-selected", "true")
    assert axe.violations(page) == []
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()

    page.keyboard.press("/")
    expect(palette).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="SO-1053")).to_be_visible()


def test_the_palette_creates_and_its_arrows_choose(visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/all/network/")
    page.locator(".top .search").click()
    palette = page.get_by_role("dialog", name="Go to, create, find")
    page.keyboard.type("create")
    options = palette.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/s/all/sales-orders/new/$"))


def choose(page: Page, name: str) -> None:
    page.locator("summary", has_text="Kadri Tamm").click()
    page.get_by_role("button", name=name).click()
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("name", "color"), [("Light", LIGHT), ("Dark", DARK), ("As the system", DARK)])
def test_the_theme_stays(name: str, color: str, visit: Open) -> None:
    page = visit("kadri", color_scheme="dark")
    page.goto("/s/all/network/")
    choose(page, name)
    assert page.evaluate(BACKGROUND) == color

    page.goto("/s/all/stock/")

    assert page.evaluate(BACKGROUND) == color


def test_the_height_of_rows_stays(visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/TLL/stock/")
    row = page.locator("[data-row]").first
    tall = row.bounding_box()
    choose(page, "Compact")
    page.reload()
    low = row.bounding_box()
    assert tall is not None
    assert low is not None
    assert low["height"] < tall["height"]


def test_the_site_switcher_keeps_the_page(visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/all/stock/")
    page.locator("summary.switch").click()
    page.get_by_role("link", name="CHI Chicago assembly").click()
    expect(page).to_have_url(re.compile(r"/s/CHI/stock/$"))
    expect(page.locator("summary.switch")).to_have_text("Chicago assembly")


def test_the_clock_says_whose_time_it_is(visit: Open) -> None:
    page = visit("kadri")
    page.goto("/s/CHI/network/")
    expect(page.locator("#live")).to_contain_text("Chicago")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
