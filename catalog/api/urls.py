"""Addresses of the catalog."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from catalog.api import offerings, requests
from core.api.docs import IDEMPOTENCY, key, number, operation, page_of, paging

TAG = "catalog"
ONE = [key("id")]
all_offerings = extend_schema_view(
    get=operation(
        TAG,
        "list_offerings",
        "What you may ask for",
        answer=page_of(offerings.OfferingRow),
        parameters=paging(offerings.SORTS),
    )
)(offerings.Offerings)
search = extend_schema_view(
    get=operation(
        TAG,
        "search_offerings",
        "Find what to ask for, also misspelt",
        answer=offerings.OfferingHits,
        parameters=[OpenApiParameter("q", {"type": "string"})],
    )
)(offerings.OfferingSearch)
one_offering = extend_schema_view(
    get=operation(
        TAG,
        "read_offering",
        "An offering with its form",
        answer=offerings.OfferingAnswer,
        parameters=ONE,
    )
)(offerings.OneOffering)
favourite = extend_schema_view(
    post=operation(
        TAG,
        "keep_offering",
        "Keep an offering at hand",
        status=204,
        parameters=[*ONE, IDEMPOTENCY],
        refuses=(409, 422),
    ),
    delete=operation(TAG, "drop_offering", "Keep it at hand no longer", status=204, parameters=ONE),
)(offerings.OfferingFavourite)
ask = extend_schema_view(
    post=operation(
        TAG,
        "ask_for_offering",
        "Ask for an offering",
        body=requests.AskingFor,
        answer=requests.RequestSheet,
        status=201,
        parameters=[*ONE, IDEMPOTENCY],
        refuses=(409, 422),
    )
)(requests.OfferingRequests)
sheet = extend_schema_view(
    get=operation(
        TAG,
        "read_request_sheet",
        "What was asked for, and how far it is",
        answer=requests.RequestSheet,
        parameters=[number()],
    )
)(requests.OneSheet)
answers = extend_schema_view(
    post=operation(
        TAG,
        "send_request_again",
        "Answer anew and send in again",
        body=requests.Mending,
        answer=requests.RequestSheet,
        status=200,
        parameters=[number(), IDEMPOTENCY],
        refuses=(409, 422),
    )
)(requests.RequestAnswers)
stop = extend_schema_view(
    post=operation(
        TAG,
        "ask_to_stop_request",
        "Say that it is no longer needed",
        body=requests.Stopping,
        answer=requests.RequestSheet,
        status=200,
        parameters=[number(), IDEMPOTENCY],
        refuses=(409, 422),
    )
)(requests.RequestStop)

urlpatterns = [
    path("offerings/<key:pk>/requests/", ask.as_view()),
    path("requests/<number:number>/sheet/", sheet.as_view()),
    path("requests/<number:number>/answers/", answers.as_view()),
    path("requests/<number:number>/stop/", stop.as_view()),
    path("offerings/", all_offerings.as_view()),
    path("offerings/search/", search.as_view()),
    path("offerings/<key:pk>/", one_offering.as_view()),
    path("offerings/<key:pk>/favourite/", favourite.as_view()),
]
