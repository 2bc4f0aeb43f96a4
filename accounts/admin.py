"""Technical administration of people and teams, for superusers. Looks, seldom changes."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.access import person
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import (
    ApiToken,
    AuditEvent,
    Department,
    Membership,
    RoleGrant,
    SignInSession,
    Team,
    User,
)
from core.admin import ReadOnlyAdmin, RegisterAdmin

admin.site.unregister(Group)  # roles take their place


@admin.register(User)
class UserAdmin(RegisterAdmin):
    """Flags of Django itself; everything else has a page of its own in the administration."""

    list_display = ("email", "display_name", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser", "is_machine")
    search_fields = ("email", "display_name", "roman_name", "employee_no")
    ordering = ("email",)
    fields = ("email", "display_name", "roman_name", "is_staff", "is_superuser", "last_login")
    readonly_fields = ("email", "display_name", "roman_name", "last_login")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes their own flags."""
        is_self = obj is not None and obj.pk == request.user.pk
        return super().has_change_permission(request, obj) and not is_self

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The audit log has it too, beside Django's own log."""
        super().save_model(request, obj, form, change)
        changes = {
            name: [form.initial[name], form.cleaned_data[name]] for name in form.changed_data
        }
        audit.record(obj, AuditVerb.CHANGED, by=person(request), changes=changes)


@admin.register(Department, Team)
class GroupAdmin(ReadOnlyAdmin):
    list_display = ("name_ko", "name_en")
    search_fields = ("name_ko", "name_en")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("team", "user", "is_available")
    list_select_related = ("team", "user")


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "scope")
    list_filter = ("role", "scope")
    list_select_related = ("user",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ("prefix", "name", "user", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    exclude = ("digest",)


@admin.register(SignInSession)
class SignInSessionAdmin(ReadOnlyAdmin):
    list_display = ("user", "address", "created_at", "seen_at")
    list_select_related = ("user",)
    exclude = ("session_key",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "verb", "object_type", "object_id", "object_label")
    list_filter = ("verb", "object_type")
    list_select_related = ("actor",)
    show_full_result_count = False
