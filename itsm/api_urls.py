"""Everything below /api/: the only place that puts the apps' endpoints together."""

from django.urls import include, path, re_path

from core.api.schema_views import DocsView, SchemaView
from core.api.views import UnknownAddress

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    path("v1/", include("tickets.api.urls")),
    path("v1/", include("tickets.api.approvalurls")),
    path("v1/", include("sla.api.urls")),
    path("v1/", include("knowledge.api.urls")),
    path("v1/", include("incidents.api.urls")),
    path("v1/", include("accounts.api.urls")),
    path("v1/", include("cmdb.api.urls")),
    path("v1/", include("surveys.api.urls")),
    path("v1/", include("catalog.api.urls")),
    path("v1/", include("notifications.api.urls")),
    re_path(r"", UnknownAddress.as_view()),
]
