"""Filters, ordering and `updated_after` of lists; what they don't know is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_filters import BaseInFilter, CharFilter, NumberFilter
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from core import feeds
from core.api import keyset, parameters
from core.dates import check_dates
from core.errors import InvalidInput
from core.feeds import Cursor
from core.models import Tombstone

__all__ = ["FilterSet", "IdFilter", "KeyFilter", "StrictFilterBackend", "StrictOrdering", "UpdatedAfter", "WordsFilter"]


class KeyFilter(CharFilter):
    """A natural key, whatever its case: `item = KeyFilter("item__sku")`; uses the index over its lower case."""

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return queryset
        return self.get_method(queryset)(**{f"{self.field_name}__lower": Lower(Value(value))})


class IdField(forms.IntegerField):
    """A whole number in digits alone, so that whoever reads the same text gets the same number."""

    def to_python(self, value: Any) -> int | None:
        if value not in self.empty_values and not (str(value).isascii() and str(value).isdigit()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class IdFilter(NumberFilter):
    """An id: `item_id = IdFilter()`."""

    field_class = IdField

    def __init__(self, field_name: str | None = None, **options: Any) -> None:
        super().__init__(field_name, **{"min_value": 1, "max_value": 2**63 - 1, **options})


class WordsFilter(BaseInFilter, CharFilter):
    """One of several words, `state=open,shipped`; `choices` refuses all others."""

    def __init__(self, *args: Any, choices: Sequence[str], **options: Any) -> None:
        self.words = [str(choice) for choice in choices]
        super().__init__(*args, **options)

    def filter(self, queryset: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        if unknown := [word for word in value or [] if word not in self.words]:
            text = f"“{unknown[0]}” is none of {', '.join(self.words)}."
            raise InvalidInput(errors={self.parent_name(): text})
        return super().filter(queryset, value)

    def parent_name(self) -> str:
        """The name under which the filterset has this filter."""
        return next((name for name, one in self.parent.filters.items() if one is self), self.field_name)


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter, and a 400 for each parameter that neither the filterset nor every list has."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        names = frozenset(filterset_class.base_filters) if filterset_class else frozenset()
        own = {"fresh"} if getattr(view, "supports_fresh", False) else set()
        parameters.refuse_unknown(request, parameters.COMMON | names | own)
        return super().filter_queryset(request, queryset, view)


class StrictOrdering(BaseFilterBackend):
    """`?ordering=-need_by_on,item` over the view's `ordering_fields`: names, or a mapping of names to paths.

    Sets `view.page_ordering`; the pagination orders, and appends the id.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        wanted = parameters.words(request, "ordering")
        view.page_ordering = self._paths(wanted, _ordering_fields(view)) or tuple(getattr(view, "ordering", ("-id",)))
        return queryset

    def _paths(self, wanted: list[str], allowed: Mapping[str, str]) -> tuple[str, ...]:
        if unknown := [word for word in wanted if word.removeprefix("-") not in allowed]:
            names = ", ".join(sorted(allowed)) or "none"
            raise InvalidInput(errors={"ordering": f"“{unknown[0][:60]}” is no ordering. Allowed: {names}."})
        return tuple(f"-{allowed[word[1:]]}" if word.startswith("-") else allowed[word] for word in wanted)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = sorted(_ordering_fields(view))
        text = f"Comma-separated, `-` for descending: {', '.join(names)}." if names else "None."
        return [_parameter("ordering", text), _parameter("fields", "Comma-separated: only these members of each row.")]


class UpdatedAfter(BaseFilterBackend):
    """`?updated_after=`: what has changed since, in the order of commits, and the ids of what was deleted.

    Takes the `updated_cursor` of an answer before, or a timestamp. The view's model names its transaction id in
    `feed_column` (`changed_xid`); a model without one has no feed.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        column = _feed_column(view, queryset)
        text = request.query_params.get("updated_after")
        if column is None:
            if text is not None:
                raise InvalidInput(errors={"updated_after": "This list has no feed of changes."})
            return queryset
        view.feed = Feed(view, request, column, feeds.horizon(), *_since(text))
        if text is None:
            return queryset
        if request.query_params.get("ordering"):
            raise InvalidInput(errors={"ordering": "What was updated comes in the order of its commits."})
        view.page_ordering = (column, "id")
        return view.feed.narrowed(queryset)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        if _feed_column(view, view.get_queryset()) is None:
            return []
        return [_parameter("updated_after", "An `updated_cursor`, or a timestamp: only what changed since.")]


@dataclass(frozen=True, slots=True)
class Feed:
    """The changes of a list since a cursor or a moment, up to the horizon that was read before the page."""

    view: Any
    request: Request
    column: str
    horizon: Cursor
    cursor: Cursor | None
    moment: datetime | None

    def narrowed(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that changed since, and that are sure to be complete: below the horizon."""
        queryset = queryset.filter(**{f"{self.column}__lt": self.horizon.xid})
        if self.moment is not None:
            return queryset.filter(**{f"{_moment_column(queryset)}__gte": self.moment})
        assert self.cursor is not None
        columns = keyset.terms(queryset, (self.column, "id"))
        return keyset.after(queryset, columns, [self.cursor.xid, self.cursor.id], is_reversed=False)

    def answer(self, page: list[Any], *, has_next: bool) -> dict[str, Any]:
        """`updated_cursor`, and with `updated_after` the `deleted` ids up to there.

        A plain list gives the horizon of before its page: whoever reads all pages and then follows misses nothing.
        """
        if self.cursor is None and self.moment is None:
            return {"updated_cursor": str(self.horizon)}
        upto = Cursor(getattr(page[-1], self.column), page[-1].pk) if has_next and page else self.horizon
        return {"updated_cursor": str(upto), "deleted": self._deleted(upto)}

    def _deleted(self, upto: Cursor) -> list[int]:
        since = {"created_at__gte": self.moment} if self.cursor is None else {"changed_xid__gte": self.cursor.xid}
        buried = Tombstone.objects.filter(noun=self.view.basename, changed_xid__lte=upto.xid, **since)
        return list(self.view.buried(buried).order_by("changed_xid", "id").values_list("row_id", flat=True))


def _since(text: str | None) -> tuple[Cursor | None, datetime | None]:
    if text is None:
        return None, None
    if cursor := feeds.parse_cursor(text):
        return cursor, None
    try:
        moment = parse_datetime(text.replace(" ", "+"))  # a plus sign that nobody has escaped
    except ValueError:
        moment = None
    if moment is None:
        message = f"“{text[:40]}” is neither an updated_cursor nor a timestamp such as 2026-11-23T08:00:00Z."
        raise InvalidInput(errors={"updated_after": message})
    check_dates({"updated_after": moment})
    return None, moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _ordering_fields(view: Any) -> dict[str, str]:
    fields = getattr(view, "ordering_fields", ())
    return dict(fields) if isinstance(fields, Mapping) else {name: name for name in fields}


def _feed_column(view: Any, queryset: QuerySet[Any]) -> str | None:
    column = getattr(view, "feed_column", "changed_xid")
    names = {field.name for field in queryset.model._meta.concrete_fields}
    return column if column in names else None


def _moment_column(queryset: QuerySet[Any]) -> str:
    """When a row was written last; one that is never changed has only the moment it was written at."""
    names = {field.name for field in queryset.model._meta.concrete_fields}
    return next(name for name in ("updated_at", "posted_at", "created_at") if name in names)


def _parameter(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": description}
