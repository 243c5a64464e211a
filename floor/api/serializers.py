"""Shapes of tablets and of what they sent. No secret is ever among them."""

from typing import Any

from rest_framework import serializers

from core.api.fields import ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from floor.models import Device, FloorCommand
from floor.services.resolving import CHANGEABLE
from production.models import WorkCenter
from sites.access import access_of
from sites.api.references import site_field


def work_centers(user: Any) -> Any:
    """Work centers that may be named."""
    return WorkCenter.objects.filter(access_of(user).q(sites=["site"]), archived_at=None)


class DeviceSerializer(ModelSerializer):
    """A tablet. `last_sequence` is the number of the last command that came in."""

    site = site_field(read_only=True)
    work_center = ReferenceField(work_centers, read_only=True)

    class Meta:
        model = Device
        fields = (
            "id", "name", "site", "work_center", "code_expires_at", "enrolled_at", "revoked_at", "last_seen_at",
            "last_sequence", "version", "created_at", "updated_at",
        )  # fmt: skip


class DeviceWriteSerializer(Serializer):
    name = serializers.CharField(max_length=100)
    site = site_field()
    work_center = ReferenceField(work_centers, required=False, allow_null=True)


class DeviceChangeSerializer(Serializer):
    name = serializers.CharField(max_length=100, required=False)
    work_center = ReferenceField(work_centers, required=False, allow_null=True)


class FloorCommandSerializer(ModelSerializer):
    """What was done on a tablet. In conflict, `problem` says why it was refused (`code`, `message`)."""

    site = site_field(read_only=True)
    payload = serializers.DictField(read_only=True, help_text="What was meant, as the tablet said it.")
    changed = serializers.DictField(read_only=True, help_text="What a supervisor put in its place.")
    problem = serializers.DictField(read_only=True)
    result = serializers.DictField(read_only=True)

    class Meta:
        model = FloorCommand
        fields = (
            "id", "site", "device", "uuid", "sequence", "kind", "task", "operator", "payload", "changed", "device_at",
            "happened_at", "received_at", "state", "result", "problem", "resolved_at", "resolution", "created_at",
            "updated_at",
        )  # fmt: skip


class RetrySerializer(Serializer):
    changes = serializers.DictField(
        required=False, help_text=f"In place of what was meant: {', '.join(sorted(CHANGEABLE))}."
    )
    is_today = serializers.BooleanField(required=False, help_text="Book it now instead of when it happened.")


class DismissSerializer(Serializer):
    reason = serializers.CharField(max_length=500)
