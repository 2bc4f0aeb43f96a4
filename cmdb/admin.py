"""Services and items in the technical administration, to look at."""

from django.contrib import admin

from cmdb.models import ConfigurationItem, Contract, Relation, Service, Supplier
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


@admin.register(Supplier)
class SupplierAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name_ko", "name_en", "is_active")
    search_fields = ("slug", "name_ko", "name_en")


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    list_display = ("number", "name_ko", "name_en", "supplier", "starts_on", "ends_on")
    list_select_related = ("supplier",)
    search_fields = ("number", "name_ko", "name_en")
