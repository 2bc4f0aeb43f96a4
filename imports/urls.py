"""Addresses below /admin-ui/import/, taken into the namespace of the administration."""

from django.urls import path

from imports import views

urlpatterns = [
    path("", views.start, name="import"),
    path("<int:pk>/", views.preview, name="import_preview"),
    path("<int:pk>/confirm/", views.confirm, name="import_confirm"),
    path("export/<slug:table>/", views.export_list, name="export_list"),
]
