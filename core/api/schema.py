"""OpenAPI 3.1: what drf-spectacular can't see by itself."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.api import idempotency
from core.api.serializers import ModelSerializer, Serializer
from core.api.views import CreateMixin, DestroyMixin, EditMixin, ScopedViewSet


def lib_doc_excludes() -> list[type]:
    """Bases whose docstrings are for those who write an API, not for those who call it."""
    return [*get_lib_doc_excludes(), ModelSerializer, Serializer, ScopedViewSet, CreateMixin, EditMixin, DestroyMixin]


class ProblemErrorSerializer(serializers.Serializer):
    """What is wrong with one field; `field` is its path, `lines.1.quantity`."""

    field = serializers.CharField()
    message = serializers.CharField()
    code = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """A problem document (RFC 9457). A program decides by `code`, which is stable; the numbers are beside it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment]


class MfgSchema(AutoSchema):
    """Bodies from `write_serializer_class` or the action's own serializer, and the headers of writes."""

    def get_tags(self) -> list[str]:
        noun = getattr(self.view, "basename", None)
        return [noun] if noun else super().get_tags()

    def get_operation_id(self) -> str:
        words = (getattr(self.view, "basename", None) or "", getattr(self.view, "action", None) or self.method.lower())
        return "_".join(words).replace("-", "_").strip("_")

    def get_request_serializer(self) -> Any:
        action: Any = getattr(self.view, getattr(self.view, "action", None) or "", None)
        if hasattr(action, "body_serializer"):
            return action.body_serializer
        change = getattr(self.view, "change_serializer_class", None) if self.method == "PATCH" else None
        return change or getattr(self.view, "write_serializer_class", None) or super().get_request_serializer()

    def get_override_parameters(self) -> list[Any]:
        if self.method == "POST":
            text = "Repeat a request safely: the same key and body get the first answer again, for at least 24 hours."
            return [OpenApiParameter(idempotency.HEADER, str, OpenApiParameter.HEADER, description=text)]
        if self.method in {"PATCH", "DELETE"} and isinstance(self.view, EditMixin | DestroyMixin):
            text = "The ETag of the row as you read it."
            return [OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True, description=text)]
        if getattr(self.view, "supports_fresh", False):
            text = "Compute the page's figures from what is committed now."
            return [OpenApiParameter("fresh", bool, description=text)]
        return []

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        problem = self._get_response_for_code(
            OpenApiResponse(ProblemSerializer, "Refused, and why."),
            "default",
            media_types=["application/problem+json"],
        )
        return {**responses, "default": problem}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class ReferenceSchema(OpenApiSerializerFieldExtension):
    """A reference: an id or a natural key in a body, both in an answer."""

    target_class = "core.api.fields.ReferenceField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        key = self.target.key
        if direction == "request":
            return {"oneOf": [{"type": "integer"}, {"type": "string"}], "description": f"Its id, or its {key}."}
        properties = {"id": {"type": "integer"}, key: {"type": "string"}}
        return {"type": "object", "required": ["id", key], "properties": properties}
