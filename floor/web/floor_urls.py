"""`/floor/`: the tablet's page and what its script calls."""

from django.urls import path

from floor.web import calls, shell

urlpatterns = [
    path("", shell.shell, name="floor"),
    path("enroll/", shell.enroll, name="floor-enroll"),
    path("worker.js", shell.worker, name="floor-worker"),
    path("manifest.webmanifest", shell.manifest, name="floor-manifest"),
    path("tasks/", calls.tasks, name="floor-tasks"),
    path("sign-in/", calls.sign_in, name="floor-sign-in"),
    path("commands/", calls.commands, name="floor-commands"),
    path("pictures/<int:pk>/", calls.picture, name="floor-picture"),
]
