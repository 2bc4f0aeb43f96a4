"""Telling people of what is no record: a service to review, an article, a low score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries import quiet_until_many
from accounts.reach import with_standing
from core import outbox
from notifications.actions.deliver import handed_over
from notifications.actions.mailing import window_end
from notifications.enums import Audience, Channel, DeliveryState, Level, Reason, What
from notifications.letters import has_address, reminder_letter
from notifications.models import Reminder
from notifications.queries import choices_of, level_for

REMINDER = "reminder"


@dataclass(frozen=True)
class About:
    """What people are told of: its name in both languages, and the path where it is looked at.

    `text` is shown as written, so it is something that a person wrote (a comment), or empty.
    `due_on` is the day by which something is to be done, if there is one.
    """

    title_ko: str
    title_en: str
    path: str
    text: str = ""
    due_on: date | None = None


@transaction.atomic
def tell_about(users: Iterable[User], what: What, about: About, *, key: str) -> int:
    """Tell people of something that is no record, in Maru and by mail, each as they chose.

    Once per person and `key`, however often it is called; the number newly told. Those who left
    are not told. Quiet hours hold the mail back, and who wants mails together gets it at the end
    of the window, by itself. The caller sees to it that they may know of it.
    """
    wanted = {user.pk for user in users}
    told = set(Reminder.objects.filter(user__in=wanted, key=key).values_list("user_id", flat=True))
    people = list(with_standing(User.objects.filter(pk__in=wanted - told, is_active=True)))
    choices = choices_of(people)
    mails = {
        user.pk: level_for(user, what, Audience.DESK, Channel.MAIL, choices) for user in people
    }
    reasons = {user.pk: _why_no_mail(user, mails[user.pk]) for user in people}
    rows = [
        Reminder(
            user=user,
            key=key,
            what=what,
            title_ko=about.title_ko[:300],
            title_en=about.title_en[:300],
            path=about.path,
            text=about.text,
            due_on=about.due_on,
            is_shown=level_for(user, what, Audience.DESK, Channel.IN_APP, choices) != Level.NONE,
            state=DeliveryState.SKIPPED if reasons[user.pk] else DeliveryState.QUEUED,
            reason=reasons[user.pk],
        )
        for user in people
    ]
    made = Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    _queue(Reminder.objects.filter(user__in=people, key=key).select_related("user"), mails)
    return len(made)


def _why_no_mail(user: User, level: Level) -> str:
    if level == Level.NONE:
        return Reason.OFF if user.mail_notices else Reason.ALL_OFF
    if user.is_machine:
        return Reason.MACHINE
    return "" if has_address(user) else Reason.NO_ADDRESS


def _queue(rows: Iterable[Reminder], levels: Mapping[int, Level]) -> None:
    """Give each waiting mail its way out."""
    waiting = [row for row in rows if row.state == DeliveryState.QUEUED]
    now = timezone.now()
    quiet = quiet_until_many([row.user for row in waiting], now)
    for row in waiting:
        outbox.put(
            REMINDER,
            {"reminder": row.pk},
            key=row.mail_key,
            due_at=_due(now, quiet.get(row.user_id), levels[row.user_id]),
        )


def _due(now: datetime, quiet_until: datetime | None, level: Level) -> datetime:
    if quiet_until is not None:
        return quiet_until
    return window_end(now) if level == Level.DIGEST else now


def send_reminder(payload: Mapping[str, Any]) -> None:
    """Send one queued mail; the person may have left meanwhile."""
    rows = Reminder.objects.select_related("user").select_for_update(of=("self",))
    row = rows.filter(pk=payload["reminder"]).first()
    if row is None or row.state not in (DeliveryState.QUEUED, DeliveryState.FAILED):
        return
    if not row.user.is_active:
        _note(row, state=DeliveryState.SKIPPED, reason=Reason.INACTIVE)
        return
    message = reminder_letter(row)
    with handed_over(message, f"reminder:{row.pk}:{row.at.timestamp()}"):
        now = timezone.now()
        _note(row, state=DeliveryState.SENT, sent_at=now, reason="", attempts=row.attempts + 1)


def fail_reminder(payload: Mapping[str, Any], reason: str, final: bool) -> None:
    """An attempt failed: note why; when it was the last one, the mail is not sent."""
    row = Reminder.objects.filter(pk=payload["reminder"]).first()
    if row is not None:
        state = DeliveryState.FAILED if final else DeliveryState.QUEUED
        _note(row, state=state, reason=reason, attempts=row.attempts + 1)


def _note(row: Reminder, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=sorted(values))
