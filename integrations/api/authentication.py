"""`Authorization: Bearer <key>`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from integrations.models import ApiKey
from integrations.selectors import usable_key


class ApiKeyAuthentication(BaseAuthentication):
    """The user of an API key; `request.auth` is the key. Without the header the session decides."""

    def authenticate(self, request: Any) -> tuple[Any, ApiKey] | None:
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = usable_key(text.strip())
        if key is None:
            raise AuthenticationFailed("This API key is not valid: unknown, revoked, or its user is inactive.")
        return key.user, key

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How the API's schema names it."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}
