"""Working calendars over the API: the desk reads them, administrators edit the draft."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from core.api.fields import Flag, Input, Instant, Text, Whole
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant
from core.api.views import ApiView, no_content, read
from core.models import pick
from sla import hours
from sla.actions import calendars as actions
from sla.actions import days
from sla.api.fields import OPTIONAL, Asking, Day, Hours, find, for_the_desk
from sla.enums import DaySource
from sla.models import Calendar, CalendarDay
from sla.queries import calendars as queries

SORTS = Sorts("position", {"position": ("position", "id"), "id": ("id",)})
_PLAIN = ("id", "key", "name_ko", "name_en", "zone", "always", "country", "region", "is_active")
_CALENDAR = (*_PLAIN, "position", "week")


class CalendarRow(Named):
    """A calendar as it is edited now; records count by it as it was published last."""

    key = serializers.CharField()
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    zone = serializers.CharField(help_text="Whose wall clock its hours are of.")
    always = serializers.BooleanField(help_text="Round the clock, whatever week and days say.")
    week = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        help_text="Hours of the seven days from Monday; empty: nobody works.",
    )
    country = serializers.CharField(allow_blank=True, help_text="Whose public holidays it keeps.")
    region = serializers.CharField(allow_blank=True)
    is_active = serializers.BooleanField(help_text="Whether targets may choose it.")


class CalendarDayRow(serializers.Serializer[Any]):
    """A date that is not like the week says."""

    id = serializers.IntegerField()
    day = serializers.DateField()
    hours = serializers.CharField(allow_blank=True, help_text="Empty: a holiday.")
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(choices=DaySource.values)  # type: ignore[assignment]


class CalendarDetail(CalendarRow):
    """A calendar with its special days and the policies that count by it."""

    days = CalendarDayRow(many=True)
    policies = Named(many=True)
    version = serializers.CharField(help_text="Send it back as `seen`.")


class CalendarDue(serializers.Serializer[Any]):
    """When so much working time is used up."""

    at = serializers.DateTimeField()
    seconds = serializers.IntegerField()
    due = serializers.DateTimeField(allow_null=True, help_text="Null: never.")
    skipped = serializers.ListField(
        child=serializers.CharField(), help_text="The first special days until then, in words."
    )
    more = serializers.IntegerField(help_text="So many special days besides.")


class _Names(Input):
    name_ko = Text(**OPTIONAL, max_length=120)
    name_en = Text(**OPTIONAL, max_length=120)


class _Calendar(_Names):
    week = serializers.ListField(
        child=Hours(), required=False, min_length=7, max_length=7,
        help_text="Monday first; each as “09:00-12:00, 13:00-18:00”, or empty.",
    )  # fmt: skip
    always = Flag(required=False)
    country = Text(**OPTIONAL, max_length=2, help_text="ISO 3166, of its public holidays.")
    region = Text(**OPTIONAL, max_length=12)
    is_active = Flag(required=False)


class CalendarAdding(_Calendar):
    """One of the two names is needed."""

    zone = Text(max_length=60, help_text="Such as Asia/Seoul.")


class CalendarChanging(_Calendar):
    zone = Text(required=False, max_length=60)
    seen = Text(required=False, max_length=40, help_text="The `version` read; 409 if outdated.")


class CalendarAddingDay(_Names):
    """Takes the place of what the calendar has for that day."""

    day = Day()
    hours = Hours(required=False, help_text="Empty or absent: a holiday.")


class CalendarAsking(Asking):
    at = Instant(required=False, help_text="Else now.")
    seconds = Whole(max_value=hours.LONGEST_GOAL, help_text="Of working time.")


class CalendarList(ApiView):
    parameters = PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        return paged(request, Calendar.objects.values(*_CALENDAR), SORTS, _rows)

    @idempotent
    @transaction.atomic
    def post(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        values = read(request, CalendarAdding)
        active = values.pop("is_active", True)
        made = actions.create_calendar(values, by=request.user)
        actions.switch_calendar(made, active, by=request.user)
        where = request.build_absolute_uri(f"/api/v1/calendars/{made.pk}/")
        return Response(_detail(made.pk), status=201, headers={"Location": where})


class OneCalendar(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        return Response(_detail(pk))

    @transaction.atomic
    def patch(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        calendar = find(Calendar.objects, pk)
        values = read(request, CalendarChanging)
        seen, active = values.pop("seen", None), values.pop("is_active", calendar.is_active)
        actions.edit_calendar(calendar, values, by=request.user, seen=seen)
        actions.switch_calendar(calendar, active, by=request.user)
        return Response(_detail(pk))


class CalendarDays(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        calendar = find(Calendar.objects, pk)
        values = read(request, CalendarAddingDay)
        values["windows"] = values.pop("hours", [])
        return Response(_day(days.set_day(calendar, values, by=request.user)), status=201)


class OneCalendarDay(ApiView):
    def delete(self, request: SignedInRequest, pk: int, day_pk: int) -> Response:
        for_the_desk(request)
        days.drop_day(find(CalendarDay.objects.filter(calendar=pk), day_pk), by=request.user)
        return no_content()


class CalendarDueView(ApiView):
    parameters = CalendarAsking.names()

    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        calendar = find(Calendar.objects, pk)
        asked = CalendarAsking.of(request)
        at = asked.get("at") or timezone.now()
        rules = queries.rules_of(_columns(calendar), calendar)
        (found,) = queries.tries(rules, [asked["seconds"]], at)
        return Response(
            {
                "at": instant(at),
                "seconds": asked["seconds"],
                "due": instant(found.due),
                "skipped": found.skipped,
                "more": found.more,
            }
        )


def _columns(calendar: Calendar) -> dict[str, Any]:
    return {name: getattr(calendar, name) for name in _CALENDAR}


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _PLAIN},
        "name": pick(row["name_ko"], row["name_en"]),
        "week": [hours.write(windows) for windows in row["week"]],
    }


def _detail(pk: int) -> dict[str, Any]:
    calendar = find(Calendar.objects, pk)
    return {
        **_row(_columns(calendar)),
        "days": [_day(row) for row in calendar.days.order_by("day")],
        "policies": [{"id": row.pk, "name": row.name} for row in queries.dependents(calendar)],
        "version": actions.token_of(calendar),
    }


def _day(row: CalendarDay) -> dict[str, Any]:
    return {
        "id": row.pk,
        "day": row.day.isoformat(),
        "hours": hours.write(row.windows),
        "name_ko": row.name_ko,
        "name_en": row.name_en,
        "source": row.source,
    }
