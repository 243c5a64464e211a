"""Compresses pages and lists on their way out; see docs/decisions/0012-compress-pages-and-hide-their-length.md."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    """Django's, which pads each answer at random against BREACH, for everything but an answer with an ETag.

    Compressed, a strong ETag has to become a weak one, and ``If-Match`` may not be answered from a weak one (RFC 9110
    section 13.1.1). Such an answer is a single editable row: small, and wanted with its ETag.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.has_header("ETag"):
            return response
        return super().process_response(request, response)
