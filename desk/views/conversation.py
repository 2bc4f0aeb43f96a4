"""Replies, notes, their drafts and their ten seconds of undo."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import ActionError, NotFound
from core.models import pick
from core.text import row_id
from desk.actions import conversation
from desk.queries.ticketpage import TicketPage
from desk.views.answers import reload, surface
from desk.views.base import desk_page, trigger
from tickets import access, actions
from tickets.actions.attach import Upload
from tickets.enums import Visibility
from tickets.models import CannedText, Comment, Ticket

MODES = ("reply", "memo")


@desk_page
@require_POST
def send(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Send what was typed. A refusal keeps every letter of it."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    mode = request.POST.get("mode", "")
    if mode not in MODES:
        raise ActionError(_("Choose: reply to the requester, or internal note."))
    try:
        said = _say(request, ticket, mode)
    except ActionError as error:
        return _refused(request, ticket, mode, error)
    return _composer(request, ticket, said=said)


def _say(request: HttpRequest, ticket: Ticket, mode: str) -> Comment:
    body = request.POST.get("body", "")
    files = [Upload.of(file) for file in request.FILES.getlist("files")]
    last_seen = row_id(request.POST.get("last_seen"))
    user: Any = request.user
    how: dict[str, Any] = {"by": user, "files": files, "last_seen": last_seen}
    how["sure"] = "sure" in request.POST
    if mode == "reply" and request.POST.get("then") == "wait":
        return conversation.reply_and_wait(ticket, body, **how)
    return conversation.say(ticket, body, memo=mode == "memo", **how)


def _refused(request: HttpRequest, ticket: Ticket, mode: str, error: ActionError) -> HttpResponse:
    ticket = reload(request, ticket)
    page = TicketPage(request.user, ticket)  # type: ignore[arg-type]
    context = {
        **page.full(),
        "from": surface(request),
        "open_mode": mode,
        "error": error,
        "sure": error.code == "unreadable" or "sure" in request.POST,
        "typed": request.POST.get("body", ""),
    }
    return render(request, "tickets/_composer_answer.html", context, status=422)


def _composer(
    request: HttpRequest, ticket: Ticket, *, said: Comment | None = None, mode: str = ""
) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(ticket.get_absolute_url())
    page = TicketPage(request.user, reload(request, ticket))  # type: ignore[arg-type]
    context = {
        **page.full(),
        "from": surface(request),
        "said": said,
        "undo_seconds": actions.UNDO_SECONDS,
        "open_mode": mode,
    }
    response = render(request, "tickets/_composer_answer.html", context)
    return trigger(response, ticket_changed=True)


@desk_page
@require_POST
def undo(request: HttpRequest, folder: str, number: str, pk: int) -> HttpResponse:
    """Take the comment back; its text is in the composer again."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    said = Comment.objects.filter(pk=pk, ticket=ticket).first()
    if said is None:
        raise NotFound(_("There is no such message."))
    conversation.take_back(said, by=request.user)  # type: ignore[arg-type]
    mode = "memo" if said.visibility == Visibility.INTERNAL else "reply"
    return _composer(request, ticket, mode=mode)


@desk_page
@require_POST
def draft(request: HttpRequest, folder: str, number: str, mode: str) -> HttpResponse:
    """Keep what is being typed; an emptied box forgets its draft."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    body = request.POST.get("body", "")
    slot = conversation.draft_slot(ticket, mode)
    if body.strip():
        actions.save_draft(slot, {"body": body}, by=request.user, ticket=ticket)  # type: ignore[arg-type]
    else:
        actions.drop_draft(slot, by=request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


@desk_page
@require_GET
def canned(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Saved replies with this record's words filled in."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    words = {"requester": ticket.requester.name, "number": ticket.number, "title": ticket.title}
    texts = [
        {"name": text.name, "body": _filled(pick(text.body_ko, text.body_en), words)}
        for text in CannedText.objects.filter(is_active=True)
        if text.team_id in (None, ticket.team_id)
    ]
    return render(request, "tickets/_menu_canned.html", {"texts": texts, "lang": get_language()})


def _filled(text: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text
