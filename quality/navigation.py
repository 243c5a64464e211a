"""The main page of quality in the side."""

from django.utils.translation import gettext_lazy as _

from sites.web import navigation
from sites.web.navigation import Entry

_OPEN = """
SELECT count(*) FROM quality_qualitycheck WHERE state IN ('open', 'failed') AND site_id = ANY(%(at)s)
  AND (company_id = ANY(%(companies)s::bigint[]) OR site_id = ANY(%(sites)s::bigint[]))
"""

QUALITY = Entry(
    name="quality",
    label=_("Quality"),
    path="quality-checks/",
    icon="ok",
    key="q",
    order=46,
    count=_OPEN,
    count_label=_("open quality checks"),
    also=("quality-plans/",),
    hides_empty=True,
)


def register() -> None:
    """Enter it; called in `AppConfig.ready`."""
    navigation.register(QUALITY)
