"""Webhooks: a list, an editor with a test, and the calls each has made."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui import queries
from adminui.base import administration, attempt, show, tell
from adminui.forms.common import initial
from adminui.forms.webhooks import WebhookForm
from core.errors import NotFound
from notifications import actions, told
from notifications.enums import HookEvent
from notifications.models import Webhook


@administration
def show_webhooks(request: HttpRequest) -> HttpResponse:
    labels = dict(HookEvent.choices)
    rows = [
        {
            "hook": hook,
            "events": ", ".join(str(labels[event]) for event in hook.events if event in labels),
            "teams": ", ".join(team.name for team in hook.teams.all()) or _("All teams"),
        }
        for hook in Webhook.objects.prefetch_related("teams")
    ]
    return show(request, "webhooks.html", "webhooks", rows=rows)


@administration
def create(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.save_webhook(form.cleaned_data, by=person(request)),
        _("Added."),
    )
    return _answer(request, form, done)


@administration
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    hook = _get(pk)
    form = WebhookForm(request.POST or None, initial=_start(hook))
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.save_webhook(form.cleaned_data, by=person(request), hook=hook),
        _("Saved."),
    )
    return _answer(request, form, done, hook)


def _answer(
    request: HttpRequest, form: WebhookForm, done: Any, hook: Webhook | None = None
) -> HttpResponse:
    """The page; a new secret is in the answer that made it, and in no other."""
    secret = ""
    if done:
        hook, secret = done
        if not secret:
            return redirect("adminui:webhook", done[0].pk)
        form = WebhookForm(initial=_start(done[0]))
    context: dict[str, Any] = {"form": form, "hook": hook, "secret": secret}
    if hook is not None:
        calls = hook.calls.select_related("ticket")
        page = queries.by_key(calls, ("-id",), request.GET.get("after", ""))
        context |= {"page": page, "calls": told.call_lines(page.rows, by=person(request))}
    status = 422 if form.errors else 200
    response = show(request, "webhook.html", "webhooks", status=status, **context)
    response["Cache-Control"] = "no-store"
    return response


def _start(hook: Webhook) -> dict[str, Any]:
    return initial(hook, WebhookForm) | {"teams": hook.teams.all()}


def _get(pk: int) -> Webhook:
    hook = Webhook.objects.filter(pk=pk).first()
    if hook is None:
        raise NotFound(_("There is no such webhook."))
    return hook


@administration
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it now, and say what it answered."""
    hook = _get(pk)
    said = _("It took the test.")
    tell(request, lambda: actions.send_test(hook, by=person(request)), said)
    return redirect("adminui:webhook", pk)
