"""Serving pictures and files, and bringing one in from a page."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views import View

from production.models import Attachment
from production.selectors import attachments as selectors
from sites.web.mixins import SitePageMixin


def file_response(row: Attachment) -> HttpResponse:
    """The file itself: pictures in place, everything else as a download, and nothing that a browser would run."""
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    is_picture = row.content_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}
    kind = row.content_type if is_picture or row.content_type == "application/pdf" else "application/octet-stream"
    answer: Any = FileResponse(content, as_attachment=not is_picture, filename=row.name, content_type=kind)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


class AttachmentPage(SitePageMixin, View):
    """`/s/<site>/attachments/<id>/`: the file."""

    def scope(self) -> QuerySet[Attachment]:
        return selectors.attachments(self.access)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return file_response(get_object_or_404(self.scope(), pk=self.kwargs["pk"]))
