"""`attachments`: pictures and files, brought in as a form and read again as they are."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from core.api.serializers import ModelSerializer, Serializer
from core.api.views import CreateMixin, ScopedViewSet
from production.models import Attachment
from production.selectors import attachments as selectors
from production.services import attachments
from production.web.attachments import file_response
from sites.access import access_of
from sites.api.references import company_field, site_field


class AttachmentSerializer(ModelSerializer):
    """What is known of a file; its bytes are at `…/content/`."""

    class Meta:
        model = Attachment
        fields = ("id", "company", "name", "content_type", "size_bytes", "sha256", "created_at", "updated_at")


class AttachmentWriteSerializer(Serializer):
    """A form (`multipart/form-data`) with one file: PNG, JPEG, GIF, WebP or PDF, at most 10 MB."""

    company = company_field()
    site = site_field(
        required=False, allow_null=True, help_text="Where its people bring it in who work at a site alone."
    )
    file = serializers.FileField(allow_empty_file=True)


class AttachmentViewSet(CreateMixin, ScopedViewSet):
    """Pictures and PDF files: his companies', and those shown with the work at his sites."""

    serializer_class = AttachmentSerializer
    write_serializer_class = AttachmentWriteSerializer
    parser_classes = (MultiPartParser,)
    ordering_fields = ("id", "name", "created_at")

    def scope(self) -> QuerySet[Attachment]:
        return selectors.attachments(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Attachment:
        return attachments.upload(**values, actor=self.actor)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], pagination_class=None)
    def content(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The file itself."""
        return file_response(self.get_object())
