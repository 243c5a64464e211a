"""View bases: nothing is read outside the reader's scope, and a write is one service call in one transaction.

A noun of the API:

    class SalesOrderViewSet(CreateMixin, EditMixin, ScopedViewSet):
        serializer_class = SalesOrderSerializer            # what answers carry
        write_serializer_class = SalesOrderWriteSerializer  # what bodies carry
        change_serializer_class = SalesOrderEditSerializer  # what those of a PATCH carry, where it differs
        filterset_class = SalesOrderFilter
        ordering_fields = ("number", "need_by_on")

        def scope(self):
            return sales_orders.visible_to(self.actor)

        def perform_create(self, values):
            return services.create(**values, actor=self.actor, now=self.now)

        def perform_update(self, row, values, expected):
            return services.edit(row, expected=expected, actor=self.actor, **values)

        @document_action(serializer=ShipSerializer)
        def ship(self, order, values):
            return services.ship(order.pk, **values, actor=self.actor, now=self.now)
"""

from collections.abc import Callable
from functools import cache, partial, wraps
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core import access, clock
from core.api import idempotency, parameters
from core.api.concurrency import etag, expected_version
from core.api.fields import LARGEST_ID, ReferenceField
from core.api.serializers import Serializer
from core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from core.models import Tombstone
from core.transactions import retried


class ScopedViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Reads one noun: list and detail, within `scope()` alone, so that what is out of scope is a 404."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    lookup_value_regex = "[0-9]+"
    write_serializer_class: type[BaseSerializer[Any]] | None = None
    supports_fresh = False
    ordering: tuple[str, ...] = ("-id",)
    ordering_fields: Any = ()

    def scope(self) -> QuerySet[Any]:
        """The rows that this reader may see; every noun says it."""
        raise NotImplementedError(f"{type(self).__name__} has no scope().")

    def get_queryset(self) -> QuerySet[Any]:
        """The scope, with the references that answers name in the same query."""
        if getattr(self, "swagger_fake_view", False):
            return self.get_serializer_class().Meta.model.objects.none()  # type: ignore[attr-defined]
        return self.scope().select_related(*_references(self.get_serializer_class()))  # type: ignore[arg-type]

    @property
    def actor(self) -> Any:
        """Who does it."""
        return self.request.user

    @property
    def now(self) -> Any:
        """The moment of this request, the same each time it is asked."""
        if not hasattr(self, "_now"):
            self._now = clock.now()
        return self._now

    @property
    def is_fresh(self) -> bool:
        """Whether the reader wants the page's figures computed from what is committed now."""
        return self.supports_fresh and parameters.boolean(self.request, "fresh")

    def buried(self, tombstones: QuerySet[Tombstone]) -> QuerySet[Tombstone]:
        """The tombstones that this reader hears of."""
        seen = access.scope_of(self.actor)
        if seen.is_everything:
            return tombstones
        mine = Q(company_id__in=seen.companies) | Q(site_id__in=seen.sites) | Q(company_id=None, site_id=None)
        return tombstones.filter(mine)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Run each write as one transaction, retried as a whole after a deadlock; a POST at most once a key."""
        method = (request.method or "").lower()
        handler = getattr(self, method, None)
        if method in {"post", "patch", "delete"} and handler is not None:
            setattr(self, method, partial(_in_one_transaction, handler))
        return super().dispatch(request, *args, **kwargs)

    def get_object(self) -> Any:
        if int(self.kwargs[self.lookup_field]) > LARGEST_ID:
            raise NotFound("There is nothing here that you may see.")
        return super().get_object()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Filters are of lists: a detail is found by its id in scope, whatever the query says.
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def figures(self, rows: list[Any]) -> dict[str, Any]:
        """What the serializer's context shall hold of the rows shown, read once for all of them."""
        return {}

    def wants(self, *names: str) -> bool:
        """Whether the answer has one of these members: it has all, unless a GET names others with `fields`."""
        wanted = parameters.words(self.request, "fields") if self.request.method == "GET" else []
        return not wanted or not set(names).isdisjoint(wanted)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        rows = [args[0]] if args and isinstance(args[0], Model) else args[0] if args else None
        if isinstance(rows, list):
            kwargs["context"] = {**self.get_serializer_context(), **self.figures(rows)}
        serializer = super().get_serializer(*args, **kwargs)
        if self.request is not None and self.request.method == "GET":
            _keep_fields(serializer, parameters.words(self.request, "fields"))
        return serializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())

    def read_again(self, row: Any) -> Any:
        """A row as its detail shows it, with what the scope's query adds."""
        return self.get_queryset().filter(pk=row.pk).first() or row

    def answer(self, row: Any, *, status: int = 200, **beside: Any) -> Response:
        """A row as an answer, with its ETag; `beside` are members that are not the row's own."""
        response = Response({**self.get_serializer(row).data, **beside}, status=status)
        if tag := etag(row):
            response["ETag"] = tag
        return response

    def body(self, serializer_class: type[BaseSerializer[Any]] | None = None, **options: Any) -> Any:
        """The request's body, validated for shape: a dict, or a list of them when `many`."""
        chosen = serializer_class or self.write_serializer_class or self.get_serializer_class()
        serializer = chosen(data=self.request.data, context=self.get_serializer_context(), **options)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, StaleVersion) and self.kwargs.get(self.lookup_field):
            error.details["current"] = self.get_serializer(self.get_object()).data
        return super().handle_exception(error)


if TYPE_CHECKING:
    _Base = ScopedViewSet
else:
    _Base = object


class CreateMixin(_Base):
    """POST of one row, or of a list of rows that are written all or none."""

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = self.body(many=isinstance(request.data, list))
        if isinstance(values, list):
            rows = self.perform_bulk_create(values)
            shown = {row.pk: row for row in self.get_queryset().filter(pk__in=[row.pk for row in rows])}
            return Response(self.get_serializer([shown.get(row.pk, row) for row in rows], many=True).data, status=201)
        row = self.read_again(self.perform_create(values))
        response = self.answer(row, status=201)
        response["Location"] = request.build_absolute_uri(f"{request.path}{row.pk}/")
        return response

    def perform_create(self, values: dict[str, Any]) -> Model:
        """One service call; returns the row."""
        raise NotImplementedError

    def perform_bulk_create(self, rows: list[dict[str, Any]]) -> list[Model]:
        """All of them or none; a noun with a service for many overrides it."""
        return [indexed(index, partial(self.perform_create, values)) for index, values in enumerate(rows)]


class EditMixin(_Base):
    """PATCH of a row with a version: `If-Match` says which one was read; what the body leaves out stays."""

    change_serializer_class: type[BaseSerializer[Any]] | None = None

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        expected = expected_version(request)
        row = self.get_object()
        values = self.body(self.change_serializer_class, instance=row, partial=True)
        return self.answer(self.read_again(self.perform_update(row, values, expected)))

    def perform_update(self, row: Any, values: dict[str, Any], expected: int) -> Model:
        """One service call; returns the row."""
        raise NotImplementedError


class DestroyMixin(_Base):
    """DELETE of a row with a version; the service leaves a tombstone (`core.tombstones.leave`)."""

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        expected = expected_version(request) if etag(row) else None
        self.perform_destroy(row, expected)
        return Response(status=204)

    def perform_destroy(self, row: Any, expected: int | None) -> None:
        """One service call."""
        raise NotImplementedError


def document_action(
    *, serializer: type[BaseSerializer[Any]] | None = None, url_path: str | None = None, status: int = 200
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """A state change, `POST …/{id}/<name>/`: the method takes the row and the validated body, and calls a service.

    Answers with the row as it stands then; a method that returns a dict or a Response answers with that.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(method)
        def run(self: ScopedViewSet, request: Request, *args: Any, **kwargs: Any) -> Response:
            row = self.get_object()
            result = method(self, row, self.body(serializer or Serializer))
            if isinstance(result, Response):
                return result
            if isinstance(result, dict):
                return Response(result, status=status)
            return self.answer(self.read_again(row), status=status)

        path = url_path or method.__name__.replace("_", "-")
        decorated: Any = action(detail=True, methods=["post"], url_path=path, url_name=path)(run)
        decorated.body_serializer = serializer
        return decorated

    return decorate


def indexed(index: int, work: Callable[[], Any]) -> Any:
    """`work` on one row of many; a refusal names which one, `0.lines.1.quantity`."""
    try:
        return work()
    except InvalidInput as error:
        error.errors = {f"{index}.{field}": text for field, text in error.errors.items()} or {str(index): error.message}
        raise
    except DomainError as error:
        error.details["index"] = index
        if field := getattr(error, "field", None):
            error.field = f"{index}.{field}"  # type: ignore[attr-defined]
        raise


def _in_one_transaction(handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
    work = partial(handler, request, *args, **kwargs)
    if request.method == "POST":
        return retried(partial(idempotency.answer_once, request, work))
    return retried(work)


def _keep_fields(serializer: Any, names: list[str]) -> None:
    fields = getattr(serializer, "child", serializer).fields
    if unknown := [name for name in names if name not in fields]:
        text = f"“{unknown[0][:60]}” is no member of this row. Allowed: {', '.join(fields)}."
        raise InvalidInput(errors={"fields": text})
    if names:
        for name in set(fields) - set(names):
            fields.pop(name)


@cache
def _references(serializer_class: type[BaseSerializer[Any]]) -> tuple[str, ...]:
    """The foreign keys that a serializer's answer names, for `select_related`."""
    fields = getattr(serializer_class(), "fields", {})
    sources = (field.source or "" for field in fields.values() if isinstance(field, ReferenceField))
    return tuple(source for source in sources if "." not in source)
