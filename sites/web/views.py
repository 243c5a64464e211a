"""Where `/` leads, and what pages answer when there is nothing to show."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from core.api import problems
from sites.web import navigation, reader
from sites.web.context import FIRST_PAGE
from sites.web.mixins import SitePageMixin


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the first page of his only site, or of all of them."""
    known = reader.of(request)
    code = known.sites[0].code if len(known.sites) == 1 else reader.ALL
    entries = navigation.entries(is_small=known.is_small)
    pages = [entry.path for entry in entries]
    homes = [entry.path for entry in entries if entry.is_partners_home]
    if known.is_partner and homes:
        return redirect(f"/s/{code}/{homes[0]}")
    page = FIRST_PAGE if FIRST_PAGE in pages or not pages else pages[0]
    return redirect(f"/s/{code}/{page}")


class SiteHome(SitePageMixin, View):
    """`/s/<site>/` alone: to its first page."""

    def scope(self) -> None:
        """It shows no rows."""

    def get(self, request: HttpRequest, site: str) -> HttpResponse:
        """On to the first page, by the code as it is written."""
        return redirect(f"/s/{self.site_code}/{FIRST_PAGE}")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400, as a problem below `/api/` and as a page elsewhere."""
    return _answer(request, 400, "malformed", "The request could not be read.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """403, likewise."""
    return _answer(request, 403, "forbidden", "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404, likewise."""
    return _answer(request, 404, "not_found", "There is nothing here that you may see.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500, likewise."""
    return _answer(request, 500, "fault", "Something went wrong here; the log has it.")


def _answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return problems.respond(status, code, detail)
    return render(request, f"errors/{status}.html", status=status)
