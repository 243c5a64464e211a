"""The main page of production in the side."""

from django.utils.translation import gettext_lazy as _

from production.choices import TaskState
from production.rules import OPEN_STATES
from production.web.master_kinds import KINDS
from sites.web import navigation
from sites.web.navigation import Entry

_WORKABLE = (TaskState.READY, TaskState.RUNNING, TaskState.PAUSED)

MAKE = Entry(
    name="make",
    label=_("Make"),
    path="manufacturing-orders/",
    icon="make",
    key="m",
    order=40,
    count=navigation.count_open("production_manufacturingorder", OPEN_STATES),
    count_label=_("open manufacturing orders"),
    also=("bills-of-materials/", "routings/", *(f"{kind.path}/" for kind in KINDS)),
)

TASKS = Entry(
    name="tasks",
    label=_("Tasks"),
    path="tasks/",
    icon="clip",
    key="k",
    order=45,
    count=navigation.count_open("production_task", _WORKABLE),
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
