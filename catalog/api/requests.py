"""Requests for programs: asked for, read with their answers and plan, mended and sent again.

What every record has (state, comments, cancelling, reopening) is at the address of the record.
"""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.reach import reach_of
from catalog.actions import changes
from catalog.actions.requests import submit
from catalog.enums import Delivered
from catalog.models import Offering
from catalog.queries.offered import offered_to
from catalog.queries.requests import Sheet, sheet
from core.api.fields import Input, Reference, Text, Whole
from core.api.idempotency import idempotent
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant
from core.api.views import ApiView, read
from core.errors import NotFound
from tickets import access
from tickets.enums import Channel, TaskState
from tickets.models import Ticket

PERSON_HELP = "Id or e-mail address."


def _answers() -> serializers.DictField:
    return serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        required=False,
        help_text="By the key of the question; files are added to the record afterwards.",
    )


class AskingFor(Input):
    """The answers to an offering's form. What is refused names the question."""

    answers = _answers()
    requester = Reference(
        User, key="email", required=False, help_text=f"{PERSON_HELP} For the desk: who asks."
    )
    beneficiary = Reference(
        User,
        key="email",
        required=False,
        allow_null=True,
        help_text=f"{PERSON_HELP} Whom it is for.",
    )
    version = Whole(required=False, help_text="The one read; refused if it is another one now.")


class Mending(Input):
    """The answers anew, all of them, by the form the request was made with."""

    answers = _answers()
    seen = Whole(required=False, help_text="The record's version that was read.")


class RequestAnswer(serializers.Serializer[Any]):
    """One answer. `value` as it is kept, `text` in the reader's language."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField(allow_null=True)
    text = serializers.CharField(allow_blank=True)


class RequestTask(serializers.Serializer[Any]):
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(TaskState.choices)
    step = serializers.IntegerField(help_text="What has the same step can be done side by side.")
    waits_for = serializers.ListField(child=serializers.CharField())
    due_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()


class RequestPart(serializers.Serializer[Any]):
    """A part of a bundle."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    is_there = serializers.BooleanField()


class RequestSheet(serializers.Serializer[Any]):
    """What was asked for, and how far it is."""

    number = serializers.CharField()
    status = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the record: send it back as `seen`.")
    offering = serializers.CharField()
    offering_slug = serializers.CharField()
    made_with = serializers.IntegerField(help_text="The number of the offering's version.")
    beneficiary = Named(allow_null=True)
    answers = RequestAnswer(many=True)
    price = serializers.CharField()
    promised_at = serializers.DateTimeField(allow_null=True)
    delivered = serializers.ChoiceField(Delivered.choices)
    fulfilment = serializers.CharField(allow_blank=True)
    tasks = RequestTask(many=True)
    parts = RequestPart(many=True)


class OfferingRequests(ApiView):
    """Asking for an offering."""

    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        offering = offered_to(request.user).filter(pk=pk).first()
        data = read(request, AskingFor)
        # The desk may ask for somebody who may, where it may not itself: the action decides.
        for_another = data.get("requester") is not None and reach_of(request.user).works
        if offering is None and for_another:
            offering = Offering.objects.filter(pk=pk, live__isnull=False).first()
        if offering is None:
            raise NotFound(_("There is no such offering."))
        ticket = submit(
            offering,
            data.get("answers") or {},
            by=request.user,
            requester=data.get("requester"),
            beneficiary=data.get("beneficiary"),
            version=data.get("version"),
            channel=Channel.API,
        )
        return Response(_shown(ticket, request.user), status=201)


class OneSheet(ApiView):
    def get(self, request: SignedInRequest, number: str) -> Response:
        return Response(_shown(access.get(request.user, number, kind="request"), request.user))


class RequestAnswers(ApiView):
    """Sending a request in again that was rejected or recalled."""

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number, kind="request")
        data = read(request, Mending)
        ticket = changes.resubmit(
            ticket, data.get("answers") or {}, by=request.user, seen=data.get("seen")
        )
        return Response(_shown(ticket, request.user))


class Stopping(Input):
    reason = Text(required=False, allow_blank=True, max_length=2000)


class RequestStop(ApiView):
    """Saying that a request is no longer needed that people work on already."""

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number, kind="request")
        changes.ask_to_cancel(ticket, read(request, Stopping).get("reason", ""), by=request.user)
        return Response(_shown(access.get(request.user, number), request.user))


def _shown(ticket: Ticket, reader: User) -> dict[str, Any]:
    found = sheet(ticket, reader, costs=False)
    if found is None:
        raise NotFound(_("This request was not made with an offering."))
    return _as_json(ticket, found)


def _as_json(ticket: Ticket, found: Sheet) -> dict[str, Any]:
    whom = found.beneficiary
    return {
        "number": ticket.number,
        "status": ticket.status,
        "version": ticket.version,
        "offering": found.offering,
        "offering_slug": found.slug,
        "made_with": found.version,
        "beneficiary": {"id": whom.pk, "name": whom.name} if whom else None,
        "answers": [
            {"key": one.key, "label": one.label, "value": one.value, "text": one.text}
            for one in found.answers
        ],
        "price": found.price,
        "promised_at": instant(found.promised_at),
        "delivered": found.delivered,
        "fulfilment": found.fulfilment,
        "tasks": [
            {
                "number": row.number,
                "title": row.title,
                "state": row.state,
                "step": row.step,
                "waits_for": list(row.waits_for),
                "due_at": instant(row.due_at),
                "is_late": row.is_late,
            }
            for row in found.tasks
        ],
        "parts": [
            {
                "number": part.number,
                "title": part.title,
                "status": part.status,
                "is_there": part.is_there,
            }
            for part in found.parts
        ],
    }
