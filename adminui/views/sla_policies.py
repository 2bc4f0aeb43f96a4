"""Policies: three ordered lists, the editor, and which one a record would fit."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import administration, attempt, tell, with_toast
from adminui.forms.sla_policies import PolicyForm
from adminui.forms.sla_publish import MatchForm
from adminui.views.sla_frame import show_draft
from core.errors import ActionError, NotFound
from sla.actions import policies
from sla.enums import Agreement
from sla.models import Policy
from sla.queries import changes, matching
from sla.queries import policies as queries
from tickets import access

SECTION = "sla-policies"


def _get(pk: int) -> Policy:
    policy = Policy.objects.select_related("contract").filter(pk=pk).first()
    if policy is None:
        raise NotFound(_("There is no such policy."))
    return policy


@administration
def show_policies(request: HttpRequest) -> HttpResponse:
    """The lists; and, asked with a record, which of them it fits."""
    trial = _trial(request)
    if request.headers.get("HX-Target") == "match":
        return render(request, "adminui/sla/_match.html", trial)
    return show_draft(request, "policies.html", SECTION, lists=queries.lists(), **trial)


def _trial(request: HttpRequest) -> dict[str, Any]:
    asked = "number" in request.GET
    form = MatchForm(request.GET if asked else None)
    if not (asked and form.is_valid()):
        return {"match": form}
    try:
        if form.cleaned_data["number"]:
            ticket = access.get(person(request), form.cleaned_data["number"])
            facts, opened = matching.facts_of(ticket)
            return {
                "match": form,
                "ticket": ticket,
                "outcomes": matching.matching(changes.draft(), facts, opened),
            }
    except ActionError as error:
        form.add_error("number", str(error.message))
        return {"match": form}
    return {"match": form, "outcomes": matching.matching(changes.draft(), form.facts())}


@administration
def create(request: HttpRequest) -> HttpResponse:
    agreement = request.POST.get("agreement") or request.GET.get("agreement") or Agreement.SLA
    if agreement not in Agreement.values:
        raise NotFound(_("There is no such agreement."))
    form = PolicyForm(request.POST or None, agreement=agreement, steps="more" in request.POST)
    made = _saves(request) and attempt(
        request,
        form,
        lambda: policies.create_policy(
            form.values() | {"agreement": agreement}, by=person(request)
        ),
        _("Added. It counts once it is published."),
    )
    return redirect("adminui:sla_policy", made.pk) if made else _page(request, form)


@administration
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One policy. What was typed stays when it is refused, also when somebody else was faster."""
    policy = _get(pk)
    form = PolicyForm(
        request.POST or None, agreement=policy.agreement, of=policy, steps="more" in request.POST
    )
    done = _saves(request) and attempt(
        request,
        form,
        lambda: policies.edit_policy(
            policy, form.values(), by=person(request), seen=request.POST.get("token")
        ),
        _("Saved. It counts once it is published."),
    )
    return redirect("adminui:sla_policy", pk) if done else _page(request, form, policy)


def _saves(request: HttpRequest) -> bool:
    return request.method == "POST" and "more" not in request.POST


def _page(request: HttpRequest, form: PolicyForm, policy: Policy | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "policy": policy}
    if policy is not None:
        now = policies.token_of(policy)
        seen = request.POST.get("token") or now
        goes_on = "more" in request.POST
        context["token"] = seen if goes_on else now
        if seen != now and not goes_on and form.understood():
            context["theirs"] = queries.theirs(policy, form.values())
    refused = _saves(request) and form.is_bound
    return show_draft(request, "policy.html", SECTION, status=422 if refused else 200, **context)


@administration
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    made = policies.copy_policy(_get(pk), by=person(request))
    return redirect("adminui:sla_policy", made.pk)


@administration
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    said = _("Switched on.") if active else _("Switched off.")
    tell(request, lambda: policies.switch_policy(_get(pk), active, by=person(request)), said)
    return _answer(request)


@administration
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down: the first policy that fits counts."""
    step = -1 if request.POST.get("to") == "up" else 1
    policies.move_policy(_get(pk), step, by=person(request))
    return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("adminui:sla_policies")
    context = {"lists": queries.lists(), "unpublished": changes.is_unpublished()}
    return with_toast(request, render(request, "adminui/sla/_policies.html", context))
