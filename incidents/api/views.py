"""Major incidents over the API: the same actions as on the console."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Sorts, paged, refuse
from core.api.request import SignedInRequest
from core.api.shapes import instant
from core.api.views import ApiView, no_content, read
from core.errors import NotFound
from incidents import access, actions
from incidents.api import forms, rows
from incidents.enums import MajorState
from incidents.models import Incident, LogEntry, MajorIncident, Review
from incidents.queries import majors, timeline
from tickets import access as kernel
from tickets.models import Ticket
from tickets.numbering import normalise

SORTS = Sorts("-id", {"id": ("ticket_id",)})


def _missing() -> NotFound:
    return NotFound(_("There is nothing at this address."))


class MajorList(ApiView):
    parameters = PARAMETERS | {"state"}

    def get(self, request: SignedInRequest) -> Response:
        state = request.query_params.get("state", "")
        if state and state not in MajorState.values:
            raise refuse("state", _("Choose one of: %s.") % ", ".join(MajorState.values))
        found = majors.page(request.user, state)
        return paged(request, found.values("ticket_id"), SORTS, _shown)


def _shown(found: list[Any]) -> list[dict[str, Any]]:
    known = MajorIncident.objects.select_related(*rows.RELATED)
    by_key = known.in_bulk([row["ticket_id"] for row in found])
    return [rows.major(by_key[row["ticket_id"]]) for row in found]


class OnMajor(ApiView):
    """Views of one incident: what those who read its notes may know."""

    def ticket(self, request: SignedInRequest, number: str) -> Ticket:
        """The incident for those who read its notes."""
        found = kernel.get(request.user, number, kind="incident")
        if not kernel.can(request.user, "read_notes", found):
            raise _missing()
        return found

    def answer(self, ticket: Ticket, status: int = 200) -> Response:
        known = MajorIncident.objects.select_related(*rows.RELATED)
        return Response(rows.major(known.get(pk=ticket.pk)), status=status)


class OneMajor(OnMajor):
    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket, _major = access.get(request.user, number)
        return self.answer(ticket)

    def patch(self, request: SignedInRequest, number: str) -> Response:
        ticket, _major = access.get(request.user, number)
        values = read(request, forms.Changing)
        severity, reason = values.pop("severity", None), values.pop("reason", "")
        with transaction.atomic():
            if severity is not None:
                actions.set_severity(ticket, severity, by=request.user, reason=reason)
            if values:
                actions.save_summary(ticket, values, by=request.user)
            return self.answer(ticket)


class Propose(OnMajor):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        actions.propose(ticket, by=request.user, **read(request, forms.Proposing))
        return self.answer(ticket, 201)


class Declare(OnMajor):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        actions.declare(ticket, by=request.user, **read(request, forms.Declaring))
        return self.answer(ticket, 201)


class Reject(OnMajor):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        actions.reject(ticket, by=request.user, **read(request, forms.Rejecting))
        return self.answer(ticket)


class StandDown(OnMajor):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        read(request, forms.Nothing)
        actions.stand_down(ticket, by=request.user)
        return self.answer(ticket)


class Roles(OnMajor):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        actions.set_role(ticket, by=request.user, **read(request, forms.GivingRole))
        return self.answer(ticket)


class Call(OnMajor):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        actions.call_for_help(ticket, by=request.user, **read(request, forms.Calling))
        return no_content()


class Children(OnMajor):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        numbers = [normalise(one) for one in read(request, forms.AttachingReports)["tickets"]]
        found = list(Ticket.objects.visible_to(request.user).filter(number__in=numbers))
        attached, left = actions.attach_children(ticket, found, by=request.user)
        unknown = sorted(set(numbers) - {child.number for child in found})
        left_out = [child.number for child in left] + unknown
        body = {"attached": [child.number for child in attached], "left_out": left_out}
        return Response(body)


class Log(OnMajor):
    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket, major = access.get(request.user, number)
        return Response({"results": [rows.line(one) for one in timeline.story(ticket, major)]})

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        entry = actions.log(ticket, by=request.user, **read(request, forms.Logging))
        return Response(rows.entry(entry), status=201)


class OneEntry(OnMajor):
    def patch(self, request: SignedInRequest, number: str, pk: int) -> Response:
        _ticket, major = access.get(request.user, number)
        found = LogEntry.objects.filter(pk=pk, major=major).select_related("major__ticket").first()
        if found is None:
            raise _missing()
        entry = actions.edit_log(found, by=request.user, **read(request, forms.Rewording))
        return Response(rows.entry(entry))


class Updates(OnMajor):
    def get(self, request: SignedInRequest, number: str) -> Response:
        _ticket, major = access.get(request.user, number)
        found = major.updates.select_related("published_by").order_by("position")
        return Response({"results": [rows.update(one) for one in found]})

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        update = actions.publish(ticket, by=request.user, **read(request, forms.Publishing))
        return Response(rows.update(update), status=201)


class OnReview(OnMajor):
    """Views of one review."""

    def review(self, request: SignedInRequest, number: str) -> tuple[Ticket, Review]:
        ticket, major = access.get(request.user, number)
        found = Review.objects.select_related("approved_by").filter(major=major).first()
        if found is None:
            raise _missing()
        return ticket, found


class OneReview(OnReview):
    def get(self, request: SignedInRequest, number: str) -> Response:
        return Response(rows.review(self.review(request, number)[1]))

    def patch(self, request: SignedInRequest, number: str) -> Response:
        ticket, _review = self.review(request, number)
        values = read(request, forms.Reviewing)
        return Response(rows.review(actions.save_review(ticket, values, by=request.user)))


class ReviewActions(OnReview):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket, _review = self.review(request, number)
        values = read(request, forms.AddingAction)
        made = actions.add_review_action(ticket, by=request.user, **values)
        return Response(rows.action(made), status=201)


class OneAction(OnReview):
    def delete(self, request: SignedInRequest, number: str, pk: int) -> Response:
        ticket, _review = self.review(request, number)
        actions.drop_review_action(ticket, pk, by=request.user)
        return no_content()


class Approve(OnReview):
    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket, _review = self.review(request, number)
        read(request, forms.Nothing)
        return Response(rows.review(actions.approve_review(ticket, by=request.user)))


_REACH = {"contained": actions.contain, "patched": actions.mark_patched}


class Milestones(OnMajor):
    """Of a security incident, major or not."""

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = self.ticket(request, number)
        name = read(request, forms.Reaching)["milestone"]
        incident: Incident = _REACH[name](ticket, by=request.user)
        return Response(
            {
                "contained_at": instant(incident.contained_at),
                "patched_at": instant(incident.patched_at),
            }
        )
