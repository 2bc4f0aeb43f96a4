"""Addresses of the service level report."""

from django.urls import path

from desk.views import sla_report

app_name = "sla"
urlpatterns = [
    path("desk/sla/", sla_report.report, name="report"),
    path("desk/sla/records/", sla_report.records, name="records"),
    path("desk/sla/table/<slug:name>/", sla_report.table, name="table"),
]
