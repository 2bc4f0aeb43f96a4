"""All addresses; each app brings its own."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("djadmin/", admin.site.urls),
]
