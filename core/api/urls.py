"""`/api/v1/`: the nouns of all apps, the schema and its pages."""

from django.urls import include, path, re_path
from django.utils.module_loading import autodiscover_modules
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api import problems, serving
from core.api.routers import router

router.register("events", serving.EventViewSet)
router.register("runs", serving.RunViewSet)
# Apps register their nouns when their `api.urls` is imported; which apps there are, the settings know.
autodiscover_modules("api.urls")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="core/api_docs.html"),
        name="api-docs",
    ),
    path("", include(router.urls)),
    re_path("", problems.not_found),
]
