"""Who sits before the browser: the demo's people, and makers who begin, each with a session of his own."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore

from sites.models import Membership
from sites.services import companies, memberships
from sites.services import sites as site_service

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Beginner:
    """The planner of a new company with one site: nothing is there yet."""

    user: Any
    site: str


def begin() -> Beginner:
    """A company, its only site and who runs it, under names that nobody has."""
    code = f"N{secrets.token_hex(3).upper()}"
    company = companies.create(code=code, name="Tamme Joinery", country="EE", is_own=True, actor=None)
    site = site_service.create(
        code=f"{code}-1", name="Workshop", company=company, time_zone="Europe/Tallinn", country="EE", is_making=True,
        actor=None,
    )  # fmt: skip
    user = get_user_model()._default_manager.create(username=code.lower(), first_name="Tiina", last_name="Tamme")
    memberships.grant(user=user, company=company, role=Membership.Role.ADMINISTRATOR, actor=None)
    return Beginner(user, site.code)


def signed_in(user: Any, address: str) -> dict[str, Any]:
    """What a browser keeps of somebody who has signed in; nothing is typed and nothing is hashed."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    cookie = {"name": "sessionid", "value": session.session_key, "url": address, "httpOnly": True, "sameSite": "Lax"}
    return {"cookies": [cookie], "origins": []}
