"""The states of a manufacturing order."""

from django.db import models


class ManufacturingOrderState(models.TextChoices):
    PLANNED = "planned"
    RELEASED = "released"
    IN_PROGRESS = "in_progress", "In progress"
    PARTLY_COMPLETED = "partly_completed", "Partly completed"
    DONE = "done"
    CLOSED = "closed"
    CANCELED = "canceled"
