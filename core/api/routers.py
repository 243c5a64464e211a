"""The nouns of `/api/v1/`: each app registers its own in its `api/urls.py`, and nothing else knows them."""

from typing import Any

from rest_framework.routers import APIRootView, DefaultRouter

from core.api.views import ScopedViewSet


class RootView(APIRootView):
    """The nouns of the API, each with its address."""

    schema = None


class NounRouter(DefaultRouter):
    """Plural nouns with hyphens, no suffixes for formats."""

    include_format_suffixes = False
    APIRootView = RootView

    def register(self, prefix: str, viewset: Any, basename: str | None = None) -> None:
        """Enter a noun.

        :raises TypeError: when its view says no scope: nothing is served without one.
        """
        if issubclass(viewset, ScopedViewSet) and viewset.scope is ScopedViewSet.scope:
            raise TypeError(f"{viewset.__name__} has no scope().")
        super().register(prefix, viewset, basename or prefix)


router = NounRouter()
