"""Pages by keyset, with opaque cursors bound to the filters and the ordering that they came from."""

import hashlib
import json
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import keyset
from core.api.keyset import Term
from core.api.parameters import boolean, whole
from core.errors import InvalidInput

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 500
MOST_COUNTED = 10_000
_SALT = "core.api.pagination"
# What may differ between the pages of one list.
_FREE = {"cursor", "limit", "count", "fields"}


class InvalidCursor(InvalidInput):
    """The cursor was changed, or belongs to another list, filter or ordering."""

    code = "invalid_cursor"


class KeysetPagination(BasePagination):
    """`?limit=` (50, at most 500), `?cursor=` from `next` and `previous`, `?count=true` (up to 10,000).

    The view's filter backends have said what the ordering is: `view.page_ordering`.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request, self.view = request, view
        self.limit = _limit(request)
        self.columns = keyset.terms(queryset, getattr(view, "page_ordering", None) or ("-id",))
        self.count = _count(queryset) if boolean(request, "count") else None
        text = request.query_params.get("cursor")
        is_reversed, position = self._read(text) if text else (False, None)
        rows = self._rows(queryset, position, is_reversed=is_reversed)
        has_more = len(rows) > self.limit
        self.page = rows[: self.limit][:: -1 if is_reversed else 1]
        self.has_next = has_more if not is_reversed else True
        self.has_previous = has_more if is_reversed else position is not None
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        answer: dict[str, Any] = {"next": self.next_link(), "previous": self.previous_link()}
        if self.count is not None:
            answer |= {"count": min(self.count, MOST_COUNTED), "count_is_capped": self.count > MOST_COUNTED}
        if feed := getattr(self.view, "feed", None):
            answer |= feed.answer(self.page, has_next=self.has_next)
        return Response({**answer, "results": data})

    def next_link(self) -> str | None:
        return self._link(self.page[-1], is_reversed=False) if self.page and self.has_next else None

    def previous_link(self) -> str | None:
        return self._link(self.page[0], is_reversed=True) if self.page and self.has_previous else None

    def _rows(self, queryset: QuerySet[Any], position: list[Any] | None, *, is_reversed: bool) -> list[Any]:
        if position is not None:
            queryset = keyset.after(queryset, self.columns, position, is_reversed=is_reversed)
        return list(keyset.ordered(queryset, self.columns, is_reversed=is_reversed)[: self.limit + 1])

    def _link(self, row: Any, *, is_reversed: bool) -> str:
        content = [int(is_reversed), keyset.position_of(row, self.columns)]
        cursor = signing.dumps(content, salt=self._salt())
        query = {**self.request.query_params.dict(), "cursor": cursor}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")

    def _read(self, text: str) -> tuple[bool, list[Any]]:
        try:
            is_reversed, position = signing.loads(text, salt=self._salt())
            return bool(is_reversed), keyset.parsed(position, self.columns)
        except (signing.BadSignature, ValidationError, ValueError, TypeError):
            message = "This cursor is none of this list's, or the filters or the ordering have changed."
            raise InvalidCursor(errors={"cursor": message}) from None

    def _salt(self) -> str:
        """What a cursor is bound to: the path, the filters and the ordering."""
        filters = sorted(item for item in self.request.query_params.items() if item[0] not in _FREE)
        bound = [self.request.path, filters, [_name(term) for term in self.columns]]
        return f"{_SALT} {hashlib.sha256(json.dumps(bound).encode()).hexdigest()}"

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
                "Rows a page.",
            ),
            _parameter("cursor", {"type": "string"}, "From `next` or `previous` of a page before; opaque."),
            _parameter("count", {"type": "boolean"}, f"Also count all rows, up to {MOST_COUNTED}."),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "count": {"type": "integer", "description": "Only with `?count=true`."},
                "count_is_capped": {"type": "boolean", "description": f"Whether there are more than {MOST_COUNTED}."},
                "updated_cursor": {"type": "string", "description": "To be sent as `updated_after` next time."},
                "deleted": {"type": "array", "items": {"type": "integer"}, "description": "Only with `updated_after`."},
                "results": schema,
            },
        }


def _limit(request: Request) -> int:
    return whole(request, "limit", default=DEFAULT_LIMIT, least=1, most=LARGEST_LIMIT)


def _count(queryset: QuerySet[Any]) -> int:
    return queryset.order_by()[: MOST_COUNTED + 1].count()


def _name(term: Term) -> str:
    return f"-{term.path}" if term.is_descending else term.path


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
