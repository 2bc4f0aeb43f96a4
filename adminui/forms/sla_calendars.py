"""Forms of working calendars: the week as hours are written, special days, a file."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from adminui.forms.common import Names
from adminui.forms.suppliers import day
from core import formats
from core.zones import zone_choices
from sla import hours, publicdays
from sla.actions.drafts import refusal
from sla.enums import DaySource
from sla.models import Calendar, CalendarDay
from sla.queries.words import WEEKDAYS

LOCAL = "%Y-%m-%dT%H:%M"
GOALS = "4h, 8h, 24h"
MOST_GOALS = 6
TEXTS = ("country", "region")
DAYS = tuple(f"day_{index}" for index in range(7))


@lru_cache(maxsize=2)
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    found = [(code, str(names.get(code, code))) for code in publicdays.countries()]
    return sorted(found, key=lambda pair: (pair[0] != "KR", pair[1]))


def countries() -> list[tuple[str, Any]]:
    """Countries with known public holidays in the reader's language; Korea first."""
    language = "ko" if (get_language() or "en").startswith("ko") else "en"
    return [("", pgettext_lazy("public holidays", "None")), *_countries(language)]


class Hours(forms.CharField):
    """Stretches of work of one day, as people write them."""

    def __init__(self, **extra: Any) -> None:
        widget = forms.TextInput({"autocomplete": "off", "class": "input typed"})
        super().__init__(max_length=200, required=False, widget=widget, **extra)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return hours.read(text)
        except hours.Unreadable as error:
            raise forms.ValidationError(refusal(error)) from None


class CalendarForm(Names):
    """A calendar. `goals` and `opened` are only for trying it out."""

    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    always = forms.BooleanField(
        label=_("Round the clock"),
        required=False,
        help_text=_("Every hour of every day counts; the week and special days don't matter."),
    )
    country = forms.ChoiceField(label=_("Public holidays of"), choices=countries, required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    goals = forms.CharField(label=_("Targets to try"), max_length=80, required=False, initial=GOALS)
    opened = forms.DateTimeField(
        label=_("Opened at"),
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
        help_text=_("Empty: now"),
    )

    def __init__(self, data: Any = None, *, of: Calendar | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", start_of(of))
        super().__init__(data, **kwargs)
        self.of = of
        for name, label in zip(DAYS, WEEKDAYS, strict=True):
            self.fields[name] = Hours(label=label)
        zone = str(self.initial.get("zone", ""))
        if of is not None and zone not in dict(zone_choices()):
            self.fields["zone"].choices = [(zone, zone), *zone_choices()]  # type: ignore[attr-defined]
        country = str(self["country"].value() or "")
        known = publicdays.regions(country) if publicdays.is_known(country, "") else ()
        choices = [("", pgettext_lazy("region", "All of it")), *known]
        self.fields["region"].choices = choices  # type: ignore[attr-defined]

    def clean_goals(self) -> list[int]:
        return read_goals(self.cleaned_data["goals"])

    def days(self) -> list[Any]:
        return [self[name] for name in DAYS]

    def tryout(self) -> dict[str, Any]:
        """The calendar as far as what was typed is understood. `goals` None: nothing to try."""
        clean = getattr(self, "cleaned_data", {})
        saved = start_of(self.of)
        names = ("zone", "always", "country", "region", "opened", "goals")
        values = {name: clean.get(name) for name in names}
        if not self.is_bound:
            values = {name: self[name].value() for name in names}
            values["goals"] = _quietly(read_goals, values["goals"] or "")
            values["opened"] = None
        values["zone"] = values["zone"] or saved["zone"]
        values["week"] = [
            clean[name] if name in clean else _quietly(hours.read, str(self[name].value() or ""))
            for name in DAYS
        ]
        return {name: value or "" if name in TEXTS else value for name, value in values.items()}

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        names = ("name_ko", "name_en", "zone", "always", "country", "region")
        return {name: data[name] for name in names} | {"week": [data[name] for name in DAYS]}


def _quietly(read: Callable[[str], list[Any]], text: str) -> list[Any]:
    try:
        return read(text)
    except (hours.Unreadable, forms.ValidationError):
        return []


def start_of(calendar: Calendar | None) -> dict[str, Any]:
    """What the form starts with: the calendar, or a new one for office hours."""
    if calendar is None:
        office = "09:00–12:00, 13:00–18:00"
        zone = timezone.get_default_timezone_name()
        return {"zone": zone, "goals": GOALS} | dict.fromkeys(DAYS[:5], office)
    names = ("name_ko", "name_en", "zone", "always", "country", "region")
    week = {name: hours.write(day) for name, day in zip(DAYS, calendar.week, strict=True)}
    return {name: getattr(calendar, name) for name in names} | week | {"goals": GOALS}


def typed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, to go on from; with "fill" monday, Monday's hours on all weekdays."""
    found = {name: data.get(name, "") for name in (*CalendarForm.base_fields, *DAYS)}
    copies = data.get("fill") == "monday"
    return found | (dict.fromkeys(DAYS[:5], found[DAYS[0]]) if copies else {})


def read_goals(text: str) -> list[int]:
    """Seconds of the targets to try; ValidationError for what is none."""
    return [goal(part) for part in text.split(",")[:MOST_GOALS] if part.strip()]


def goal(text: str) -> int:
    """Seconds of "4h 30m"; ValidationError says how to write it."""
    try:
        return hours.read_goal(text)
    except hours.Unreadable as error:
        if error.why == "days":
            raise forms.ValidationError(
                _("Write hours and minutes, such as 8h: a day may have 8 hours or 24.")
            ) from None
        raise forms.ValidationError(
            _("“%(part)s” is no goal. Write hours and minutes, such as 4h or 1h 30m."),
            params={"part": error.part},
        ) from None


class DayForm(forms.Form):
    """A date that differs. No hours: nobody works."""

    day = day(pgettext_lazy("date", "Day"))
    windows = Hours(
        label=_("Working hours"),
        help_text=_("Empty for a holiday; 09:00–13:00 for half a day, or for work on a Saturday."),
    )
    name_ko = Names.base_fields["name_ko"]
    name_en = Names.base_fields["name_en"]


class FileForm(forms.Form):
    """An iCalendar file."""

    file = forms.FileField(
        label=_("iCalendar file"),
        widget=forms.ClearableFileInput({"accept": ".ics,text/calendar"}),
        help_text=_("All-day events, also yearly ones, become days on which nobody works."),
    )


def day_row(row: CalendarDay) -> dict[str, Any]:
    """A special day as the table shows it."""
    return {
        "pk": row.pk,
        "day": row.day,
        "text": formats.day(row.day),
        "name": row.name,
        "hours": hours.write(row.windows),
        "source": DaySource(row.source).label,
        "can_drop": row.source != DaySource.COUNTRY,
    }
