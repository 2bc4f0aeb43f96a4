"""Announcements: everybody reads those meant for them, administrators all of them and write."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Department, User
from accounts.reach import reach_of
from core.api.fields import Choice, Flag, Input, Instant, References, Text
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import instant
from core.api.views import ApiView, read
from core.errors import NotFound
from notifications import actions
from notifications.enums import AnnouncementLevel, ShownTo
from notifications.models import Announcement
from notifications.queries import announcements

SORTS = Sorts("-id", {"id": ("id",)})
TITLE: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": 160}
BODY: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": 4000}


class AnnouncementRow(serializers.Serializer[Any]):
    """An announcement in both its languages. `shown`: whether it is now."""

    id = serializers.IntegerField()
    title_ko = serializers.CharField(allow_blank=True)
    title_en = serializers.CharField(allow_blank=True)
    body_ko = serializers.CharField(allow_blank=True)
    body_en = serializers.CharField(allow_blank=True)
    level = serializers.ChoiceField(AnnouncementLevel.choices)
    audience = serializers.ChoiceField(ShownTo.choices)
    departments = serializers.ListField(child=serializers.IntegerField(), help_text="Ids.")
    pinned = serializers.BooleanField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    shown = serializers.BooleanField()


class ChangingAnnouncement(Input):
    """What is missing stays as it is."""

    title_ko = Text(**TITLE)
    title_en = Text(**TITLE)
    body_ko = Text(**BODY)
    body_en = Text(**BODY)
    level = Choice(AnnouncementLevel.values, required=False)
    audience = Choice(ShownTo.values, required=False)
    departments = References(Department, key="name_en", required=False, help_text="Ids.")
    pinned = Flag(required=False)
    starts_at = Instant(required=False)
    ends_at = Instant(required=False, allow_null=True, help_text="null: until it is ended.")


class AddingAnnouncement(ChangingAnnouncement):
    """One of the two titles is needed."""


def _rows(user: User) -> Any:
    """What the person may read here: administrators all, others what they are shown."""
    rows = Announcement.objects.order_by("id")
    if reach_of(user).administers:
        return rows
    return rows.filter(pk__in=[row.pk for row in announcements(user)])


class Announcements(ApiView):
    """Those you are shown and have not put away; for administrators every one."""

    parameters = PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        return paged(request, _rows(request.user).values("id"), SORTS, _told)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        made = actions.save_announcement(read(request, AddingAnnouncement), by=request.user)
        where = request.build_absolute_uri(f"/api/v1/announcements/{made.pk}/")
        return Response(_told([{"id": made.pk}])[0], status=201, headers={"Location": where})


class OneAnnouncement(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        return Response(_told([{"id": _found(request.user, pk).pk}])[0])

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        row = _found(request.user, pk)
        data = read(request, ChangingAnnouncement)
        actions.save_announcement(data, by=request.user, row=row)
        return Response(_told([{"id": pk}])[0])


class AnnouncementEnd(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        row = _found(request.user, pk)
        actions.end_announcement(row, by=request.user)
        return Response(_told([{"id": pk}])[0])


def _found(user: User, pk: int) -> Announcement:
    row: Announcement | None = _rows(user).filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such announcement."))
    return row


def _told(rows: list[Any]) -> list[dict[str, Any]]:
    found = Announcement.objects.prefetch_related("departments").in_bulk([r["id"] for r in rows])
    now = timezone.now()
    return [_shape(found[row["id"]], now) for row in rows]


def _shape(row: Announcement, now: Any) -> dict[str, Any]:
    texts = ("title_ko", "title_en", "body_ko", "body_en", "level", "audience", "pinned")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in texts},
        "departments": [each.pk for each in row.departments.all()],
        "starts_at": instant(row.starts_at),
        "ends_at": instant(row.ends_at),
        "shown": row.starts_at <= now and (row.ends_at is None or row.ends_at > now),
    }
