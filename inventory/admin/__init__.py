"""Inventory in the admin: masters written by services, the ledger and all that follows from it only to read."""

from inventory.admin import masters, reading

__all__ = ["masters", "reading"]
