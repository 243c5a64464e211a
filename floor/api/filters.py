"""Filters of the lists of the shop floor."""

from core.api.filters import FilterSet, IdFilter, KeyFilter
from floor.models import Device, FloorCommand


class DeviceFilter(FilterSet):
    site = KeyFilter("site__code")
    site_id = IdFilter("site_id")

    class Meta:
        model = Device
        fields = ()


class FloorCommandFilter(FilterSet):
    site = KeyFilter("site__code")
    site_id = IdFilter("site_id")
    device_id = IdFilter("device_id")
    task_id = IdFilter("task_id")

    class Meta:
        model = FloorCommand
        fields = ("state", "kind")
