"""The Django project: settings, root URLs, the Celery app and the entry points of the servers."""

from mfg.celery import app as celery_app

__all__ = ["celery_app"]
