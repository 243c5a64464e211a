"""The states of a purchase order."""

from django.db import models


class PurchaseOrderState(models.TextChoices):
    DRAFT = "draft"
    ORDERED = "ordered"
    PARTLY_RECEIVED = "partly_received", "Partly received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELED = "canceled"


class PurchaseLineKind(models.TextChoices):
    """A service is work on goods that are ours: it brings no stock, and its receipt is reported where it is done."""

    GOODS = "goods"
    SERVICE = "service"
