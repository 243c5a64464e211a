"""The page behind the search field of the top bar, and the palette that finds while one types."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.generic import TemplateView

from analytics.selectors.search import Group, search
from analytics.web.commands import commands
from sites.web import reader
from sites.web.mixins import SitePageMixin

# Of a kind, in the palette: what fits without scrolling past the next kind.
MOST_IN_PALETTE = 5


class SearchPage(SitePageMixin, TemplateView):
    """`/s/<site>/search/?q=…`; asked with `X-Palette` it answers with the palette's list alone."""

    template_name = "analytics/search.html"

    def scope(self) -> None:
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.palette() if request.headers.get("X-Palette") else super().get(request, *args, **kwargs)

    @property
    def text(self) -> str:
        # Nothing that Postgres stores holds a NUL, and it takes none in a parameter.
        return self.request.GET.get("q", "").replace("\0", "").strip()[:100]

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    def groups(self, most: int) -> list[Group]:
        known = reader.of(self.request)
        return [*commands(self.text, known), *search(self.text, self.access, known.sites, most=most)]

    def palette(self) -> HttpResponse:
        """Without the frame, whose counts a list that changes with each letter does not need."""
        groups = self.groups(MOST_IN_PALETTE)
        count = sum(len(group.hits) for group in groups)
        context = {"groups": groups, "text": self.text, "base": self.base, "count": count}
        return HttpResponse(render_to_string("analytics/_palette.html", context))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = reader.of(self.request)
        groups = search(self.text, self.access, known.sites)
        return super().get_context_data(text=self.text, groups=groups, base=self.base, **kwargs)
