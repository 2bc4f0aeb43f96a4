"""Addresses of calendars, policies and published agreements."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import IDEMPOTENCY, key, operation, page_of, paging
from sla.api import books, calendars, policies, policyforms

TAG = "agreements"
ASKED_BY_DUE: list[Any] = [key("id"), calendars.CalendarAsking]
ASKED_BY_IMPACT: list[Any] = [books.AgreementAsking]


def _reading(name: str, summary: str, answer: Any, parameters: Any, refuses: Any = (403,)) -> Any:
    return operation(TAG, name, summary, answer=answer, parameters=parameters, refuses=refuses)


def _adding(name: str, summary: str, body: Any, answer: Any, *more: Any) -> Any:
    return operation(
        TAG,
        name,
        summary,
        body=body,
        answer=answer,
        status=201,
        parameters=[*more, IDEMPOTENCY],
        refuses=(403, 409, 422),
    )


def _changing(name: str, summary: str, body: Any, answer: Any) -> Any:
    return operation(
        TAG,
        name,
        summary,
        body=body,
        answer=answer,
        parameters=[key("id")],
        refuses=(403, 409, 422),
    )


calendar_list = extend_schema_view(
    get=_reading(
        "list_calendars",
        "List calendars",
        page_of(calendars.CalendarRow),
        paging(calendars.SORTS),
    ),
    post=_adding(
        "add_calendar", "Add a calendar", calendars.CalendarAdding, calendars.CalendarDetail
    ),
)(calendars.CalendarList)
calendar = extend_schema_view(
    get=_reading("read_calendar", "One calendar", calendars.CalendarDetail, [key("id")]),
    patch=_changing(
        "change_calendar",
        "Change a calendar",
        calendars.CalendarChanging,
        calendars.CalendarDetail,
    ),
)(calendars.OneCalendar)
calendar_days = extend_schema_view(
    post=_adding(
        "set_calendar_day",
        "Say how one date is worked",
        calendars.CalendarAddingDay,
        calendars.CalendarDayRow,
        key("id"),
    )
)(calendars.CalendarDays)
calendar_day = extend_schema_view(
    delete=operation(
        TAG,
        "remove_calendar_day",
        "Take a special day out",
        status=204,
        parameters=[key("id"), key("day_pk")],
        refuses=(403,),
    )
)(calendars.OneCalendarDay)
calendar_due = extend_schema_view(
    get=_reading(
        "read_calendar_due",
        "When so much working time is used up",
        calendars.CalendarDue,
        ASKED_BY_DUE,
    )
)(calendars.CalendarDueView)
policy_list = extend_schema_view(
    get=_reading(
        "list_policies",
        "List policies in order",
        page_of(policies.PolicyRow),
        [*policies.PolicyFilters.parameters(), *paging(policies.SORTS)],
    ),
    post=_adding("add_policy", "Add a policy", policyforms.PolicyAdding, policies.PolicyRow),
)(policies.PolicyList)
policy = extend_schema_view(
    get=_reading("read_policy", "One policy", policies.PolicyRow, [key("id")]),
    patch=_changing(
        "change_policy", "Change a policy", policyforms.PolicyChanging, policies.PolicyRow
    ),
)(policies.OnePolicy)
policy_match = extend_schema_view(
    post=operation(
        TAG,
        "match_policies",
        "Which policies fit a record",
        body=policyforms.PolicyMatching,
        answer=policies.PolicyMatch,
        parameters=[IDEMPOTENCY],
        refuses=(403, 404, 409),
    )
)(policies.PolicyMatchView)
agreement_list = extend_schema_view(
    get=_reading(
        "list_agreements",
        "List published agreements",
        page_of(books.AgreementRow),
        paging(books.SORTS),
    ),
    post=_adding(
        "publish_agreements",
        "Publish what is edited now",
        books.AgreementPublishing,
        books.AgreementDetail,
    ),
)(books.AgreementList)
agreement = extend_schema_view(
    get=_reading("read_agreement", "One publishing", books.AgreementDetail, [key("id")])
)(books.OneAgreement)
agreement_impact = extend_schema_view(
    get=_reading(
        "read_draft_impact",
        "What publishing would do",
        books.AgreementImpact,
        ASKED_BY_IMPACT,
    )
)(books.AgreementImpactView)

urlpatterns = [
    path("calendars/", calendar_list.as_view(), name="calendars"),
    path("calendars/<key:pk>/", calendar.as_view(), name="calendar"),
    path("calendars/<key:pk>/days/", calendar_days.as_view(), name="calendar-days"),
    path("calendars/<key:pk>/days/<key:day_pk>/", calendar_day.as_view(), name="calendar-day"),
    path("calendars/<key:pk>/due/", calendar_due.as_view(), name="calendar-due"),
    path("policies/", policy_list.as_view(), name="policies"),
    path("policies/match/", policy_match.as_view(), name="policies-match"),
    path("policies/<key:pk>/", policy.as_view(), name="policy"),
    path("agreements/", agreement_list.as_view(), name="agreements"),
    path("agreements/draft/impact/", agreement_impact.as_view(), name="agreements-impact"),
    path("agreements/<key:pk>/", agreement.as_view(), name="agreement"),
]
