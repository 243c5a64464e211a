"""Integrations in the admin: API keys are made and revoked by their owners; here they are seen, and ended."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from core import clock
from core.adminbase import ReadOnlyAdmin
from core.errors import DomainError
from integrations.models import ApiKey
from integrations.services import api_keys


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "prefix", "user", "access", "created_at", "last_used_at", "revoked_at")
    list_display_links = ("name",)
    list_filter = ("access", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    exclude = ("digest",)
    actions = ("revoke_selected",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super(ReadOnlyAdmin, self).changelist_view(request, extra_context)

    @admin.action(description="Revoke the selected keys")
    def revoke_selected(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        """End them; they stay listed."""
        for key in rows.filter(revoked_at=None).order_by("pk"):
            try:
                api_keys.revoke(key.pk, now=clock.now(), actor=request.user)
            except DomainError as error:
                messages.error(request, error.message)
