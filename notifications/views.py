"""The inbox, and what somebody wants to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from accounts.reach import reach_of
from core import formats, options
from core.errors import NotFound
from notifications import actions, queries
from notifications.decisions import path_of
from notifications.enums import Channel, What
from notifications.forms import SelectionForm, chosen_levels
from notifications.models import Delivery, Reminder
from notifications.told import of_record
from notifications.wording import ICONS, detail, reminder_detail, sentence
from tickets import access


@require_GET
@never_cache
@vary_on_headers("HX-Request")
def inbox(request: HttpRequest) -> HttpResponse:
    """Notices grouped by record, the newest first."""
    return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    only_unread = request.GET.get("show") == "unread"
    before = request.GET.get("before", "")
    groups, following = queries.inbox(
        user, only_unread=only_unread, before=int(before) if _is_key(before) else None
    )
    show = "show=unread&" if only_unread else ""
    context = {
        "frame": _frame(user),
        "rows": _rows(user, groups),
        # The newest are on the first page only: they are few.
        "reminders": [] if before else _reminders(user, only_unread=only_unread),
        "only_unread": only_unread,
        "unread": shown_count(queries.unread_count(user)),
        "first": f"?{show}".rstrip("&") if before else "",
        "next": f"?{show}before={following}" if following else "",
    }
    partial = bool(request.headers.get("HX-Request"))
    return render(request, f"notifications/{'_inbox' if partial else 'inbox'}.html", context)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _frame(user: User) -> str:
    return f"ui/shell_{'desk' if reach_of(user).opens_desk else 'portal'}.html"


def _rows(user: User, groups: list[queries.Group]) -> list[dict[str, Any]]:
    """Ready-made strings, one dictionary a record."""
    snippets = queries.snippets(user, [group.last for group in groups])
    rows = []
    for group in groups:
        last, actor = group.last, group.last.event.actor
        rows.append(
            {
                "id": group.ticket.pk,
                "number": group.ticket.number,
                "title": group.ticket.title,
                "url": path_of(user, group.ticket, last.what, last.event.data),
                "icon": ICONS[What(last.what)],
                "sentence": sentence(What(last.what), actor.name if actor else ""),
                "snippet": snippets.get(last.pk) or detail(What(last.what), last.event.data),
                "when": formats.time_tag(last.at),
                "more": group.total - 1,
                "unread": group.unread,
                "muted": group.muted,
            }
        )
    return rows


def _reminders(user: User, *, only_unread: bool) -> list[dict[str, Any]]:
    """Notices about what is no record, as ready-made strings."""
    return [
        {
            "id": row.pk,
            "title": row.title,
            "icon": ICONS[What(row.what)],
            "sentence": sentence(What(row.what), ""),
            "snippet": reminder_detail(row.due_on, row.text),
            "when": formats.time_tag(row.at),
            "unread": row.read_at is None,
        }
        for row in queries.reminders(user, only_unread=only_unread)
    ]


@require_GET
@never_cache
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what a notice is about; it is read then."""
    row = Reminder.objects.filter(pk=pk, user=request.user).first()  # type: ignore[misc]
    if row is None:
        raise NotFound(_("There is no such notice."))
    actions.mark_read(by=row.user_id, tickets=[], reminders=[row.pk])
    return redirect(row.path)


def shown_count(number: int) -> str:
    """A count as the bell shows it; empty for none."""
    most = queries.MOST_COUNTED
    return f"{most}+" if number > most else str(number or "")


@require_GET
@never_cache
def count(request: HttpRequest) -> HttpResponse:
    """The number on the bell, asked for now and then by every open page."""
    unread = shown_count(queries.unread_count(request.user))  # type: ignore[arg-type]
    return render(request, "notifications/_count.html", {"unread": unread})


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the chosen records read, or all."""
    chosen = SelectionForm(request.POST).chosen()
    actions.mark_read(by=request.user, **chosen)  # type: ignore[arg-type]
    return _after(request)


@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Take the chosen records out of the inbox, or all."""
    chosen = SelectionForm(request.POST).chosen()
    actions.clear(by=request.user, **chosen)  # type: ignore[arg-type]
    return _after(request)


def _after(request: HttpRequest) -> HttpResponse:
    """The list anew for a script; for a form without one, the inbox page."""
    if request.headers.get("HX-Request"):
        return _answer(request)
    return redirect("notifications:inbox")


@require_POST
def mute(request: HttpRequest, number: str) -> HttpResponse:
    """Hear nothing more of a record, or (without `on`) hear of it again."""
    user: User = request.user  # type: ignore[assignment]
    ticket = access.get(user, number)
    on = bool(request.POST.get("on"))
    (actions.mute if on else actions.unmute)(ticket, by=user)
    said = _("You hear no more of %(number)s.") if on else _("You hear of %(number)s again.")
    messages.success(request, said % {"number": ticket.number})
    return _after(request)


def preferences(request: HttpRequest) -> HttpResponse:
    """Which events reach me, and how."""
    user: User = request.user  # type: ignore[assignment]
    rows = queries.matrix(user)
    if request.method == "POST":
        cells = [choice for _what, choices in rows for choice in choices]
        actions.set_preferences(chosen_levels(request.POST, cells), by=user)
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    context = {
        "frame": _frame(user),
        "rows": rows,
        "channels": Channel,
        "minutes": options.get("digest_minutes"),
        "changed": any(not choice.is_default for _what, choices in rows for choice in choices),
    }
    return render(request, "notifications/preferences.html", context)


@require_POST
def reset_preferences(request: HttpRequest) -> HttpResponse:
    """Back to the defaults."""
    actions.reset_preferences(by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Back to the defaults."))
    return redirect("notifications:preferences")


@require_GET
@never_cache
@vary_on_headers("HX-Request")
def told(request: HttpRequest, number: str) -> HttpResponse:
    """Who was told of what happened to a record, and who wasn't and why. For the service desk."""
    user: User = request.user  # type: ignore[assignment]
    ticket = access.get(user, number, "read_notes")
    before = request.GET.get("before", "")
    found, following = of_record(ticket, int(before) if _is_key(before) else None)
    context = {
        "frame": _frame(user),
        "ticket": ticket,
        "tellings": [
            {
                "when": formats.time_tag(telling.event.at, "full"),
                "verb": telling.event.get_verb_display(),
                "actor": telling.event.actor.name if telling.event.actor else "Maru",
                "people": telling.people,
                "calls": telling.calls,
            }
            for telling in found
        ],
        "first": "?" if before else "",
        "next": f"?before={following}" if following else "",
    }
    partial = bool(request.headers.get("HX-Request"))
    return render(request, f"notifications/{'_told' if partial else 'told'}.html", context)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail that failed once more."""
    user: User = request.user  # type: ignore[assignment]
    delivery = Delivery.objects.select_related("ticket__requester", "ticket__service")
    found = delivery.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such mail."))
    actions.retry_delivery(found, by=user)
    messages.success(request, _("It will be sent again."))
    return redirect(queries.path_for(user, found.ticket))


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an announcement away."""
    actions.dismiss(pk, by=request.user)  # type: ignore[arg-type]
    if request.headers.get("HX-Request"):
        return HttpResponse("")
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, None) else "/")
