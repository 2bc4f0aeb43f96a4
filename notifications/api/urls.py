"""Addresses of announcements."""

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import IDEMPOTENCY, key, operation, page_of, paging
from notifications.api import announcements

TAG = "announcements"
collection = extend_schema_view(
    get=operation(
        TAG,
        "list_announcements",
        "List announcements",
        answer=page_of(announcements.AnnouncementRow),
        parameters=paging(announcements.SORTS),
    ),
    post=operation(
        TAG,
        "add_announcement",
        "Announce something",
        body=announcements.AddingAnnouncement,
        answer=announcements.AnnouncementRow,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=(403, 409, 422),
    ),
)(announcements.Announcements)
single = extend_schema_view(
    get=operation(
        TAG,
        "read_announcement",
        "One announcement",
        answer=announcements.AnnouncementRow,
        parameters=[key("id")],
    ),
    patch=operation(
        TAG,
        "change_announcement",
        "Change an announcement",
        body=announcements.ChangingAnnouncement,
        answer=announcements.AnnouncementRow,
        parameters=[key("id")],
        refuses=(403, 422),
    ),
)(announcements.OneAnnouncement)
ending = extend_schema_view(
    post=operation(
        TAG,
        "end_announcement",
        "Show it no longer",
        answer=announcements.AnnouncementRow,
        parameters=[key("id"), IDEMPOTENCY],
        refuses=(403, 409),
    )
)(announcements.AnnouncementEnd)

urlpatterns = [
    path("announcements/", collection.as_view(), name="announcements"),
    path("announcements/<key:pk>/", single.as_view(), name="announcement"),
    path("announcements/<key:pk>/end/", ending.as_view(), name="announcement_end"),
]
