"""The kernel's lists in the technical administration, to look at.

Records themselves are not here: restricted ones must not be seen past their access rule.
"""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from tickets.models import (
    CannedText,
    Category,
    CauseCategory,
    PendingReason,
    PriorityCell,
    PriorityLevel,
    ResolutionCode,
    RoutingRule,
    WorkTemplate,
)


@admin.register(CannedText, Category, CauseCategory, PendingReason, ResolutionCode, WorkTemplate)
class LookupAdmin(ReadOnlyAdmin):
    list_display = ("key", "name_ko", "name_en", "position", "is_active")
    search_fields = ("key", "name_ko", "name_en")


@admin.register(PriorityLevel)
class PriorityLevelAdmin(ReadOnlyAdmin):
    list_display = ("level", "name_ko", "name_en")


@admin.register(PriorityCell)
class PriorityCellAdmin(ReadOnlyAdmin):
    list_display = ("impact", "urgency", "priority")


@admin.register(RoutingRule)
class RoutingRuleAdmin(ReadOnlyAdmin):
    list_display = ("position", "kind", "service", "category", "title_contains", "team")
    list_select_related = ("service", "category", "team")
