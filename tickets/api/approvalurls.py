"""Addresses of approvals."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import IDEMPOTENCY, key, operation, page_of, paging
from tickets.api import approvals

TAG = "approvals"
SHOW = OpenApiParameter(
    "show",
    {"type": "string", "enum": list(approvals.SHOWS), "default": approvals.TO_DECIDE},
    OpenApiParameter.QUERY,
    description="What waits for you, or what you decided and may still see.",
)
GONE = {204: OpenApiResponse(description="Done; it is no longer yours to see")}


def _verb(view: Any, name: str, summary: str, body: Any) -> Any:
    post = operation(
        TAG,
        name,
        summary,
        body=body,
        answer=approvals.ApprovalRound,
        parameters=[key("id"), IDEMPOTENCY],
        refuses=(403, 409, 422),
        also=GONE,
    )
    return extend_schema_view(post=post)(view)


listed = extend_schema_view(
    get=operation(
        TAG,
        "list_decisions",
        "What waits for your decision, or what you decided",
        answer=page_of(approvals.DecisionRow),
        parameters=[SHOW, *paging(approvals.SORTS)],
    )
)(approvals.Decisions)
one = extend_schema_view(
    get=operation(
        TAG,
        "read_approval",
        "One round of approval with its line",
        answer=approvals.ApprovalRound,
        parameters=[key("id")],
    )
)(approvals.OneApproval)
decide = _verb(approvals.Decide, "decide", "Approve or reject", approvals.Deciding)
hold = _verb(approvals.Hold, "hold_decision", "Put it on hold", approvals.HoldingDecision)
question = _verb(approvals.Question, "ask_back", "Ask the requester", approvals.AskingBack)
hand_over = _verb(
    approvals.HandOver, "hand_over_decision", "Let somebody else decide", approvals.HandingOver
)
recall = _verb(approvals.Recall, "recall_approval", "Take it back before any decision", None)

urlpatterns = [
    path("approvals/", listed.as_view(), name="approvals"),
    path("approvals/<key:pk>/", one.as_view(), name="approval"),
    path("approvals/<key:pk>/decide/", decide.as_view(), name="approval_decide"),
    path("approvals/<key:pk>/hold/", hold.as_view(), name="approval_hold"),
    path("approvals/<key:pk>/question/", question.as_view(), name="approval_question"),
    path("approvals/<key:pk>/hand-over/", hand_over.as_view(), name="approval_hand_over"),
    path("approvals/<key:pk>/recall/", recall.as_view(), name="approval_recall"),
]
