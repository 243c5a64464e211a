"""The states of a sales order."""

from django.db import models


class SalesOrderState(models.TextChoices):
    QUOTE = "quote"
    OPEN = "open"
    PARTLY_SHIPPED = "partly_shipped", "Partly shipped"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELED = "canceled"
