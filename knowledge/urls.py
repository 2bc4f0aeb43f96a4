"""Addresses of articles' files; their pages are the desk's and the portal's."""

from django.urls import path

from knowledge.views import files

app_name = "knowledge"
urlpatterns = [path("kb/files/<int:pk>/", files.download, name="file")]
