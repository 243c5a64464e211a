"""What a tablet asks, and what it is told. Plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from production.models import Operator


@dataclass(frozen=True, kw_only=True)
class CommandDraft:
    """One thing done on a tablet: its own id and number, who did it (`badge` or `proof`), and when by its clock."""

    uuid: UUID
    sequence: int
    kind: str
    device_at: datetime
    task_id: int | None = None
    badge: str = ""
    proof: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Meant:
    """A command as it is applied: at which site, on which task, by whom, and when by our clock."""

    kind: str
    site_id: int
    device_id: int
    task_id: int | None
    operator: Operator | None
    payload: dict[str, Any]
    device_at: datetime
    happened_at: datetime


@dataclass(frozen=True)
class Answer:
    """What the tablet is told of one command: applied, conflict or dismissed; waiting and refused ones stay with it."""

    uuid: UUID
    state: str
    result: dict[str, Any] = field(default_factory=dict)
    problem: dict[str, Any] = field(default_factory=dict)
