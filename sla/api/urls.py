"""Addresses of service levels."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import number, operation, page_of, paging
from sla.api import agreements, clocks
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

urlpatterns = [
    *agreements.urlpatterns,
    path("clocks/", all_clocks.as_view(), name="clocks"),
    path("tickets/<number:number>/clocks/", record_clocks.as_view()),
    path("tickets/<number:number>/clocks/explain/", record_trace.as_view()),
    path("what-if/", what_if.as_view(), name="what-if"),
    path("service-level-report/", report.as_view(), name="service-level-report"),
]
