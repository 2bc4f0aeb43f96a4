"""Addresses of major incidents and of security milestones."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import IDEMPOTENCY, key, number, operation, page_of, paging
from incidents.api import answers, forms, views
from incidents.enums import MajorState

TAG = "major-incidents"
ONE = [number()]
STATE = OpenApiParameter(
    "state", {"type": "string", "enum": MajorState.values}, OpenApiParameter.QUERY
)


def _reads(name: str, summary: str, answer: Any) -> Any:
    return operation(TAG, name, summary, answer=answer, parameters=ONE)


def _does(view: Any, name: str, summary: str, body: Any, answer: Any = None, **more: Any) -> Any:
    """One verb of a major incident."""
    given = {"answer": answer, "status": 200, **more}
    post = operation(
        TAG, name, summary, body=body, parameters=[*ONE, IDEMPOTENCY], refuses=(409, 422), **given
    )
    return extend_schema_view(post=post)(view)


def _collection(
    view: Any, names: tuple[str, str], summaries: tuple[str, str], shapes: tuple[Any, Any, Any]
) -> Any:
    whole, one, body = shapes
    return extend_schema_view(
        get=_reads(names[0], summaries[0], whole),
        post=operation(
            TAG,
            names[1],
            summaries[1],
            body=body,
            answer=one,
            status=201,
            parameters=[*ONE, IDEMPOTENCY],
            refuses=(409, 422),
        ),
    )(view)


listed = extend_schema_view(
    get=operation(
        TAG,
        "list_major_incidents",
        "List candidates and major incidents",
        answer=page_of(answers.MajorIncident),
        parameters=[STATE, *paging(views.SORTS)],
    )
)(views.MajorList)
one = extend_schema_view(
    get=_reads("read_major_incident", "One major incident", answers.MajorIncident),
    patch=operation(
        TAG,
        "change_major_incident",
        "Change severity and summary",
        body=forms.Changing,
        answer=answers.MajorIncident,
        parameters=ONE,
        refuses=(422,),
    ),
)(views.OneMajor)
propose = _does(
    views.Propose, "propose_major_incident", "Propose an incident", forms.Proposing,
    answers.MajorIncident, status=201,
)  # fmt: skip
declare = _does(
    views.Declare, "declare_major_incident", "Declare an incident a major one", forms.Declaring,
    answers.MajorIncident, status=201,
)  # fmt: skip
reject = _does(
    views.Reject, "reject_major_incident", "Reject a candidate", forms.Rejecting,
    answers.MajorIncident,
)  # fmt: skip
stand_down = _does(
    views.StandDown, "stand_down_major_incident", "End the response", forms.Nothing,
    answers.MajorIncident,
)  # fmt: skip
roles = _does(
    views.Roles, "set_major_incident_role", "Give a role, or take it", forms.GivingRole,
    answers.MajorIncident,
)  # fmt: skip
call = _does(
    views.Call, "call_for_help", "Call people in", forms.Calling, status=204
)  # fmt: skip
children = _does(
    views.Children,
    "attach_reports",
    "Put reports below it",
    forms.AttachingReports,
    answers.Attached,
)
log = _collection(
    views.Log,
    ("read_major_incident_timeline", "log_on_major_incident"),
    ("The internal timeline, oldest first", "Write a line into the timeline"),
    (answers.Lines, answers.Entry, forms.Logging),
)
entry = extend_schema_view(
    patch=operation(
        TAG,
        "reword_timeline_line",
        "Word a line for the record",
        body=forms.Rewording,
        answer=answers.Entry,
        parameters=[*ONE, key("id")],
        refuses=(422,),
    )
)(views.OneEntry)
updates = _collection(
    views.Updates,
    ("list_notices", "publish_notice"),
    ("The public notices, oldest first", "Tell stakeholders how it stands"),
    (answers.Updates, answers.Update, forms.Publishing),
)
review = extend_schema_view(
    get=_reads("read_review", "The post-incident review", answers.Review),
    patch=operation(
        TAG,
        "change_review",
        "Write on the review",
        body=forms.Reviewing,
        answer=answers.Review,
        parameters=ONE,
        refuses=(422,),
    ),
)(views.OneReview)
review_actions = _does(
    views.ReviewActions, "add_review_action", "Note what is to be done", forms.AddingAction,
    answers.ReviewAction, status=201,
)  # fmt: skip
review_action = extend_schema_view(
    delete=operation(
        TAG,
        "drop_review_action",
        "Take an action off",
        status=204,
        parameters=[*ONE, key("id")],
        refuses=(422,),
    )
)(views.OneAction)
approve = _does(
    views.Approve, "approve_review", "Accept the review as complete", forms.Nothing, answers.Review
)
milestones = _does(
    views.Milestones, "reach_milestone", "Note that a security incident was contained or patched",
    forms.Reaching, answers.Milestones,
)  # fmt: skip

ON_ONE: list[tuple[str, Any]] = [
    ("propose", propose),
    ("declare", declare),
    ("reject", reject),
    ("stand-down", stand_down),
    ("roles", roles),
    ("call", call),
    ("children", children),
    ("log", log),
    ("log/<key:pk>", entry),
    ("updates", updates),
    ("review", review),
    ("review/actions", review_actions),
    ("review/actions/<key:pk>", review_action),
    ("review/approve", approve),
]
urlpatterns = [
    path(f"{TAG}/", listed.as_view(), name=TAG),
    path(f"{TAG}/<number:number>/", one.as_view()),
    *(path(f"{TAG}/<number:number>/{end}/", view.as_view()) for end, view in ON_ONE),
    path("incidents/<number:number>/milestones/", milestones.as_view()),
]
