"""Clocks of records, their explanation, what would be promised, and the report. For the desk."""

from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Department, Team
from accounts.reach import reach_of
from cmdb.models import Service
from core.api.fields import Flag, Input, Instant, Reference, Text, Whole
from core.api.filters import Filters, MomentFilter, WordsFilter, YesNoFilter
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import instant
from core.api.views import ApiView, read
from core.errors import NotAllowed
from sla.book import Facts
from sla.enums import ClockState, Metric
from sla.models import Clock
from sla.queries.explain import Explanation, explain
from sla.queries.periods import RANGES, Period
from sla.queries.report import GROUPS, Report
from sla.queries.report import Filters as ReportFilters
from sla.queries.whatif import what_if
from tickets import access, kinds
from tickets.models import Ticket

SORTS = Sorts("id", {"id": ("id",), "due_at": ("due_at", "id"), "started_at": ("started_at", "id")})
_COLUMNS = (
    "id", "ticket__number", "metric", "sequence", "state", "goal", "consumed", "started_at",
    "running_since", "due_at", "ended_at", "breached_at", "pauses", "targets",
    "policy__name_ko", "policy__name_en", "policy_id", "book_id", "team_id", "contract_id",
)  # fmt: skip


class ClockRow(serializers.Serializer[Any]):
    """One clock, as the facts leave it. Lengths are seconds of working time."""

    id = serializers.IntegerField()
    ticket = serializers.CharField()
    metric = serializers.ChoiceField(Metric.choices)
    sequence = serializers.IntegerField(help_text="Which one of this metric on this record.")
    state = serializers.ChoiceField([*ClockState.choices, ("breached", "Breached")])
    goal = serializers.IntegerField()
    consumed = serializers.IntegerField(help_text="Used up to running_since, or in all.")
    started_at = serializers.DateTimeField()
    running_since = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="None while it stands still.")
    ended_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True, help_text="Computed, not observed.")
    policy = serializers.IntegerField()
    agreement = serializers.IntegerField(help_text="The published agreements it runs by.")
    team = serializers.IntegerField(allow_null=True)
    contract = serializers.IntegerField(allow_null=True)
    pauses = serializers.JSONField(help_text="[[from, to or null, reason]] in epoch seconds.")
    targets = serializers.JSONField(help_text="What counted from when, oldest first.")


class ClockList(serializers.Serializer[Any]):
    results = ClockRow(many=True)


class ClockFilters(Filters):
    state = WordsFilter("state", offered=lambda: ClockState.values)
    metric = WordsFilter("metric", offered=lambda: Metric.values)
    due_before = MomentFilter("due_at", lookup_expr="lt")
    due_after = MomentFilter("due_at", lookup_expr="gte")
    breached = YesNoFilter(method="is_breached", about="Past its target and not ended yet.")

    class Meta:
        model = Clock
        fields: list[str] = []

    def is_breached(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        past = Q(state=ClockState.RUNNING, due_at__lt=timezone.now())
        past |= Q(state=ClockState.PAUSED, breached_at__isnull=False)
        return rows.filter(past) if value else rows.exclude(past)


def _for_the_desk(request: SignedInRequest) -> None:
    if not reach_of(request.user).opens_desk:
        raise NotAllowed(_("Clocks are for the service desk."))


class Clocks(ApiView):
    """Clocks of every record that the person may see."""

    parameters = ClockFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        visible = Ticket.objects.visible_to(request.user).order_by().values("pk")
        found = ClockFilters.apply(request, Clock.objects.filter(ticket__in=visible))
        return paged(request, found.values(*_COLUMNS), SORTS, _shown)


class RecordClocks(ApiView):
    """All clocks of one record."""

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number, "read_notes")
        rows = Clock.objects.filter(ticket=ticket).order_by(F("id")).values(*_COLUMNS)
        return Response({"results": _shown(list(rows))})


def _shown(rows: list[Row]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [_clock(row, now) for row in rows]


def _clock(row: Row, now: datetime) -> dict[str, Any]:
    due, state, breached = row["due_at"], row["state"], row["breached_at"]
    if state == ClockState.RUNNING and due is not None and due < now:
        state, breached = "breached", due
    return {
        "id": row["id"],
        "ticket": row["ticket__number"],
        "policy": row["policy_id"],
        "agreement": row["book_id"],
        "team": row["team_id"],
        "contract": row["contract_id"],
        "state": state,
        "breached_at": instant(breached),
        **{name: row[name] for name in ("metric", "sequence", "goal", "consumed")},
        **{name: row[name] for name in ("pauses", "targets")},
        **{
            name: instant(row[name])
            for name in ("started_at", "running_since", "due_at", "ended_at")
        },
    }


class ClockTrace(serializers.Serializer[Any]):
    """Why a clock stands where it stands, in words."""

    metric = serializers.CharField()
    sequence = serializers.IntegerField()
    state = serializers.CharField()
    goal = serializers.CharField()
    used = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    policy = serializers.CharField()
    calendar = serializers.CharField()
    asked = serializers.JSONField(help_text="Policies in order: name, fits, reason.")
    lines = serializers.JSONField(help_text="What happened: at, text, detail, used.")
    spans = serializers.JSONField(help_text="Time that counted: since, until, worked.")
    skipped = serializers.JSONField(help_text="Days with other hours: day, text.")


class ClockTraces(serializers.Serializer[Any]):
    results = ClockTrace(many=True)


class RecordTrace(ApiView):
    """The explanation of every clock of one record."""

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number, "read_notes")
        return Response({"results": [_trace(told) for told in explain(ticket)]})


def _trace(told: Explanation) -> dict[str, Any]:
    return {
        "metric": told.metric,
        "sequence": told.sequence,
        "state": told.state,
        "goal": told.goal,
        "used": told.used,
        "due_at": instant(told.due),
        "policy": told.policy,
        "calendar": told.calendar,
        "asked": [vars(policy) for policy in told.asked],
        "lines": [{**vars(line), "at": instant(line.at)} for line in told.lines],
        "spans": [
            {**vars(span), "since": instant(span.since), "until": instant(span.until)}
            for span in told.spans
        ],
        "skipped": [vars(day) for day in told.skipped],
    }


class WhatIfAsked(Input):
    """A record as it might be."""

    kind = Text(required=False, max_length=20, help_text="A kind of record; incident if left out.")
    priority = Whole(min_value=1, max_value=5)
    opened_at = Instant(required=False, help_text="Now, if left out.")
    service = Reference(Service, key="slug", required=False, allow_null=True)
    offering = Whole(required=False, allow_null=True, help_text="Id of what is asked for.")
    team = Reference(Team, key="slug", required=False, allow_null=True)
    department = Whole(required=False, allow_null=True)
    tags = serializers.ListField(child=Text(max_length=40), required=False, max_length=50)
    vip = Flag(required=False)
    security = Flag(required=False)

    def validate_kind(self, value: str) -> str:
        if value not in {kind.key for kind in kinds.all_kinds()}:
            raise serializers.ValidationError(_("There is no such value to filter by."))
        return value

    def validate_department(self, value: int | None) -> int | None:
        if value is not None and not Department.objects.filter(pk=value).exists():
            raise serializers.ValidationError(_("There is no such entry."))
        return value


class PromiseRow(serializers.Serializer[Any]):
    metric = serializers.CharField()
    policy = serializers.CharField()
    goal = serializers.IntegerField(help_text="Seconds of working time.")
    calendar = serializers.CharField()
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="None: starts with a later event."
    )
    warns = serializers.JSONField(help_text="[[percent, instant]]")


class WhatIfAnswer(serializers.Serializer[Any]):
    agreement = serializers.IntegerField(allow_null=True)
    promises = PromiseRow(many=True)
    asked = serializers.JSONField(help_text="For each kind of agreement, the policies in order.")


class WhatIf(ApiView):
    """What would be promised. Nothing is written."""

    def post(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        data = read(request, WhatIfAsked)
        kind = kinds.get(data.get("kind") or "incident")
        service, team = data.get("service"), data.get("team")
        facts = Facts(
            kind=kind.key,
            status=kind.machine.initial,
            priority=data["priority"],
            service=service.pk if service else None,
            team=team.pk if team else None,
            department=data.get("department"),
            offering=data.get("offering"),
            tags=frozenset(data.get("tags") or ()),
            vip=bool(data.get("vip")),
            security=bool(data.get("security")),
        )
        answer = what_if(facts, data.get("opened_at") or timezone.now())
        return Response(
            {
                "agreement": answer.book,
                "promises": [
                    {
                        "metric": promise.metric,
                        "policy": promise.policy,
                        "goal": promise.goal,
                        "calendar": promise.calendar,
                        "due_at": instant(promise.due),
                        "warns": [[point, instant(at)] for point, at in promise.warns],
                    }
                    for promise in answer.promises
                ],
                "asked": [
                    {
                        "agreement": outcome.agreement,
                        "policies": [vars(tried) for tried in outcome.tried],
                    }
                    for outcome in answer.outcomes
                ],
            }
        )


class ReportAnswer(serializers.Serializer[Any]):
    """Figures of a period. What was not measured is null, never 0."""

    as_of = serializers.DateTimeField(allow_null=True)
    period = serializers.JSONField()
    previous = serializers.JSONField(allow_null=True)
    totals = serializers.JSONField()
    spreads = serializers.JSONField()
    metrics = serializers.JSONField()
    series = serializers.JSONField()
    group_by = serializers.CharField()
    groups = serializers.JSONField()
    spent = serializers.JSONField()


class ServiceLevelReport(ApiView):
    """The report of `/desk/sla/` as data: same question, same figures, same rights."""

    parameters = frozenset(
        {"range", "first", "last", "group_by", "team", "service", "priority", "category", "metric"}
    )

    def get(self, request: SignedInRequest) -> Response:
        asked = request.query_params
        period = Period.of(
            _one(asked.get("range", "month"), RANGES, "range"),
            timezone.localdate(),
            _day(asked.get("first"), "first"),
            _day(asked.get("last"), "last"),
        )
        filters = ReportFilters(
            team=_ids(asked.get("team", ""), "team"),
            service=_ids(asked.get("service", ""), "service"),
            priority=_ids(asked.get("priority", ""), "priority"),
            category=_ids(asked.get("category", ""), "category"),
            metric=tuple(
                _one(word, Metric.values, "metric")
                for word in asked.get("metric", "").split(",")
                if word
            ),
        )
        group_by = _one(asked.get("group_by", "service"), GROUPS, "group_by")
        report = Report(period, filters, reader=request.user, group_by=group_by)
        return Response(report.to_json())


def _one(text: str, words: Any, name: str) -> str:
    if text not in words:
        raise serializers.ValidationError({name: [_("There is no such value to filter by.")]})
    return text


def _day(text: str | None, name: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("Enter a day as YYYY-MM-DD.")
        raise serializers.ValidationError({name: [message]}) from None


def _ids(text: str, name: str) -> tuple[int, ...]:
    parts = [part for part in text.split(",") if part]
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise serializers.ValidationError({name: [_("There is no such value to filter by.")]})
    return tuple(int(part) for part in parts)
