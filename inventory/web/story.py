"""What happened to an order, as its page tells it, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model

from inventory.models import Posting


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened; with a posting where goods moved, which `is_standing` until it is taken back."""

    at: datetime
    what: str
    posting: Posting | None = None
    goods: str = ""
    note: str = ""
    by: str = ""
    is_standing: bool = False
    is_undone: bool = False


def newest_first(headline: Iterable[Happened], postings: Iterable[Happened]) -> list[Happened]:
    """In the order of time; of what happened at one moment the order's own steps came first."""
    return sorted([*headline, *postings], key=lambda one: one.at)[::-1]


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of users by id; one query."""
    users = get_user_model()._default_manager.in_bulk({user_id for user_id in ids if user_id})
    return {pk: user.get_full_name() or user.get_username() for pk, user in users.items()}
