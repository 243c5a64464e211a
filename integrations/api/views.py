"""Nouns of integrations."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ScopedViewSet, document_action
from integrations import selectors
from integrations.api.serializers import ApiKeySerializer, ApiKeyWriteSerializer
from integrations.models import ApiKey
from integrations.services import api_keys


class ApiKeyViewSet(ScopedViewSet):
    """Your API keys. The answer to POST alone has the key itself, as `key`: keep it, nobody can read it again."""

    serializer_class = ApiKeySerializer
    write_serializer_class = ApiKeyWriteSerializer
    ordering_fields = ("name", "created_at", "last_used_at")

    def scope(self) -> QuerySet[ApiKey]:
        return selectors.api_keys_of(self.actor)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        key, text = api_keys.create(**self.body(), user=self.actor, actor=self.actor)
        response = Response({**self.get_serializer(key).data, "key": text}, status=201)
        response.secret_members = ("key",)  # type: ignore[attr-defined]
        return response

    @document_action()
    def revoke(self, key: ApiKey, values: dict[str, Any]) -> None:
        """End a key; it stays listed."""
        api_keys.revoke(key.pk, now=self.now, actor=self.actor)
