"""Addresses of core, below the site's root."""

from django.urls import path

from core import health

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
]
