"""The page behind the search field of the top bar."""

from typing import Any

from django.views.generic import TemplateView

from analytics.selectors.search import search
from sites.web.mixins import SitePageMixin


class SearchPage(SitePageMixin, TemplateView):
    """`/s/<site>/search/?q=…`."""

    template_name = "analytics/search.html"

    def scope(self) -> None:
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "")
        return super().get_context_data(
            text=text.strip(), groups=search(text, self.access), base=f"/s/{self.site_code}/", **kwargs
        )
