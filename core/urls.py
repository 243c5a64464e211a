"""Addresses of core, below the site's root."""

from django.urls import path

from core import health
from core.web import dead_letters, views

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("settings/dead-letters/", dead_letters.dead_letters_list, name="dead-letters"),
    path("settings/dead-letters/retry/", dead_letters.dead_letters_retry, name="dead-letters-retry"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
