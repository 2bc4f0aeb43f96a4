"""Addresses of costs, taken into the namespace of the desk."""

from django.urls import path

from desk.views import costs

urlpatterns = [
    path("desk/costs/", costs.report, name="costs"),
    path("desk/costs/records/", costs.records, name="costs_records"),
    path("desk/costs/file/", costs.table, name="costs_file"),
]
