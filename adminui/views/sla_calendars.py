"""Working calendars: the week, special days, public holidays, a file, and what they give."""

from datetime import date
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import administration, attempt, tell
from adminui.forms.sla_calendars import CalendarForm, DayForm, FileForm, day_row, typed
from adminui.views.sla_frame import show_draft
from core.errors import ActionError, NotFound
from core.forms import refuse
from core.text import row_id
from sla.actions import calendars, days
from sla.models import Calendar, CalendarDay
from sla.queries import calendars as queries
from sla.queries.changes import compare
from sla.queries.words import calendar_words
from sla.snapshot import calendar_data

SECTION = "calendars"
SALT = "adminui.sla.import"


def _get(pk: int) -> Calendar:
    calendar = Calendar.objects.filter(pk=pk).first()
    if calendar is None:
        raise NotFound(_("There is no such calendar."))
    return calendar


@administration
def show_calendars(request: HttpRequest) -> HttpResponse:
    return show_draft(request, "calendars.html", SECTION, calendars=queries.listed())


@administration
def create(request: HttpRequest) -> HttpResponse:
    if "fill" in request.POST:
        return _page(request, CalendarForm(initial=typed(request.POST)))
    form = CalendarForm(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: calendars.create_calendar(form.values(), by=person(request)),
        _("Added. It counts once it is published."),
    )
    return redirect("adminui:sla_calendar", made.pk) if made else _page(request, form)


@administration
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One calendar. What was typed stays when it is refused, also when somebody else was faster."""
    calendar = _get(pk)
    if "fill" in request.POST:
        form = CalendarForm(of=calendar, initial=typed(request.POST))
        return _page(request, form, calendar, request.POST.get("token"))
    form = CalendarForm(request.POST or None, of=calendar)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: calendars.edit_calendar(
            calendar, form.values(), by=person(request), seen=request.POST.get("token")
        ),
        _("Saved. It counts once it is published."),
    )
    return redirect("adminui:sla_calendar", pk) if done else _page(request, form, calendar)


def _page(
    request: HttpRequest,
    form: CalendarForm,
    calendar: Calendar | None = None,
    token: str | None = None,
    **forms: Any,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "calendar": calendar} | _effect(form, calendar)
    if calendar is not None:
        now = calendars.token_of(calendar)
        stale = form.is_bound and request.POST.get("token", now) != now
        year = row_id(request.GET.get("year")) or timezone.localdate().year
        context |= {
            "token": token or now,
            "theirs": _theirs(form, calendar) if stale else [],
            "dependents": queries.dependents(calendar),
            "years": queries.years_of(calendar),
            "year": year,
            "days": [day_row(row) for row in queries.days_in(calendar, min(year, 9999))],
            "day_form": DayForm(),
            "file_form": FileForm(),
        }
    context |= forms
    refused = form.errors or any(each.errors for each in forms.values())
    return show_draft(request, "calendar.html", SECTION, status=422 if refused else 200, **context)


def _theirs(form: CalendarForm, calendar: Calendar) -> list[Any]:
    """What is saved now where it differs from what was typed."""
    saved = calendar_data(calendar)
    mine_now = form.tryout() | {name: form[name].value() for name in ("name_ko", "name_en")}
    mine = {
        "name_ko": mine_now["name_ko"],
        "name_en": mine_now["name_en"],
        "rules": saved["rules"] | {name: mine_now[name] for name in ("zone", "week", "always")},
    }
    return compare(calendar_words(mine), calendar_words(saved))


@administration
@require_POST
def preview(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """What the hours in the form look like and would give; saves nothing."""
    calendar = _get(pk) if pk else None
    form = CalendarForm(request.POST, of=calendar)
    form.is_valid()
    context = {"form": form, "calendar": calendar, "swap": True} | _effect(form, calendar)
    return render(request, "adminui/sla/_calendar_effect.html", context)


def _effect(form: CalendarForm, calendar: Calendar | None) -> dict[str, Any]:
    values = form.tryout()
    bars = queries.week_bars(values["week"], values["always"])
    if values["goals"] is None:
        return {"bars": bars, "tries": []}
    rules = queries.rules_of(values, calendar)
    opened = values["opened"] or timezone.now()
    return {
        "bars": bars,
        "opened": opened,
        "tries": queries.tries(rules, values["goals"], opened),
        "closed": not rules.has_working_time,
    }


@administration
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    said = _("Offered again.") if active else _("No longer offered for targets.")
    tell(request, lambda: calendars.switch_calendar(_get(pk), active, by=person(request)), said)
    return redirect("adminui:sla_calendar", pk)


@administration
@require_POST
def add_day(request: HttpRequest, pk: int) -> HttpResponse:
    calendar = _get(pk)
    form = DayForm(request.POST)
    made = attempt(
        request,
        form,
        lambda: days.set_day(calendar, form.cleaned_data, by=person(request)),
        _("Added. It counts once it is published."),
    )
    if made:
        return _to_year(pk, made.day.year)
    return _page(request, CalendarForm(of=calendar), calendar, day_form=form)


@administration
@require_POST
def drop_day(request: HttpRequest, pk: int, day_pk: int) -> HttpResponse:
    row = CalendarDay.objects.filter(pk=day_pk, calendar_id=pk).first()
    if row is None:
        raise NotFound(_("There is no such day."))
    tell(request, lambda: days.drop_day(row, by=person(request)), _("Taken out."))
    return _to_year(pk, row.day.year)


def _to_year(pk: int, year: int) -> HttpResponse:
    response = redirect("adminui:sla_calendar", pk)
    response["Location"] += f"?year={year}#days"
    return response


@administration
@require_POST
def read_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file would add; nothing is written yet."""
    calendar = _get(pk)
    form = FileForm(request.POST, request.FILES)
    found = None
    if form.is_valid():
        try:
            found = days.read_file(form.cleaned_data["file"].read(days.ical.LARGEST + 1))
        except ActionError as error:
            refuse(form, error)
    if found is None:
        return _page(request, CalendarForm(of=calendar), calendar, file_form=form)
    known = {row.day: row for row in calendar.days.filter(day__in=found.days)}
    rows = [(day, name, known.get(day)) for day, name in found.days.items()]
    kept = signing.dumps(
        {day.isoformat(): name for day, name, row in rows if row is None}, salt=SALT, compress=True
    )
    context: dict[str, Any] = {"calendar": calendar, "found": found, "rows": rows, "kept": kept}
    fresh = len(rows) - len(known)
    return show_draft(request, "calendar_import.html", SECTION, fresh=fresh, **context)


@administration
@require_POST
def apply_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the days that the page before showed."""
    calendar = _get(pk)
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        raise ActionError(_("This preview is out of date. Choose the file again.")) from None
    wanted = {date.fromisoformat(day): name for day, name in kept.items()}
    count = len(wanted)
    said = ngettext("%(n)d day added.", "%(n)d days added.", count) % {"n": count}
    tell(request, lambda: days.import_days(calendar, wanted, by=person(request)), said)
    return redirect("adminui:sla_calendar", pk)
