"""Announcements: a list by what they are now, and an editor."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui import queries
from adminui.base import administration, attempt, show, tell
from adminui.forms.announcements import INSTANT, AnnouncementForm
from adminui.forms.common import initial
from core.errors import NotFound
from notifications import actions
from notifications.enums import ShownTo
from notifications.models import Announcement


@administration
def show_announcements(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    now = timezone.now()
    rows = Announcement.objects.prefetch_related("departments")
    page = queries.by_key(rows, ("-id",), request.GET.get("after", ""))
    lines = [
        {"row": row, "state": _state(row, now), "audience": _audience(row)} for row in page.rows
    ]
    return show(request, "announcements.html", "announcements", page=page, lines=lines)


def _state(row: Announcement, now: Any) -> dict[str, str]:
    if row.ends_at is not None and row.ends_at <= now:
        return {"word": pgettext("announcement", "Over"), "tone": ""}
    if row.starts_at > now:
        return {"word": pgettext("announcement", "To come"), "tone": "info"}
    return {"word": pgettext("announcement", "Shown"), "tone": "success"}


def _audience(row: Announcement) -> str:
    if row.audience != ShownTo.DEPARTMENTS:
        return row.get_audience_display()
    return ", ".join(department.name for department in row.departments.all())


@administration
def create(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@administration
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _get(pk))


def _edit(request: HttpRequest, row: Announcement | None) -> HttpResponse:
    form = AnnouncementForm(request.POST or None, initial=_start(row) if row else None)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.save_announcement(form.cleaned_data, by=person(request), row=row),
        _("Saved."),
    )
    if done:
        return redirect("adminui:announcements")
    status = 422 if form.errors else 200
    context = {"form": form, "row": row, "now": timezone.now()}
    return show(request, "announcement.html", "announcements", status=status, **context)


def _start(row: Announcement) -> dict[str, Any]:
    found = initial(row, AnnouncementForm) | {"departments": row.departments.all()}
    for name in ("starts_at", "ends_at"):
        if found[name]:
            found[name] = timezone.localtime(found[name]).strftime(INSTANT)
    return found


def _get(pk: int) -> Announcement:
    row = Announcement.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such announcement."))
    return row


@administration
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Show it no longer."""
    row = _get(pk)
    said = _("It is no longer shown.")
    tell(request, lambda: actions.end_announcement(row, by=person(request)), said)
    return redirect("adminui:announcements")
