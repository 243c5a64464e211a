"""State colors are the tokens' own: once a library's rules drew over them, and nothing else noticed."""

import re

import pytest

from tests.browser.conftest import Open
from tests.runtime.helpers import ROOT

TOKENS = ROOT / "frontend" / "src" / "css" / "tokens.css"
COLOR_OF = "(element) => getComputedStyle(element).color"


def tokens(tone: str) -> dict[str, str]:
    """The two values of a token as the browser writes them."""
    found = re.search(rf"--{tone}: light-dark\(#(\w{{6}}), #(\w{{6}})\)", TOKENS.read_text())
    assert found
    written = [f"rgb({int(text[:2], 16)}, {int(text[2:4], 16)}, {int(text[4:], 16)})" for text in found.groups()]
    return dict(zip(("light", "dark"), written, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tone", ["ok", "exp", "no", "late"])
def test_availability_has_its_color(tone: str, scheme: str, visit: Open) -> None:
    page = visit("kadri", color_scheme=scheme)
    page.goto("/s/all/orders/")
    state = page.locator(f"#content .st.{tone}").first
    expected = tokens(tone)[scheme]
    assert state.evaluate(COLOR_OF) == expected
    assert state.locator("svg").evaluate(COLOR_OF) == expected
    assert state.inner_text().strip()
