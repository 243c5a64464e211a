"""Signing in by session, for the pages' own calls."""

from typing import Any

from rest_framework import authentication


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session, with its CSRF check; answers 401 (not 403) to who is not signed in at all."""

    def authenticate_header(self, request: Any) -> str:
        return "Session"
