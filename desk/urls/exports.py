"""Lists as files."""

from django.urls import path

from desk.views import export

app_name = "exports"
urlpatterns = [path("desk/export/", export.tickets, name="tickets")]
