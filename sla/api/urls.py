"""Addresses of service levels."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import IDEMPOTENCY, key, number, operation, page_of, paging
from sla.api import agreements, clocks, objectives
from sla.enums import Metric
from sla.queries.periods import RANGES
from sla.queries.report import GROUPS

TAG = "service levels"


def _word(name: str, words: list[str]) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "enum": words}, OpenApiParameter.QUERY)


def _text(name: str, pattern: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "pattern": pattern}, OpenApiParameter.QUERY)


IDS = r"^\d{1,9}(,\d{1,9})*$"
all_clocks = extend_schema_view(
    get=operation(
        TAG,
        "list_clocks",
        "List clocks of visible records",
        answer=page_of(clocks.ClockRow),
        parameters=[*clocks.ClockFilters.parameters(), *paging(clocks.SORTS)],
        refuses=(403,),
    )
)(clocks.Clocks)
record_clocks = extend_schema_view(
    get=operation(
        TAG,
        "list_record_clocks",
        "Clocks of one record",
        answer=clocks.ClockList,
        parameters=[number()],
        refuses=(403,),
    )
)(clocks.RecordClocks)
record_trace = extend_schema_view(
    get=operation(
        TAG,
        "explain_record_clocks",
        "Why the clocks of a record stand where they stand",
        answer=clocks.ClockTraces,
        parameters=[number()],
        refuses=(403,),
    )
)(clocks.RecordTrace)
what_if = extend_schema_view(
    post=operation(
        TAG,
        "what_if",
        "What would be promised; nothing is written",
        body=clocks.WhatIfAsked,
        answer=clocks.WhatIfAnswer,
        refuses=(403, 422),
    )
)(clocks.WhatIf)
report = extend_schema_view(
    get=operation(
        TAG,
        "service_level_report",
        "Figures of a period, as the report page shows them",
        answer=clocks.ReportAnswer,
        parameters=[
            _word("range", list(RANGES)),
            OpenApiParameter("first", {"type": "string", "format": "date"}),
            OpenApiParameter("last", {"type": "string", "format": "date"}),
            _word("group_by", list(GROUPS)),
            *(_text(name, IDS) for name in ("team", "service", "priority", "category")),
            _word("metric", list(Metric.values)),
        ],
        refuses=(403,),
    )
)(clocks.ServiceLevelReport)

ONE = [key("id")]
REFUSED = (403, 422)
REPEATED = (403, 409, 422)
all_objectives = extend_schema_view(
    get=operation(
        TAG,
        "list_objectives",
        "Objectives of services, this month and the one before",
        answer=objectives.ObjectiveRows,
        refuses=(403,),
    ),
    post=operation(
        TAG,
        "add_objective",
        "Add an objective",
        body=objectives.ObjectiveAdding,
        answer=objectives.ObjectiveRow,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=REPEATED,
    ),
)(objectives.Objectives)
one_objective = extend_schema_view(
    get=operation(
        TAG,
        "read_objective",
        "One objective with twelve months",
        answer=objectives.ObjectiveRow,
        parameters=ONE,
        refuses=(403,),
    ),
    patch=operation(
        TAG,
        "change_objective",
        "Change an objective",
        body=objectives.ObjectiveChanging,
        answer=objectives.ObjectiveRow,
        parameters=ONE,
        refuses=REFUSED,
    ),
)(objectives.OneObjective)
all_outages = extend_schema_view(
    get=operation(
        TAG,
        "list_outages",
        "List outages of services",
        answer=page_of(objectives.OutageRow),
        parameters=[*objectives.OutageFilters.parameters(), *paging(objectives.OUTAGE_SORTS)],
        refuses=(403,),
    ),
    post=operation(
        TAG,
        "enter_outage",
        "Enter an outage, or maintenance to come",
        body=objectives.OutageAdding,
        answer=objectives.OutageRow,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=REPEATED,
    ),
)(objectives.Outages)
one_outage = extend_schema_view(
    get=operation(
        TAG,
        "read_outage",
        "One outage",
        answer=objectives.OutageRow,
        parameters=ONE,
        refuses=(403,),
    ),
    patch=operation(
        TAG,
        "correct_outage",
        "Set an outage right",
        body=objectives.OutageChanging,
        answer=objectives.OutageRow,
        parameters=ONE,
        refuses=REFUSED,
    ),
)(objectives.OneOutage)
outage_end = extend_schema_view(
    post=operation(
        TAG,
        "end_outage",
        "The service is back",
        body=objectives.OutageEnding,
        answer=objectives.OutageRow,
        parameters=[*ONE, IDEMPOTENCY],
        refuses=REPEATED,
    )
)(objectives.OutageEnd)
outage_withdrawal = extend_schema_view(
    post=operation(
        TAG,
        "withdraw_outage",
        "It was entered by mistake and counts for nothing",
        answer=objectives.OutageRow,
        parameters=[*ONE, IDEMPOTENCY],
        refuses=REPEATED,
    )
)(objectives.OutageWithdrawal)
samples = extend_schema_view(
    post=operation(
        TAG,
        "send_samples",
        "Send measured values; the same again changes nothing",
        body=objectives.SamplesSent,
        answer=objectives.SamplesKept,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=REPEATED,
    )
)(objectives.Samples)

urlpatterns = [
    *agreements.urlpatterns,
    path("clocks/", all_clocks.as_view(), name="clocks"),
    path("tickets/<number:number>/clocks/", record_clocks.as_view()),
    path("tickets/<number:number>/clocks/explain/", record_trace.as_view()),
    path("objectives/", all_objectives.as_view(), name="objectives"),
    path("objectives/<key:pk>/", one_objective.as_view(), name="objective"),
    path("outages/", all_outages.as_view(), name="outages"),
    path("outages/<key:pk>/", one_outage.as_view(), name="outage"),
    path("outages/<key:pk>/end/", outage_end.as_view(), name="outage-end"),
    path("outages/<key:pk>/withdraw/", outage_withdrawal.as_view(), name="outage-withdrawal"),
    path("samples/", samples.as_view(), name="samples"),
    path("what-if/", what_if.as_view(), name="what-if"),
    path("service-level-report/", report.as_view(), name="service-level-report"),
]
