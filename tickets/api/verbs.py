"""What can be done to a record besides changing its fields: one address, one action."""

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.request import SignedInRequest
from core.api.views import no_content, read
from core.errors import NotFound
from tickets import access, actions
from tickets.api import forms
from tickets.api.records import OfKind, hold


class Assign(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        values = read(request, forms.Assigning)
        with transaction.atomic():
            given = actions.assign(hold(request, ticket), by=request.user, **values)
        if not access.can(request.user, "view", given):
            return no_content()  # it went to a team whose records this person does not see
        return self.answer(given, request.user)


class Priority(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        values = read(request, forms.Prioritising)
        with transaction.atomic():
            held = hold(request, ticket)
            ticket = actions.override_priority(
                held, values["priority"], by=request.user, reason=values["reason"]
            )
            return self.answer(ticket, request.user)


class Restriction(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        restricted = read(request, forms.Restricting)["restricted"]
        with transaction.atomic():
            held = hold(request, ticket)
            ticket = actions.restrict(held, restricted, by=request.user)
            return self.answer(ticket, request.user)


class FollowUp(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        body = read(request, forms.FollowingUp)["body"]
        follower = actions.follow_up(ticket, by=request.user, body=body)
        response = self.answer(follower, request.user, status=201)
        response["Location"] = request.build_absolute_uri(response.data["url"])
        return response


class Merge(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        target = self.find(request, read(request, forms.Merging)["into"])
        with transaction.atomic():
            merged = actions.merge(hold(request, ticket), target, by=request.user)
            return self.answer(merged, request.user)


class Unmerge(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        with transaction.atomic():
            source = actions.unmerge(hold(request, ticket), by=request.user)
            return self.answer(source, request.user)


class Split(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        values = read(request, forms.Splitting)
        said = access.comments(request.user, ticket).filter(pk=values["comment"]).first()
        if said is None:
            raise NotFound(_("There is no such message."))
        new = actions.split(said, by=request.user, title=values.get("title", ""))
        response = self.answer(new, request.user, status=201)
        response["Location"] = request.build_absolute_uri(response.data["url"])
        return response


class Unsplit(OfKind):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.find(request, number)
        with transaction.atomic():
            undone = actions.unsplit(hold(request, ticket), by=request.user)
            return self.answer(undone, request.user)
