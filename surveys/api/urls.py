"""Addresses of surveys and of feedback on services."""

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import IDEMPOTENCY, key, operation, page_of, paging
from surveys.api import answers

TAG = "satisfaction"
surveys = extend_schema_view(
    get=operation(
        TAG,
        "list_surveys",
        "List surveys and their answers",
        answer=page_of(answers.SurveyRow),
        parameters=[*answers.SurveyFilters.parameters(), *paging(answers.SURVEY_SORTS)],
        refuses=(403,),
    )
)(answers.Surveys)
survey = extend_schema_view(
    get=operation(
        TAG,
        "read_survey",
        "One survey",
        answer=answers.SurveyRow,
        parameters=[key("id")],
        refuses=(403,),
    )
)(answers.OneSurvey)
feedback = extend_schema_view(
    get=operation(
        TAG,
        "list_service_feedback",
        "List feedback on the services you answer for",
        answer=page_of(answers.FeedbackRow),
        parameters=[*answers.FeedbackFilters.parameters(), *paging(answers.FEEDBACK_SORTS)],
        refuses=(403,),
    ),
    post=operation(
        TAG,
        "give_service_feedback",
        "Say what you think of a service",
        body=answers.GivingFeedback,
        answer=answers.FeedbackRow,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=(403, 409, 422),
    ),
)(answers.ServiceFeedback)

urlpatterns = [
    path("surveys/", surveys.as_view(), name="surveys"),
    path("surveys/<key:pk>/", survey.as_view(), name="survey"),
    path("service-feedback/", feedback.as_view(), name="service_feedback"),
]
