"""Notices to stakeholders."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from desk.forms import LOCAL
from desk.queries.major import next_notice_at
from desk.views.base import desk_page
from desk.views.major.base import console_of, dialog, done
from desk.views.major.forms import NoticeForm
from incidents import actions
from incidents.enums import Condition, MajorState, Stage
from incidents.models import MajorIncident
from incidents.queries.people import stakeholders
from incidents.texts import proposal


@desk_page
@require_GET
def notices(request: HttpRequest, number: str) -> HttpResponse:
    page = console_of(request, number)
    context = {
        **page.head(),
        "tab": "notices",
        "told": len(stakeholders(page.ticket, page.major)),
    }
    whole = not request.htmx  # type: ignore[attr-defined]
    template = "desk/major/notices.html" if whole else "desk/major/_notices.html"
    return render(request, template, context)


@desk_page
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """The notice's form, begun with the words of its stage."""
    page = console_of(request, number)
    user: Any = request.user
    newest = page.updates[0] if page.updates else None
    asked = request.POST.get("stage") or request.GET.get("stage") or ""
    stage = asked if asked in Stage.values else _next_stage(newest, page.major)
    start: dict[str, Any] = {
        "stage": stage,
        "condition": _condition(newest, stage),
        "audience": newest.audience if newest else "everybody",
        "next_update_at": timezone.localtime(next_notice_at(page.major)).strftime(LOCAL),
    }
    for language in ("ko", "en"):
        with override(language):
            service = page.ticket.service.name if page.ticket.service else ""
            start[f"text_{language}"] = proposal(stage, service)
    promises = stage != Stage.RESOLVED and page.major.is_running
    data = request.POST if request.method == "POST" else None
    form = NoticeForm(data, initial=start, promises=promises)
    context = {
        "title": _("Notice to stakeholders"),
        "submit": pgettext("notice", "Publish"),
        "ticket": page.ticket,
        "stage": stage,
        "stages": Stage.choices,
        "url": request.path,
    }
    return dialog(
        request,
        form,
        lambda given: actions.publish(page.ticket, by=user, **given),
        lambda: done(request, page.ticket, "notices"),
        context,
        "desk/major/_publish.html",
    )


def _next_stage(newest: Any, major: MajorIncident) -> str:
    if major.state == MajorState.STOOD_DOWN:
        return Stage.RESOLVED
    return newest.stage if newest else Stage.INVESTIGATING


def _condition(newest: Any, stage: str) -> str:
    if stage == Stage.RESOLVED:
        return Condition.OPERATIONAL
    return newest.condition if newest else Condition.MAJOR
