"""Limits of web requests, and what they may not contain."""

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers

from core.api import problems

# What a script sends along when it asks for a part of a page at the page's own address.
PART_HEADERS = ("X-Live", "X-Part", "X-Drawer", "X-Palette")


class PartsMiddleware:
    """Keeps parts of pages out of the browser's cache, where Back would find them in place of the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, PART_HEADERS)
            if not request.headers.keys().isdisjoint(PART_HEADERS):
                patch_cache_control(response, no_store=True)
        return response


class RequestLimitsMiddleware:
    """Answers 503 where a lock or a statement took longer than a web request may wait.

    The limits themselves are set on the connection by the process that serves the web (`MFG_ROLE=web`), so they
    cost no round trip. The API's views answer by themselves; this is for pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if not problems.is_waited_too_long(error):
            return None
        return busy(request)


class ContentPolicyMiddleware(CSPMiddleware):
    """Gives every page its content policy; those of the admin differ by `ADMIN_CONTENT_POLICY`."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.replace = settings.ADMIN_CONTENT_POLICY | (parts.replace or {})
        return parts


class PlainTextMiddleware:
    """Refuses a NUL in an address or a form with 400: Postgres takes none in a text, and nobody types one.

    This is for pages; the API's fields refuse it by name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if request.path.startswith("/api/"):
            return
        for data in (request.GET, request.POST):
            if any("\0" in text for name, texts in data.lists() for text in (name, *texts)):
                raise BadRequest("There is a NUL in a text.")


def busy(request: HttpRequest) -> Any:
    """503 with `Retry-After`, as a problem below `/api/` and as a page elsewhere."""
    if request.path.startswith("/api/"):
        response = problems.respond(503, "busy", "Others are working on the same rows. Try again in a moment.")
    else:
        response = render(request, "errors/503.html", status=503)
    response["Retry-After"] = str(problems.RETRY_AFTER_SECONDS)
    return response
