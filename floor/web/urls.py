"""Pages of the shop floor, below `/s/<site>/`; what the tablets open stands in `floor_urls`."""

from django.urls import path

from floor.web import pages

urlpatterns = [
    path("floor-devices/", pages.DevicesPage.as_view(), name="floor-devices"),
    path("floor-conflicts/", pages.ConflictsPage.as_view(), name="floor-conflicts"),
]
