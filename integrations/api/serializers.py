"""Shapes of integrations in the API."""

from core.api.serializers import ModelSerializer
from integrations.models import ApiKey


class ApiKeySerializer(ModelSerializer):
    class Meta:
        model = ApiKey
        fields = ("id", "name", "prefix", "access", "user", "created_at", "last_used_at", "revoked_at")


class ApiKeyWriteSerializer(ModelSerializer):
    class Meta:
        model = ApiKey
        fields = ("name", "access")
