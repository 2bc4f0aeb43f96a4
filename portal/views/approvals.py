"""Approvals: the list of what waits for me, and the page on which I decide.

Only POST changes anything. What was typed survives a refusal, and a session that ended.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.errors import ActionError, Conflict, NotAllowed, NotFound
from core.text import row_id
from portal import actions
from portal.forms import HandOverForm, OpinionForm
from portal.generic import draft_of, form_marks, person, portal_page, typed
from portal.queries import approvals as queries
from tickets import actions as kernel
from tickets.models import Approval, ApprovalSeat

SHOWS = {"todo": queries.waiting, "done": queries.done, "asked": queries.asked}


@portal_page
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me, what I decided, what I asked."""
    user = person(request)
    show = request.GET.get("show", "todo")
    show = show if show in SHOWS else "todo"
    if show == "todo":
        page = queries.waiting(user)
    else:
        page = (queries.done if show == "done" else queries.asked)(
            user, row_id(request.GET.get("before", "")) or 0
        )
    return render(request, "portal/approvals/inbox.html", {"page": page, "show": show})


def slot_of(approval: Approval) -> str:
    """The place where a typed opinion is kept."""
    return f"portal:approval:{approval.pk}"


@portal_page
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision on one screen."""
    approval = queries.approval_of(person(request), pk)
    draft = draft_of(person(request), slot_of(approval))
    return page(request, approval, OpinionForm(initial=draft.data if draft else {}))


def page(
    request: HttpRequest,
    approval: Approval,
    form: OpinionForm,
    *,
    handing: HandOverForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page with what was typed. `refused`: why what was sent could not be done."""
    user = person(request)
    context = {
        "decision": queries.decision(user, approval),
        "form": form,
        "handing": handing or HandOverForm(),
        "refused": refused,
        "typed": form["text"].value() or "",
        **form_marks(request, slot_of(approval)),
    }
    return render(request, "portal/approvals/decision.html", context, status=status)


Do = Callable[[ApprovalSeat, str, User], Any]


def _act(request: HttpRequest, pk: int, do: Do, done: str) -> HttpResponse:
    """Do one thing in the seat that the form names. Refused, the text comes back, and why."""
    user = person(request)
    approval = queries.approval_of(user, pk)
    form = OpinionForm(request.POST)
    try:
        if form.is_valid():
            do(_seat(request, approval), form.cleaned_data["text"], user)
            kernel.drop_draft(slot_of(approval), by=user)
            messages.success(request, done)
            return redirect("portal:approvals")
    except NotFound:
        raise
    except (NotAllowed, Conflict) as error:
        actions.keep_typed(slot_of(approval), typed(request), by=user)
        fresh = queries.approval_of(user, pk)
        return page(request, fresh, form, refused=str(error.message), status=409)
    except ActionError as error:
        form.add_error("text", str(error.message))
    actions.keep_typed(slot_of(approval), typed(request), by=user)
    return page(request, queries.approval_of(user, pk), form, status=422)


def _seat(request: HttpRequest, approval: Approval) -> ApprovalSeat:
    seats = ApprovalSeat.objects.filter(stage__approval=approval)
    seat = seats.filter(pk=row_id(request.POST.get("seat", "")) or 0).first()
    if seat is None:
        raise NotFound(_("There is no such decision."))
    return seat


@portal_page
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject."""
    answer = request.POST.get("answer", "")
    done = _("You have approved it.") if answer == "approve" else _("You have rejected it.")
    return _act(
        request, pk, lambda seat, text, by: kernel.decide(seat, answer, by=by, opinion=text), done
    )


@portal_page
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it on hold."""
    return _act(
        request,
        pk,
        lambda seat, text, by: kernel.hold(seat, text, by=by),
        _("It is on hold. It stays in your list."),
    )


@portal_page
@require_POST
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the requester."""
    return _act(
        request,
        pk,
        lambda seat, text, by: kernel.question(seat, text, by=by),
        _("Your question has been sent to the requester."),
    )


@portal_page
@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody else decide."""
    user = person(request)
    approval = queries.approval_of(user, pk)
    handing = HandOverForm(request.POST)
    if handing.is_valid():
        given = handing.cleaned_data
        try:
            kernel.hand_over(_seat(request, approval), given["to"], given["reason"], by=user)
            messages.success(request, _("Handed over to %(name)s.") % {"name": given["to"].name})
            return redirect("portal:approvals")
        except NotFound:
            raise
        except ActionError as error:
            handing.add_error("to" if error.field == "to" else None, str(error.message))
    return page(request, approval, OpinionForm(), handing=handing, status=422)


@portal_page
@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the question back."""
    user = person(request)
    approval = queries.approval_of(user, pk)
    try:
        kernel.recall(approval, by=user)
        messages.success(request, _("You have taken it back. Nobody needs to decide any more."))
    except NotFound:
        raise
    except ActionError as error:
        messages.error(request, str(error.message))
    return redirect("portal:approval", pk)


@portal_page
@require_safe
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet with the seal box."""
    approval = queries.approval_of(person(request), pk)
    context = {"decision": queries.decision(person(request), approval)}
    return render(request, "portal/approvals/print.html", context)
