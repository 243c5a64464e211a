"""Quality in the admin: plans and checks to read; both are written by their services."""

from django.contrib import admin

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline
from quality import selectors
from quality.models import QualityCharacteristic, QualityCheck, QualityPlan, QualityResult
from sites.access import access_of


class CharacteristicInline(ReadOnlyInline):
    model = QualityCharacteristic
    fields = ("line_no", "name", "kind", "min_value", "max_value", "unit")


class ResultInline(ReadOnlyInline):
    model = QualityResult
    fields = ("line_no", "name", "value", "unit", "is_ok", "note")


@admin.register(QualityPlan)
class PlanAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: selectors.plans(access_of(user)))
    list_display = ("code", "name", "company", "trigger", "item", "site", "archived_at")
    list_display_links = ("code",)
    list_select_related = ("company", "item", "site")
    search_fields = ("code", "name")
    inlines = (CharacteristicInline,)


@admin.register(QualityCheck)
class CheckAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: selectors.checks(access_of(user)))
    list_display = ("number", "plan", "state", "item", "lot", "quantity", "source_number", "site", "opened_at")
    list_display_links = ("number",)
    list_select_related = ("plan", "item", "lot", "site")
    list_filter = ("state", "trigger")
    inlines = (ResultInline,)
