"""The planner's job with keyboard and mouse; every figure follows."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.api import Api
from tests.browser.conftest import Open

ITEM, MADE, BOUGHT = "SHELF-OAK-120", "SHELF-OAK-100", "BOLT-M8-60"
Figures = Callable[..., tuple[Decimal, ...]]


@pytest.fixture
def figures(api: Api) -> Figures:
    """Figures of an item at a site, as the API computes them now."""

    def read(site: str, item: str, *names: str) -> tuple[Decimal, ...]:
        level = api.level(site, item)
        return tuple(Decimal(value(level[name])) for name in names)

    return read


def value(figure: Any) -> str:
    """A figure comes with the address of its rows."""
    return figure["value"] if isinstance(figure, dict) else figure


def fill_line(page: Page, item: str, quantity: str) -> None:
    page.locator("[name=lines-0-item]").fill(item)
    page.locator("[name=lines-0-quantity]").fill(quantity)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Take the step of this name; the figures beside it are links too."""
    page.locator("#page-head a.btn").filter(has_text=name).click()


def expect_state(page: Page, word: str) -> None:
    expect(page.locator("#page-head .tag").filter(has_text=word)).to_be_visible()


def test_adjusts_stock_and_takes_it_back(figures: Figures, visit: Open) -> None:
    (before,) = figures("TLL", ITEM, "on_hand")
    page = visit("kadri")
    page.goto(f"/s/TLL/adjustments/new/?item={ITEM}")
    page.get_by_label("Reason").fill("Found behind the saw")
    fill_line(page, ITEM, "5")
    press(page, "Post")

    undo = page.locator("[data-toast]").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    assert figures("TLL", ITEM, "on_hand") == (before + 5,)

    undo.click()
    expect(page.locator("[data-toast]").filter(has_not=page.get_by_role("button", name="Undo"))).to_be_visible()
    assert figures("TLL", ITEM, "on_hand") == (before,)


def test_a_refusal_keeps_what_was_typed(figures: Figures, visit: Open) -> None:
    before = figures("TLL", ITEM, "on_hand")
    page = visit("kadri", allow="409|422|400")
    page.goto("/s/TLL/adjustments/new/")
    page.get_by_label("Reason").fill("Lost at sea")
    fill_line(page, ITEM, "-100000")
    press(page, "Post")

    expect(page.locator("#content")).to_contain_text(re.compile("on hand", re.IGNORECASE))
    expect(page.locator("[name=lines-0-quantity]")).to_have_value("-100000")
    assert figures("TLL", ITEM, "on_hand") == before


def test_sells_and_ships_a_part(figures: Figures, visit: Open) -> None:
    on_hand, committed = figures("TLL", ITEM, "on_hand", "committed")
    page = visit("kadri")
    page.goto("/s/TLL/sales-orders/new/")
    page.locator("[name=customer]").fill("KASK")
    fill_line(page, ITEM, "10")
    press(page, "Open order")

    expect_state(page, "Open")
    assert figures("TLL", ITEM, "on_hand", "committed") == (on_hand, committed + 10)

    follow(page, "Ship")
    page.locator("[name=lines-0-quantity]").fill("4")
    press(page, "Ship")

    expect_state(page, "Partly shipped")
    expect(page.locator("#content table").first.locator("tbody tr").first).to_contain_text("6")
    assert figures("TLL", ITEM, "on_hand", "committed") == (on_hand - 4, committed + 6)


def test_buys_and_receives_a_part(figures: Figures, visit: Open) -> None:
    on_hand, expected = figures("TLL", BOUGHT, "on_hand", "expected")
    page = visit("kadri")
    page.goto("/s/TLL/purchase-orders/new/")
    page.locator("[name=supplier]").fill("BESLAG")
    fill_line(page, BOUGHT, "500")
    press(page, "Order")
    expect_state(page, "Ordered")
    assert figures("TLL", BOUGHT, "on_hand", "expected") == (on_hand, expected + 500)

    follow(page, "Receive")
    page.locator("[name=lines-0-quantity]").fill("200")
    press(page, "Receive")
    expect_state(page, "Partly received")
    assert figures("TLL", BOUGHT, "on_hand", "expected") == (on_hand + 200, expected + 300)


def test_moves_from_site_to_site(figures: Figures, visit: Open) -> None:
    here, there = figures("TLL", ITEM, "on_hand")[0], figures("OPO", ITEM, "on_hand", "expected", "in_transit")
    page = visit("kadri")
    page.goto("/s/all/transfers/new/")
    page.locator("[name=origin]").select_option("TLL")
    page.locator("[name=destination]").select_option("OPO")
    fill_line(page, ITEM, "2")
    press(page, "Confirm")
    expect_state(page, "Confirmed")

    follow(page, "Dispatch")
    press(page, "Dispatch")
    expect_state(page, "In transit")
    assert figures("TLL", ITEM, "on_hand") == (here - 2,)
    assert figures("OPO", ITEM, "on_hand", "expected", "in_transit") == (there[0], there[1] + 2, there[2] + 2)

    follow(page, "Receive")
    press(page, "Receive")
    expect_state(page, "Received")
    assert figures("OPO", ITEM, "on_hand", "expected", "in_transit") == (there[0] + 2, there[1], there[2])


def test_makes_and_sees_it_in_another_window(figures: Figures, visit: Open) -> None:
    on_hand, expected = figures("TLL", MADE, "on_hand", "expected")
    page = visit("kadri")
    watched = page.context.new_page()
    watched.goto(f"/s/TLL/stock/?search={MADE}")
    shown = watched.locator("[data-row] [data-drawer]").first
    page.goto("/s/TLL/manufacturing-orders/new/")
    page.locator("[name=item]").fill(MADE)
    page.locator("[name=quantity]").fill("2")
    press(page, "Plan and release")
    expect_state(page, "Released")
    assert figures("TLL", MADE, "on_hand", "expected") == (on_hand, expected + 2)

    follow(page, "Report")
    press(page, "Report")

    expect_state(page, "Done")
    assert figures("TLL", MADE, "on_hand", "expected") == (on_hand + 2, expected)
    watched.bring_to_front()
    expect(shown).to_have_text(f"{on_hand + 2:,.0f}")
