"""`devices floor-commands`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import EditMixin, ScopedViewSet, document_action
from floor import selectors
from floor.api import filters, serializers
from floor.models import Device, FloorCommand
from floor.services import devices, resolving
from sites.access import access_of


class DeviceViewSet(EditMixin, ScopedViewSet):
    """Tablets. Alone the answers to POST and `renew-code` have the one-time `code` to type at `/floor/`."""

    serializer_class = serializers.DeviceSerializer
    write_serializer_class = serializers.DeviceWriteSerializer
    change_serializer_class = serializers.DeviceChangeSerializer
    filterset_class = filters.DeviceFilter
    ordering_fields = ("name", "last_seen_at")

    def scope(self) -> QuerySet[Device]:
        return selectors.devices(access_of(self.actor))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._with_code(*devices.create(**self.body(), now=self.now, actor=self.actor), status=201)

    def perform_update(self, row: Device, values: dict[str, Any], expected: int) -> Device:
        return devices.edit(row, expected=expected, actor=self.actor, **values)

    @document_action(url_path="renew-code")
    def renew_code(self, device: Device, values: dict[str, Any]) -> Response:
        """Another one-time code."""
        return self._with_code(*devices.renew_code(device.pk, now=self.now, actor=self.actor))

    @document_action()
    def revoke(self, device: Device, values: dict[str, Any]) -> None:
        """Take its enrollment back; what it still has waiting comes in as conflicts."""
        devices.revoke(device.pk, now=self.now, actor=self.actor)

    def _with_code(self, device: Device, code: str, status: int = 200) -> Response:
        response = Response({**self.get_serializer(self.read_again(device)).data, "code": code}, status=status)
        response.secret_members = ("code",)  # type: ignore[attr-defined]
        return response


class FloorCommandViewSet(ScopedViewSet):
    """What tablets sent; `?state=conflict` is what waits for a supervisor."""

    serializer_class = serializers.FloorCommandSerializer
    filterset_class = filters.FloorCommandFilter
    ordering_fields = ("happened_at", "received_at")

    def scope(self) -> QuerySet[FloorCommand]:
        return selectors.commands(access_of(self.actor))

    @document_action(serializer=serializers.RetrySerializer)
    def retry(self, command: FloorCommand, values: dict[str, Any]) -> None:
        """Apply it after all, as it was meant or changed."""
        resolving.retry(command.pk, **values, now=self.now, actor=self.actor)

    @document_action(serializer=serializers.DismissSerializer)
    def dismiss(self, command: FloorCommand, values: dict[str, Any]) -> None:
        """Let it be as if it had not been done."""
        resolving.dismiss(command.pk, **values, now=self.now, actor=self.actor)
