"""The answers of a request that came back: changed by the form it was made with, and sent again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from catalog.actions import changes
from catalog.answers import Cleaned, clean
from catalog.definition import Definition, parse
from catalog.enums import FieldType
from catalog.models import Request
from catalog.queries.answered import known_for
from core.errors import ActionError, NotAllowed, NotFound
from core.text import row_id
from portal import access
from portal.asked import typed_in
from portal.generic import form_marks, person, portal_page
from portal.queries import asking as pages
from portal.queries.filled import raw_answers
from tickets.models import Ticket


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, number: str) -> HttpResponse:
    """The form as it was filled in. With a mistake it comes back with everything in place."""
    user = person(request)
    ticket = access.get(user, number)
    if not changes.can_mend(ticket, user):
        messages.info(request, _("The answers of this request can't be changed now."))
        return redirect("portal:detail", ticket.number)
    made = Request.objects.select_related("made_with", "beneficiary", "requester").get(pk=ticket.pk)
    definition = parse(made.made_with.data)
    if request.method != "POST":
        return _page(request, ticket, made, definition, made.answers, {})
    answers = _typed(request, definition, made)
    if request.POST.get("do") == "refresh":
        return _page(request, ticket, made, definition, answers, {})
    try:
        changes.resubmit(ticket, answers, by=user, seen=row_id(request.POST.get("seen")))
    except (NotFound, NotAllowed):
        raise
    except ActionError as error:
        wrong = dict(error.errors) or {"": str(error.message)}
        return _page(request, ticket, made, definition, answers, wrong, status=422)
    messages.success(request, _("Your request has been sent again."))
    return redirect("portal:detail", ticket.number)


def _typed(request: HttpRequest, definition: Definition, made: Request) -> dict[str, Any]:
    """What the page's controls hold; files stay those that were sent."""
    files = {
        field.key: made.answers.get(field.key, [])
        for field in definition.fields
        if field.type == FieldType.FILE
    }
    return pages.resolved(definition, raw_answers(definition, typed_in(request.POST), files))


def _page(
    request: HttpRequest,
    ticket: Ticket,
    made: Request,
    definition: Definition,
    answers: Any,
    wrong: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    user, whom = person(request), made.beneficiary or made.requester
    cleaned = _cleaned(definition, answers, whom)
    today = timezone.localdate()
    blocks = pages.blocks(
        definition,
        range(len(definition.sections)),
        cleaned,
        wrong,
        whom=whom,
        offering_id=made.offering_id or 0,
        by=user,
        today=today,
    )
    context = {
        "ticket": ticket,
        "seen": ticket.version,
        "definition": definition,
        "blocks": blocks,
        "errors": [(f"q-{key}" if key else "", message) for key, message in wrong.items()],
        "rules": {
            "today": today.isoformat(),
            "fields": [
                {"key": field.key, "type": field.type.value, "shown_if": field.shown_if}
                for field in definition.fields
            ],
            "values": cleaned.values,
        },
    }
    marks = form_marks(request, f"portal:mend:{ticket.number}")
    return render(request, "portal/request/mend.html", {**context, **marks}, status=status)


def _cleaned(definition: Definition, answers: Any, whom: User) -> Cleaned:
    return clean(
        definition,
        answers,
        today=timezone.localdate(),
        known=known_for(definition, answers),
        beneficiary_id=whom.pk,
    )
