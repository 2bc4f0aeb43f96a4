"""The answers of a request that came back: changed by the form it was made with, and sent again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from catalog.actions import changes
from catalog.answers import Cleaned, clean
from catalog.definition import Definition, parse
from catalog.models import Request
from catalog.queries.answered import known_for
from core.errors import ActionError, NotAllowed, NotFound
from core.text import row_id
from portal import access, actions
from portal.actions import asking
from portal.asked import mend_slot, typed_in
from portal.forms import token_of
from portal.generic import draft_of, form_marks, person, portal_page, stage_answers, words
from portal.queries import asking as pages
from portal.queries.filled import answers_of
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
    refused = _keep(request, ticket, definition) if request.method == "POST" else {}
    answers = answers_of(made, definition, _typed(request, ticket), by=user)
    if request.method != "POST" or refused or request.POST.get("do") in ("refresh", "attach"):
        status = 422 if refused else 200
        return _page(request, ticket, made, definition, answers, refused, status=status)
    try:
        _send(request, ticket, definition, answers)
    except (NotFound, NotAllowed):
        raise
    except ActionError as error:
        wrong = dict(error.errors) or {"": str(error.message)}
        return _page(request, ticket, made, definition, answers, wrong, status=422)
    messages.success(request, _("Your request has been sent again."))
    return redirect("portal:detail", ticket.number)


def _keep(request: HttpRequest, ticket: Ticket, definition: Definition) -> dict[str, str]:
    """Keep what was typed and the files that came along; what is wrong with files refused."""
    slot = mend_slot(ticket.number)
    actions.keep_typed(slot, typed_in(request.POST), by=person(request))
    return stage_answers(request, slot, definition)


def _typed(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What the page's controls hold; of somebody who comes back, what they held."""
    if request.method == "POST":
        return typed_in(request.POST)
    draft = draft_of(person(request), mend_slot(ticket.number))
    return dict(draft.data) if draft else {}


def _send(request: HttpRequest, ticket: Ticket, definition: Definition, answers: Any) -> None:
    asking.mend(
        ticket,
        definition,
        answers,
        by=person(request),
        seen=row_id(request.POST.get("seen")),
        token=token_of(request.POST.get("token", "")),
    )


@portal_page
@require_safe
def items(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Suggestions for a question that asks for an item, as the request was made with it."""
    ticket = access.get(person(request), number)
    made = Request.objects.select_related("made_with").filter(pk=ticket.pk).first()
    data = made.made_with.data if made is not None and made.made_with else {}
    text = words(request.GET.get("q", "")).strip()[:80]
    options = pages.item_options_for(parse(data), key, text)
    return render(request, "ui/_options.html", {"options": options})


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
    today, slot = timezone.localdate(), mend_slot(ticket.number)
    blocks = pages.blocks(
        definition,
        range(len(definition.sections)),
        cleaned,
        wrong,
        whom=whom,
        slot=slot,
        items_at=lambda key: reverse("portal:mend_items", args=[ticket.number, key]),
        by=user,
        today=today,
        sent=made.answers,
    )
    context = {
        "ticket": ticket,
        "seen": ticket.version,
        "definition": definition,
        "draft": draft_of(user, slot) if request.method == "GET" else None,
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
    marks = form_marks(request, slot)
    return render(request, "portal/request/mend.html", {**context, **marks}, status=status)


def _cleaned(definition: Definition, answers: Any, whom: User) -> Cleaned:
    return clean(
        definition,
        answers,
        today=timezone.localdate(),
        known=known_for(definition, answers),
        beneficiary_id=whom.pk,
    )
