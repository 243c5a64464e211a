"""What the palette offers beside what is found: pages to go to and documents to create."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.selectors.search import Group, Hit
from inventory.web.adjustments import sites_to_count
from production.web.master_kinds import KINDS
from production.web.orders import may_sell
from sites.web import navigation
from sites.web.reader import Reader

# Pages that stand below an entry of the side; the second, whether one company with one site has any use for it.
_PAGES = (
    (gettext_lazy("What needs attention"), "network/attention/", True),
    (gettext_lazy("Orders by rank"), "orders/", True),
    (gettext_lazy("Customers"), "customers/", True),
    (gettext_lazy("Tasks"), "tasks/", True),
    (gettext_lazy("Bills of materials"), "bills-of-materials/", True),
    (gettext_lazy("Routings"), "routings/", True),
    *((kind.label, f"{kind.path}/", True) for kind in KINDS),
    (gettext_lazy("At partners"), "at-partners/", False),
    (gettext_lazy("Supply flow"), "supply-flow/", False),
    (gettext_lazy("Quality plans"), "quality-plans/", True),
    (gettext_lazy("Tablets and badges"), "floor-devices/", True),
    (gettext_lazy("Suppliers"), "suppliers/", True),
    (gettext_lazy("Adjustments"), "adjustments/", True),
    (gettext_lazy("Stock counts"), "stock-counts/", True),
)
_PLANNED = (
    (gettext_lazy("Sales order"), "sales-orders/new/", True),
    (gettext_lazy("Manufacturing order"), "manufacturing-orders/new/", True),
    (gettext_lazy("Purchase order"), "purchase-orders/new/", True),
    (gettext_lazy("Transfer"), "transfers/new/", False),
    (gettext_lazy("Bill of materials"), "bills-of-materials/new/", True),
    (gettext_lazy("Routing"), "routings/new/", True),
    *((kind.name, f"{kind.path}/new/", True) for kind in KINDS),
    (gettext_lazy("Quality plan"), "quality-plans/new/", True),
    (gettext_lazy("Customer"), "customers/new/", True),
    (gettext_lazy("Supplier"), "suppliers/new/", True),
)
_COUNTED = (
    (gettext_lazy("Adjustment"), "adjustments/new/", True),
    (gettext_lazy("Stock count"), "stock-counts/new/", True),
)


def commands(text: str, known: Reader) -> list[Group]:
    """Pages and documents whose name, with “go to” or “create” before it, has a word for each of `text`.

    Without a text the pages of the side and everything that may be created.
    """
    words = text.lower().split()
    sides = [(entry.label, entry.path, True) for entry in navigation.entries(is_small=known.is_small)]
    paths = {path for _label, path, _small in sides}
    more = [page for page in _PAGES if page[1] not in paths] if words else []
    groups = [
        Group(_("Go to"), _hits(_("Go to"), [*sides, *more], words, known), "arrow"),
        Group(_("Create"), _hits(_("Create new"), _creations(known), words, known), "plus"),
    ]
    return [group for group in groups if group.hits]


def _creations(known: Reader) -> list[tuple[object, str, bool]]:
    offered: list[tuple[object, str, bool]] = [*_PLANNED] if may_sell(known.access) else []
    return [*offered, *_COUNTED] if sites_to_count(known.sites, known.access) else offered


def _hits(verb: str, offered: Sequence[tuple[object, str, bool]], words: Sequence[str], known: Reader) -> list[Hit]:
    return [
        Hit(str(label), "", "", path)
        for label, path, is_small in offered
        if (is_small or not known.is_small)
        and navigation.exists(path)
        and _says(f"{verb} {label}".lower().split(), words)
    ]


def _says(name: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(part.startswith(word) for part in name) for word in words)
