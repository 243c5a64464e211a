"""What core itself serves: the feed of events, and runs."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import access, feeds, live, runs
from core.api.filters import FilterSet, WordsFilter
from core.api.serializers import ModelSerializer
from core.api.views import ScopedViewSet, document_action
from core.models import Event, Run, RunLine


class EventSerializer(ModelSerializer):
    """An event, with the part of it that its reader may hear of."""

    cursor = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()
    levels = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = ("id", "cursor", "kind", "created_at", "actor_id", "documents", "levels")

    def get_cursor(self, event: Event) -> str:
        """Its place in the feed."""
        return f"{event.xid}-{event.pk}"

    def get_documents(self, event: Event) -> list[list[Any]]:
        """`[kind, id]` of each document that it is about."""
        return self._visible(event)["documents"]

    def get_levels(self, event: Event) -> list[list[int]]:
        """`[item, site, company]` of each stock level that it changes."""
        return self._visible(event)["levels"]

    def _visible(self, event: Event) -> live.Message:
        message = live.message_of_event(event.payload, event.company_ids, event.site_ids)
        return live.visible(message, self.context["view"].seen) or {"levels": [], "documents": []}


class EventFilter(FilterSet):
    class Meta:
        model = Event
        fields = ("kind",)


class EventViewSet(ScopedViewSet):
    """What happened, in the order of commits; follow it by sending `updated_cursor` as `updated_after`."""

    serializer_class = EventSerializer
    filterset_class = EventFilter
    ordering = ("xid", "id")
    feed_column = "xid"

    @property
    def seen(self) -> access.Scope:
        return access.scope_of(self.actor)

    def scope(self) -> QuerySet[Event]:
        events = Event.objects.filter(xid__lt=feeds.horizon().xid)
        if self.seen.is_everything:
            return events
        mine = Q(company_ids__overlap=list(self.seen.companies)) | Q(site_ids__overlap=list(self.seen.sites))
        return events.filter(mine)


class RunSerializer(ModelSerializer):
    company_id = serializers.IntegerField()
    site_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Run
        fields = (
            "id",
            "kind",
            "company_id",
            "site_id",
            "user",
            "inputs",
            "state",
            "step",
            "progress",
            "total",
            "result",
            "error",
            "is_cancel_requested",
            "attempts",
            "created_at",
            "started_at",
            "ended_at",
            "updated_at",
        )


class RunLineSerializer(ModelSerializer):
    class Meta:
        model = RunLine
        fields = ("id", "at", "level", "text")


class RunFilter(FilterSet):
    state = WordsFilter("state", choices=Run.State.values)

    class Meta:
        model = Run
        fields = ("kind", "state", "company_id", "site_id")


class RunViewSet(ScopedViewSet):
    """Long work: its state, progress, log and result."""

    serializer_class = RunSerializer
    filterset_class = RunFilter
    ordering_fields = ("id", "created_at", "started_at", "ended_at")

    def scope(self) -> QuerySet[Run]:
        seen = access.scope_of(self.actor)
        if seen.is_everything:
            return Run.objects.all()
        return Run.objects.filter(Q(company_id__in=seen.companies) | Q(site_id__in=seen.sites))

    @document_action()
    def cancel(self, run: Run, values: dict[str, Any]) -> None:
        """Ask for its end: a waiting run ends at once, a running one at its next heartbeat."""
        runs.cancel(run.pk, actor=self.actor)

    @action(detail=True, methods=["get"], serializer_class=RunLineSerializer, filterset_class=None)
    def log(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The lines of its log, the oldest first."""
        lines = RunLine.objects.filter(run=self.get_object())
        self.page_ordering = ("id",)
        page = self.paginate_queryset(lines)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
