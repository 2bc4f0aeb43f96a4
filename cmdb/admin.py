"""Services and items in the technical administration, to look at."""

from django.contrib import admin

from cmdb.models import ConfigurationItem, Relation, Service
from core.admin import ReadOnlyAdmin


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name_ko", "name_en", "status", "criticality")
    search_fields = ("slug", "name_ko", "name_en")


@admin.register(ConfigurationItem)
class ConfigurationItemAdmin(ReadOnlyAdmin):
    list_display = ("name", "type", "status", "location")
    list_filter = ("type", "status")
    search_fields = ("name", "serial")


@admin.register(Relation)
class RelationAdmin(ReadOnlyAdmin):
    list_display = ("source", "type", "target")
    list_select_related = ("source", "target")
