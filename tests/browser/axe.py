"""axe in the page: WCAG 2.2 AA and best practice."""

from functools import cache

from playwright.sync_api import Page

from tests.runtime.helpers import ROOT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCRIPT = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async ([tags, rules]) => {
  const only = rules.length ? { type: "rule", values: rules } : { type: "tag", values: tags };
  const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  const examples = (nodes) => nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ");
  return violations.map((one) => `${one.id}: ${one.help}: ${examples(one.nodes)}`);
}"""


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds on the page as it stands; only these rules, if any are named."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_script())
    return page.evaluate(RUN, [TAGS, list(rules)])


@cache
def _script() -> str:
    return SCRIPT.read_text()
