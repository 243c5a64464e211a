"""Core in the admin: events, the outbox, runs and numbers to read; users and groups in the admin's own look."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline
from core.models import Event, NumberSequence, OutboxEvent, Run, RunLine, Tombstone

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "email", "is_staff", "is_superuser", "is_active")
    list_per_page = 50


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    list_per_page = 50


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "created_at", "company_ids", "site_ids", "actor_id")
    list_display_links = ("id",)
    search_fields = ("kind",)


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "handler", "event_id", "attempts", "leased_until", "done_at", "dead_at")
    list_display_links = ("id",)
    list_filter = ("handler", ("dead_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter))
    raw_id_fields = ("event",)


class RunLineInline(ReadOnlyInline):
    model = RunLine
    fields = ("at", "level", "text")
    ordering = ("pk",)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "step", "progress", "total", "user", "started_at", "ended_at")
    list_display_links = ("id",)
    list_filter = ("state",)
    list_select_related = ("user",)
    search_fields = ("kind",)
    inlines = (RunLineInline,)


@admin.register(NumberSequence)
class NumberSequenceAdmin(ReadOnlyAdmin):
    list_display = ("prefix", "company_id", "last_number")
    list_display_links = ("prefix",)
    search_fields = ("prefix",)


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    list_display = ("noun", "row_id", "company_id", "site_id", "created_at")
    list_display_links = ("noun",)
    search_fields = ("noun",)
