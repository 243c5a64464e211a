"""The states of a purchase order."""

from django.db import models


class PurchaseOrderState(models.TextChoices):
    DRAFT = "draft"
    ORDERED = "ordered"
    PARTLY_RECEIVED = "partly_received", "Partly received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELED = "canceled"
