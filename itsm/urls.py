"""All addresses; each app brings its own."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.signin import set_language

urlpatterns = [
    path("", include("accounts.urls")),
    path("language/", set_language, name="set_language"),
    path("", include("portal.urls")),
    path("djadmin/", admin.site.urls),
]
