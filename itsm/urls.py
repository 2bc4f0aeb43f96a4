"""All addresses; each app brings its own."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.signin import set_language, technical_sign_in

urlpatterns = [
    path("", include("accounts.urls")),
    path("language/", set_language, name="set_language"),
    path("", include("notifications.urls")),
    path("", include("knowledge.urls")),
    path("", include("portal.urls")),
    path("", include("desk.urls")),
    path("", include("desk.urls.cmdb")),
    # Before the records' folders: "major" looks like one.
    path("", include("desk.urls.major")),
    path("", include("desk.urls.sla")),
    path("", include("desk.urls.tickets")),
    path("", include("desk.urls.exports")),
    path("api/", include("itsm.api_urls")),
    path("admin-ui/", include("adminui.urls")),
    path("djadmin/login/", technical_sign_in),
    path("djadmin/", admin.site.urls),
]

# Below /api/ refusals are problem details, elsewhere pages.
handler400 = "core.api.problems.bad_request"
handler404 = "core.api.problems.not_found"
handler500 = "core.api.problems.server_error"
