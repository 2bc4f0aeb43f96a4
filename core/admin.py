"""Bases of the technical administration at /djadmin/: superusers only, nothing is deleted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.models import Heartbeat, Option, OutboxMessage


class RegisterAdmin(admin.ModelAdmin):
    """Rows are neither added nor deleted here: actions with their checks and log do that."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(RegisterAdmin):
    """Rows to look at."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


@admin.register(Option)
class OptionAdmin(ReadOnlyAdmin):
    list_display = ("key", "value", "updated_at")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = ("topic", "key", "state", "due_at", "attempts", "done_at")
    list_filter = ("state", "topic")
    search_fields = ("key",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "at")


@admin.register(admin.models.LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What superusers changed in here."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_select_related = ("user", "content_type")
