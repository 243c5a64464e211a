"""Tablets and what they sent."""

from floor.models.commands import FloorCommand
from floor.models.devices import Device

__all__ = ["Device", "FloorCommand"]
