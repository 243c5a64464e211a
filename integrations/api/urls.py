"""Nouns of integrations under `/api/v1/`."""

from core.api.routers import router
from integrations.api import views

router.register("api-keys", views.ApiKeyViewSet)
