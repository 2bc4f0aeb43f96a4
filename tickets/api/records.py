"""List, open, read and change records; of all kinds, or of one with its own fields."""

from typing import Any, ClassVar

from django.db import transaction
from rest_framework.response import Response

from accounts.models import User
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Sorts, paged
from core.api.preconditions import etag, is_known, require_match
from core.api.request import SignedInRequest
from core.api.views import ApiView, read
from tickets import access, actions, kinds
from tickets.api import forms, own, rows
from tickets.api.filters import TicketFilters
from tickets.models import Ticket

SORTS = Sorts(
    "-updated_at",
    {
        "updated_at": ("updated_at", "id"),
        "opened_at": ("opened_at", "id"),
        "resolved_at": ("resolved_at", "id"),
        "priority": ("priority", "opened_at", "id"),
        "number": ("serial", "id"),
    },
)


class OfKind(ApiView):
    """`kind` empty: records of any kind, with the fields that all of them share."""

    kind: ClassVar[str] = ""

    def find(self, request: SignedInRequest, number: str, verb: str = "view") -> Ticket:
        return access.get(request.user, number, verb, kind=self.kind)

    def answer(self, ticket: Ticket, user: User, status: int = 200) -> Response:
        """The record as an action left it, with its ETag."""
        shown = rows.full(ticket, user, with_own=bool(self.kind))
        return Response(shown, status=status, headers={"ETag": etag(shown["version"])})


class RecordList(OfKind):
    parameters = TicketFilters.names() | PARAMETERS
    opening: ClassVar[type[forms.Opening]] = forms.Opening

    def get(self, request: SignedInRequest) -> Response:
        visible = rows.ROWS.visible_to(request.user)
        if self.kind:
            visible = visible.of_kind(self.kind)
        found = TicketFilters.apply(request, visible)
        if request.query_params.get("sort", "").removeprefix("-") == "resolved_at":
            found = found.filter(resolved_at__isnull=False)
        return paged(
            request,
            found,
            SORTS,
            lambda page: rows.summaries(page, request.user),
        )

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        values = read(request, self.opening)
        kind = kinds.get(self.kind or values.pop("kind"))
        detail = {name: values.pop(name) for name in own.opening(kind) if name in values}
        ticket = actions.open_ticket(kind.key, by=request.user, detail=detail, **values)
        response = self.answer(ticket, request.user, status=201)
        response["Location"] = request.build_absolute_uri(response.data["url"])
        return response


class Record(OfKind):
    editing: ClassVar[type[forms.Editing]] = forms.Editing

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        if is_known(request, ticket.version):
            return Response(status=304, headers={"ETag": etag(ticket.version)})
        return self.answer(ticket, request.user)

    def patch(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        values = read(request, self.editing)
        seen = values.pop("field_versions", None)
        with transaction.atomic():
            held = hold(request, ticket)
            ticket = actions.edit(held, values, by=request.user, seen=seen)
            return self.answer(ticket, request.user)


class Transitions(OfKind):
    moving: ClassVar[type[Any]]

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        moves = actions.allowed(ticket, request.user)
        machine = ticket.kind_info.machine
        shown = [
            {
                "name": move.name,
                "label": str(move.label),
                "target": move.target,
                "target_label": str(machine.by_key[move.target].label),
                "fields": [{"name": name, "required": name in move.required} for name in move.data],
            }
            for move in moves
        ]
        return Response({"results": shown}, headers={"ETag": etag(ticket.version)})

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        values = read(request, self.moving)
        name = values.pop("transition")
        with transaction.atomic():
            held = hold(request, ticket)
            ticket = actions.transition(held, name, by=request.user, **values)
            return self.answer(ticket, request.user)


def hold(request: SignedInRequest, ticket: Ticket) -> Ticket:
    """With If-Match: the row locked, so that what it says is still true when the action writes.

    Use it inside a transaction.
    """
    if "If-Match" not in request.headers:
        return ticket
    held: Ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    require_match(request, held.version)
    return held
