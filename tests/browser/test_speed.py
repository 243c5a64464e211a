"""What a list may cost: 100 KB over the wire to a browser that knows nothing yet, and a second until it is seen.

The second is a requirement on a machine that does nothing else: the best of a few tries counts.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.test_pages import LISTS

MOST_BYTES = 100_000
MOST_MS = 1000
TRIES = 6
LARGEST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_light(path: str, visit: Open) -> None:
    page = visit("kadri")
    received: list[float] = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(f"/s/all/{path}")
    page.wait_for_load_state("load")
    print(f"{path}: {sum(received) / 1000:.1f} KB")
    assert 10_000 < sum(received) <= MOST_BYTES


@pytest.mark.parametrize("path", ["network/", "stock/", "orders/"])
def test_it_is_seen_within_a_second(path: str, visit: Open) -> None:
    page = visit("kadri")
    tries: list[float] = []
    while len(tries) < TRIES and (not tries or min(tries) >= MOST_MS):
        tries.append(_largest_paint_ms(page, f"/s/all/{path}"))
    print(f"{path}: {tries[-1]:.0f} ms")
    assert min(tries) < MOST_MS


def _largest_paint_ms(page: Page, url: str) -> float:
    page.goto("about:blank")
    page.goto(url)
    return page.evaluate(LARGEST_PAINT)
