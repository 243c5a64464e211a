"""Tasks, what happened at them, and pictures, to look at."""

from django.contrib import admin

from core.adminbase import ReadOnlyAdmin
from production.models import Attachment, Task, TaskEvent
from production.selectors.tasks import visible_events, visible_tasks
from sites.access import access_of


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: visible_tasks(access_of(user)))
    list_display = ("order", "number", "name", "site", "work_center", "state", "good_quantity", "due_at")
    list_display_links = ("name",)
    list_filter = ("state", "site")
    list_select_related = ("order", "site", "work_center")
    search_fields = ("=order__number",)
    # Whoever does a step need not know what it costs whom it is done for.
    exclude = (
        *("weight", "planned_labor_cost", "planned_machine_cost", "planned_overhead_cost", "planned_service_cost"),
        *("planned_transport_cost", "service_unit_price", "service_currency"),
    )


@admin.register(TaskEvent)
class TaskEventAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: visible_events(access_of(user)))
    list_display = ("task", "kind", "good_quantity", "scrapped_quantity", "minutes", "operator", "happened_at")
    list_display_links = ("kind",)
    list_filter = ("kind", "site")
    list_select_related = ("task", "operator")
    search_fields = ("=order__number",)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: Attachment.objects.filter(access_of(user).q(companies=["company"])))
    list_display = ("name", "company", "content_type", "size_bytes", "created_at")
    list_display_links = ("name",)
    list_select_related = ("company",)
    search_fields = ("name",)
