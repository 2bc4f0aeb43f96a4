"""Who stands in for me (대결): naming somebody, taking it back; administrators do it for others."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import delegations, people
from accounts.access import person
from accounts.actions import delegation as actions
from accounts.forms import DelegationForm
from accounts.models import Delegation, User
from accounts.reach import reach_of
from accounts.views.me import frame
from core.errors import ActionError, NotFound
from core.forms import refuse
from core.text import row_id, without_nul

MOST_FOUND = 12


def _whose(request: HttpRequest) -> User:
    """The person whose page it is: oneself, or for an administrator the one named."""
    named, me = row_id(request.GET.get("person")), person(request)
    if named is None or named == me.pk:
        return me
    found = User.objects.filter(pk=named, is_machine=False).first()
    if found is None or not reach_of(me).administers:
        raise NotFound(_("There is no such person."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def delegation(request: HttpRequest) -> HttpResponse:
    """The form, what holds now and comes, whom I stand in for, and what was."""
    whose = _whose(request)
    form = DelegationForm(request.POST or None, initial={"starts_at": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.delegate(whose, **form.cleaned_data, by=person(request))
            messages.success(request, _("Noted. Both of you can see it here."))
            return redirect(_address(request, whose))
        except ActionError as error:
            refuse(form, error)
    return _page(request, whose, form)


def _address(request: HttpRequest, whose: User) -> str:
    here = reverse("accounts:delegation")
    return here if whose == person(request) else f"{here}?person={whose.pk}"


def _page(request: HttpRequest, whose: User, form: DelegationForm) -> HttpResponse:
    given, held = delegations.given_by(whose), delegations.held_by(whose)
    chosen = row_id(form["to"].value())
    named = User.objects.filter(pk=chosen).first() if chosen else None
    context: dict[str, Any] = {
        "form": form,
        "frame": frame(request),
        "whose": whose,
        "is_own": whose == person(request),
        "here": _address(request, whose),
        "given": [line for line in given if line.is_ahead],
        "held": [line for line in held if line.is_ahead],
        "past": [line for line in (*given, *held) if not line.is_ahead][: delegations.MOST_PAST],
        "to_name": named.name if named else "",
    }
    return render(request, "accounts/delegation.html", context, status=422 if form.errors else 200)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one back."""
    found = Delegation.objects.filter(pk=pk).select_related("user", "to").first()
    me = person(request)
    known = found is not None and me.pk in (found.user_id, found.to_id)
    if found is None or not (known or reach_of(me).administers):
        raise NotFound(_("There is no such thing to take back."))
    actions.cancel(found, by=me)
    messages.success(request, _("Taken back. What was decided meanwhile stays decided."))
    return redirect(_address(request, found.user))


@require_GET
def colleagues(request: HttpRequest) -> HttpResponse:
    """Suggestions of a picker: people by name, initial consonants or number; never a whole list."""
    text = without_nul(request.GET.get("q", ""))[:80]
    active = User.objects.filter(is_active=True, is_machine=False).exclude(pk=person(request).pk)
    found = people.people(text, active).select_related("department")[:MOST_FOUND]
    options = [
        {
            "value": one.pk,
            "label": one.name,
            "hint": " · ".join(
                part
                for part in (one.department.name if one.department else "", one.job_title)
                if part
            ),
            "avatar": one.pk,
        }
        for one in found
    ]
    return render(request, "ui/_options.html", {"options": options})
