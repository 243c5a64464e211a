"""The main page of quality in the side."""

from django.utils.translation import gettext_lazy as _

from sites.web import navigation
from sites.web.navigation import Entry

QUALITY = Entry(
    name="quality",
    label=_("Quality"),
    path="quality-checks/",
    icon="ok",
    key="q",
    order=46,
    count=navigation.count_open("quality_qualitycheck", ("open", "failed")),
    count_label=_("open quality checks"),
    also=("quality-plans/",),
    hides_empty=True,
)


def register() -> None:
    """Enter it; called in `AppConfig.ready`."""
    navigation.register(QUALITY)
