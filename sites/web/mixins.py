"""What every page stands on: a signed-in reader and the site that its address names, within his access."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from core import clock
from sites.access import Access
from sites.models import Site
from sites.web import reader


class SitePageMixin(LoginRequiredMixin):
    """A page below `/s/<site code>/…` or `/s/all/…`.

    Gives `self.access`, `self.site` (None on the pages over all sites), `self.sites` (the site, or all that the
    reader deals with), `self.site_ids`, `self.zone` (the site's; over all, `reader.zone_of`) and `self.now`.
    A site out of reach is a 404. `scope()` says which rows the page may show: a page without one does not start.
    """

    request: HttpRequest
    kwargs: dict[str, Any]
    access: Access
    site: Site | None
    sites: list[Site]

    def scope(self) -> QuerySet[Any] | None:
        """The rows that this page may show; None for a page that asks selectors, which take `self.access`."""
        raise NotImplementedError(f"{type(self).__name__} has no scope().")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if type(self).scope is SitePageMixin.scope:
            raise NotImplementedError(f"{type(self).__name__} has no scope().")
        context = reader.of(request)
        self.access = context.access
        self.site = self._find(context.sites, kwargs.get("site", reader.ALL))
        self.sites = context.sites if self.site is None else [self.site]
        self.now = clock.now()
        return super().dispatch(request, *args, **kwargs)

    @property
    def site_ids(self) -> list[int]:
        """The ids of `self.sites`."""
        return [site.pk for site in self.sites]

    @property
    def site_code(self) -> str:
        """What stands in the address: the site's code, or `all`."""
        return self.site.code if self.site else reader.ALL

    @property
    def zone(self) -> str:
        """The time zone in which this page tells times."""
        return reader.zone_of(self.site, reader.of(self.request))

    def _find(self, sites: list[Site], code: str) -> Site | None:
        if code.lower() == reader.ALL:
            return None
        for site in sites:
            if site.code.lower() == code.lower():
                return site
        raise Http404("There is no such site, or you have no role there.")
