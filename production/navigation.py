"""The main page of production in the side."""

from django.utils.translation import gettext_lazy as _

from production.web.master_kinds import KINDS
from sites.web import navigation
from sites.web.navigation import Entry

_OPEN = """
SELECT count(*) FROM production_manufacturingorder
WHERE state IN ('planned', 'released', 'in_progress', 'partly_completed') AND site_id = ANY(%(at)s)
  AND (company_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[]))
"""

MAKE = Entry(
    name="make",
    label=_("Make"),
    path="manufacturing-orders/",
    icon="make",
    key="m",
    order=40,
    count=_OPEN,
    count_label=_("open manufacturing orders"),
    also=("bills-of-materials/", "routings/", *(f"{kind.path}/" for kind in KINDS)),
)

_OPEN_TASKS = """
SELECT count(*) FROM production_task
WHERE state IN ('ready', 'running', 'paused') AND site_id = ANY(%(at)s)
  AND (company_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[]))
"""

TASKS = Entry(
    name="tasks",
    label=_("Tasks"),
    path="tasks/",
    icon="clip",
    key="t",
    order=45,
    count=_OPEN_TASKS,
    count_label=_("tasks that can be worked on"),
    hides_empty=True,
    also=("supply-flow/", "floor-devices/", "floor-conflicts/"),
)

_HELD = """
SELECT count(*) FROM production_task t JOIN sites_site s ON s.id = t.site_id
WHERE t.state IN ('ready', 'running', 'paused') AND t.site_id = ANY(%(at)s) AND t.company_id <> s.company_id
  AND (t.company_id = ANY(%(companies)s::bigint[]) OR t.site_id = ANY(%(sites)s::bigint[]))
"""

# Only in a partner's side: others reach the page from their tasks, and have eight entries without it.
AT_PARTNERS = Entry(
    name="at-partners",
    label=_("At your site"),
    path="at-partners/",
    icon="maker",
    key="y",
    order=5,
    count=_HELD,
    count_label=_("steps that can be worked on"),
    is_partners=True,
    is_partners_home=True,
)


def register() -> None:
    """Enter it; called in `AppConfig.ready`."""
    navigation.register(MAKE)
    navigation.register(TASKS)
    navigation.register(AT_PARTNERS)
