"""Approval policies: the list, the editor, and the line a policy makes for somebody."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import person
from adminui.base import administration, show, tell
from adminui.forms import approvals as typed
from adminui.forms.catalog_parts import Money
from adminui.forms.common import person_field
from catalog.actions import policies as uses
from core.errors import ActionError, Conflict, NotFound
from tickets import approvalline, kinds
from tickets.actions import policies
from tickets.enums import StageKind
from tickets.lines import Subject, line_for
from tickets.models import ApprovalPolicy

SECTION = "approvals"


class TryForm(forms.Form):
    """For whom a line is made, and of what amount."""

    requester = person_field(gettext_lazy("Who asks"))
    amount = Money(label=gettext_lazy("Amount"), required=False)


def _get(pk: int) -> ApprovalPolicy:
    policy = ApprovalPolicy.objects.filter(pk=pk).first()
    if policy is None:
        raise NotFound(_("There is no such policy."))
    return policy


@administration
def show_approvals(request: HttpRequest) -> HttpResponse:
    """Every policy with its stages in one line."""
    rows = [_row(policy) for policy in ApprovalPolicy.objects.order_by("-is_active", "name_en")]
    return show(request, "approvals/policies.html", SECTION, rows=rows)


def _row(policy: ApprovalPolicy) -> dict[str, Any]:
    stages = policy.data.get("stages") or []
    return {
        "pk": policy.pk,
        "name": policy.name,
        "kind": str(kinds.get(policy.kind).label) if policy.kind else "",
        "stages": [_stage(stage) for stage in stages],
        "finals": len(policy.data.get("finals") or []),
        "is_active": policy.is_active,
    }


def _stage(stage: dict[str, Any]) -> str:
    name = stage.get("name") or {}
    kind = stage.get("kind", StageKind.APPROVE)
    return typed.words.text(name, StageKind(kind).label if kind in StageKind.values else "")


def _values(policy: ApprovalPolicy) -> dict[str, Any]:
    data = {"stages": [], "finals": [], "fallback": []} | (policy.data or {})
    data["stages"] = [{"who": []} | dict(stage) for stage in data["stages"]]
    return {
        "name_ko": policy.name_ko,
        "name_en": policy.name_en,
        "kind": policy.kind,
        "data": data,
    }


@administration
def create(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        values = {"name_ko": "", "name_en": "", "kind": "request", "data": typed.blank()}
        return _page(request, values)
    return _posted(request, None)


@administration
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One policy. What was typed stays when it is refused, also when somebody was faster."""
    policy = _get(pk)
    if request.method != "POST":
        return _page(request, _values(policy), policy)
    return _posted(request, policy)


def _posted(request: HttpRequest, policy: ApprovalPolicy | None) -> HttpResponse:
    """Save, or do what a button asks for with what is typed, which saves nothing."""
    values = typed.read(request.POST)
    do = request.POST.get("do", "save")
    if do != "save" or "redraw" in request.POST:
        focus = typed.act(values, do)
        return _page(request, values, policy, focus=focus)
    try:
        if policy is None:
            made = policies.create_policy(values, by=person(request))
        else:
            seen = request.POST.get("over") or request.POST.get("token")
            made = policies.edit_policy(policy, values, by=person(request), seen=seen)
    except Conflict as error:
        return _page(request, values, policy, status=409, refusal=str(error.message))
    except ActionError as error:
        if error.status != 422:
            raise
        return _page(request, values, policy, status=422, errors=error.errors)
    messages.success(request, _("Saved. Requests asked for from now on follow it."))
    address = reverse("adminui:approval_policy", args=[made.pk])
    # A redirect that only the script follows leaves the old address: saving again would make two.
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _page(
    request: HttpRequest,
    values: dict[str, Any],
    policy: ApprovalPolicy | None = None,
    *,
    status: int = 200,
    errors: dict[str, Any] | None = None,
    focus: str = "",
    refusal: str = "",
) -> HttpResponse:
    now = policies.token_of(policy) if policy else ""
    context = {
        "policy": policy,
        "page": typed.PolicyPage(values, errors or {}, focus),
        "values": values,
        "errors": errors or {},
        "token": request.POST.get("token") or now,
        "over": now if refusal else "",
        "theirs": _values(policy) if refusal and policy else None,
        "refusal": refusal,
        "kinds": [(kind.key, kind.label) for kind in kinds.all_kinds()],
        "uses": uses.used_by(policy) if policy else [],
        "try": TryForm({"requester": person(request).pk, "amount": "0"}),
    }
    return show(request, "approvals/policy.html", SECTION, status=status, **context)


@administration
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The line that what is typed would make for a person and an amount. Writes nothing."""
    values = typed.read(request.POST)
    form = TryForm(request.POST)
    context: dict[str, Any] = {"try": form}
    if form.is_valid():
        requester = form.cleaned_data["requester"] or person(request)
        facts = {
            "amount": form.cleaned_data["amount"] or "0",
            "department": requester.department_id,
        }
        draft = ApprovalPolicy(
            name_ko=values["name_ko"], name_en=values["name_en"], data=values["data"]
        )
        wrong = dict(policies.problems(values | {"name_en": values["name_en"] or "-"}))
        if wrong:
            context["refused"] = _("Mend what is marked first: %(problem)s") % {
                "problem": next(iter(wrong.values()))
            }
        else:
            context |= _line(draft, Subject(requester, None, frozenset({requester.pk}), facts))
    return render(request, "adminui/approvals/_line.html", context)


def _line(policy: ApprovalPolicy, subject: Subject) -> dict[str, Any]:
    try:
        line = line_for(policy, subject)
    except ActionError as error:
        return {"refused": str(error.message)}
    return {"line": approvalline.of_preview(line, subject.requester), "final": line.final_name}


@administration
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    said = _("Switched on.") if active else _("Switched off.")
    tell(request, lambda: uses.switch(_get(pk), active, by=person(request)), said)
    return redirect("adminui:approvals")


@administration
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The same policy again, to be changed."""
    values = _values(_get(pk))
    for name in ("name_ko", "name_en"):
        if values[name]:
            values[name] = (_("%(name)s (copy)") % {"name": values[name]})[:120]
    try:
        made = policies.create_policy(values, by=person(request))
    except ActionError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error.message))
        return redirect("adminui:approval_policy", pk)
    return redirect("adminui:approval_policy", made.pk)
