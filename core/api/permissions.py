"""Who may call the API at all. What a user may do to a row is decided by services, on the row."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from core.errors import Forbidden


class ReadOnlyKey(Forbidden):
    """The API key may only read."""

    code = "read_only_key"


class HasAccess(IsAuthenticated):
    """Signed in; and by an API key with the scope `write` for everything but reads."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.method not in SAFE_METHODS and not getattr(request.auth, "is_writing", True):
            raise ReadOnlyKey("This API key may read, and not write.")
        return True
