"""One request: what was said, what happens next, and the one box to answer in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from catalog.queries.requests import sheet
from core.errors import ActionError, NotAllowed, NotFound
from core.states import Phase
from portal import access, actions
from portal.actions.requests import slot_of
from portal.forms import ReplyForm, token_of
from portal.generic import draft_of, form_marks, person, portal_page, stage_files, typed
from portal.queries import request as queries
from portal.queries.approvals import lines_of
from portal.queries.promises import promises
from portal.queries.survey import offer
from portal.states import MERGED, plain, steps
from tickets import access as kernel
from tickets import actions as kernel_actions
from tickets.models import Ticket, Watch

Do = Callable[[HttpRequest, Ticket, str], Ticket]


@portal_page
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The page. Somebody of the desk who may see the record, but not here, is sent to the desk."""
    user = person(request)
    ticket = kernel.get(user, number)
    if not access.is_on_portal(user, ticket):
        return redirect(ticket.get_absolute_url())
    into = kernel.goes_on_in(user, ticket)
    if into is not None and access.is_on_portal(user, into):
        where = reverse("portal:detail", args=[into.number])
        return redirect(f"{where}?merged={ticket.number}")
    draft = draft_of(user, slot_of(ticket))
    form = ReplyForm(initial=draft.data if draft else {})
    return _page(request, ticket, form, draft=draft)


def _page(
    request: HttpRequest, ticket: Ticket, form: ReplyForm, *, draft: Any = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    merged = queries.is_merged(ticket)
    asked = sheet(ticket, user, costs=False)
    lines = lines_of(ticket)
    context = {
        "sheet": asked,
        "can_mend": queries.asked_anew(ticket, user),
        "ticket": ticket,
        "plain": MERGED if merged else plain(ticket.state),
        "steps": steps(ticket.kind_info.machine, ticket.status, merged=merged, decided=bool(lines)),
        "conversation": queries.conversation(ticket, user),
        "outlook": queries.outlook(ticket, user),
        "answers": queries.answers(ticket),
        "promises": promises(ticket),
        "lines": lines,
        "continued": queries.continued(ticket, user),
        "came_from": queries.came_from(ticket, request.GET.get("merged", ""), user),
        "form": form,
        "draft": draft,
        "box": _box(ticket, user),
        "watches": Watch.objects.filter(ticket=ticket, user=user).exists(),
        "is_own": user.pk in (ticket.requester_id, ticket.opened_by_id),
        **offer(ticket, user),
        **form_marks(request, slot_of(ticket)),
    }
    return render(request, "portal/detail.html", context, status=status)


def _box(ticket: Ticket, user: User) -> dict[str, bool]:
    """What the person may do here now."""
    able = kernel.abilities(user, ticket)
    offered = {move.rule for move in ticket.kind_info.machine.from_state(ticket.status)}
    return {
        "confirm": able["confirm"] and "confirm" in offered,
        "reopen": able["reopen"] and "reopen" in offered,
        "withdraw": able["cancel"] and "cancel" in offered and ticket.is_unbegun,
        "stop": able["reply"]
        and ticket.kind == "request"
        and ticket.is_open
        and not ticket.is_unbegun
        and user.pk in (ticket.requester_id, ticket.opened_by_id),
        "follow_up": able["follow_up"]
        and ticket.phase == Phase.CLOSED
        and ticket.kind_info.follow_up,
        "reply": able["reply"] and ticket.phase != Phase.CLOSED,
    }


def _change(request: HttpRequest, number: str, do: Do, done: str) -> HttpResponse:
    """Do one thing to a request and show it again. Refused, it keeps text and files."""
    if request.method != "POST":
        return redirect("portal:detail", number)
    user = person(request)
    ticket = access.get(user, number)
    form = ReplyForm(request.POST)
    refused = stage_files(request, slot_of(ticket))
    if request.POST.get("do") == "attach" and not refused:
        actions.keep_typed(slot_of(ticket), typed(request), by=user)
        return redirect("portal:detail", ticket.number)
    for message in refused:
        form.add_error("text", message)
    try:
        if form.is_valid():
            changed = do(request, ticket, form.cleaned_data["text"])
            messages.success(request, done)
            return redirect("portal:detail", changed.number)
    except (NotFound, NotAllowed):
        raise
    except ActionError as error:
        form.add_error("text", error.message)
    actions.keep_typed(slot_of(ticket), typed(request), by=user)
    return _page(request, access.get(user, number), form, status=422)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Who sends a form, which copy of it, and the newest comment they had before them."""
    return {
        "by": person(request),
        "token": token_of(request.POST.get("token", "")),
        "last_seen": _key(request.POST.get("last_seen", "")),
    }


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@portal_page
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """Answer."""
    return _change(
        request,
        number,
        lambda request, ticket, text: actions.reply(ticket, text, **_sent(request)),
        _("Your reply has been sent."),
    )


@portal_page
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """It is not solved."""
    return _change(
        request,
        number,
        lambda request, ticket, text: actions.reopen(ticket, text, **_sent(request)),
        _("It is open again. The team has been told."),
    )


@portal_page
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """It is solved."""
    return _change(
        request,
        number,
        lambda request, ticket, _text: actions.confirm(ticket, by=person(request)),
        _("Thank you. The request is finished."),
    )


@portal_page
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """It is no longer needed."""
    return _change(
        request,
        number,
        lambda request, ticket, text: actions.withdraw(ticket, text, by=person(request)),
        _("You have withdrawn the request."),
    )


@portal_page
def ask_to_stop(request: HttpRequest, number: str) -> HttpResponse:
    """It is no longer needed, though somebody works on it."""
    return _change(
        request,
        number,
        lambda request, ticket, text: actions.ask_to_stop(ticket, text, by=person(request)),
        _("The team has been told that you no longer need it."),
    )


@portal_page
def follow_up(request: HttpRequest, number: str) -> HttpResponse:
    """It came back after it was finished: a new request continues it."""

    def do(request: HttpRequest, ticket: Ticket, text: str) -> Ticket:
        sent = _sent(request)
        return actions.continue_closed(ticket, text, by=sent["by"], token=sent["token"])

    return _change(request, number, do, _("We received it as a new request."))


@portal_page
def watch(request: HttpRequest, number: str) -> HttpResponse:
    """Follow a request, or stop."""
    if request.method != "POST":
        return redirect("portal:detail", number)
    user = person(request)
    ticket = access.get(user, number)
    if request.POST.get("watch") == "on":
        kernel_actions.watch(ticket, user, by=user)
        messages.success(request, _("You follow this request now."))
    else:
        kernel_actions.unwatch(ticket, user, by=user)
        messages.success(request, _("You no longer follow this request."))
    if not kernel.can(user, "view", ticket):
        return redirect("portal:my")
    return redirect("portal:detail", ticket.number)


@portal_page
def seen(request: HttpRequest, number: str) -> HttpResponse:
    """Note that the person has read the request as it is now. The page's script calls this."""
    if request.method == "POST":
        kernel_actions.mark_seen(access.get(person(request), number), by=person(request))
    return HttpResponse(status=204)


@portal_page
@require_safe
def news(request: HttpRequest, number: str) -> HttpResponse:
    """A line that says there is something new, for a page that has been open for a while."""
    user = person(request)
    ticket = access.get(user, number)
    seen = _key(request.GET.get("last_seen", "")) or 0
    fresh = queries.has_news(ticket, user, last_seen=seen, status=request.GET.get("status", ""))
    return render(request, "portal/_news.html", {"ticket": ticket, "fresh": fresh})
