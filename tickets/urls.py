"""Addresses of the kernel, taken into the namespace of the pages about records."""

from django.urls import path

from tickets.views import files

urlpatterns = [path("files/<int:pk>/", files.download, name="attachment")]
