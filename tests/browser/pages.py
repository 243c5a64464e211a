"""Which pages there are: derived from the addresses that Django knows, so that a new page is tested by being there."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

SITE = "s/<str:site>/"


def addresses() -> list[str]:
    """What stands behind `/s/<site>/` in every address there that needs nothing else."""
    paths = {route.removeprefix(SITE) for route in _routes(get_resolver(), "")}
    return sorted(path for path in paths if path and "<" not in path)


def _routes(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if not isinstance(entry.pattern, RoutePattern):
            continue
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif route.startswith(SITE) and _answers_get(entry):
            yield route


def _answers_get(entry: URLPattern) -> bool:
    view: Any = getattr(entry.callback, "view_class", None)
    return view is None or hasattr(view, "get")
