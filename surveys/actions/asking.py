"""Asking a requester how satisfied they are, once their record has closed."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries import quiet_until
from core import context, options, outbox
from core.states import Phase
from notifications.letters import has_address
from surveys.letters import letter
from surveys.models import Feedback, Survey
from surveys.rules import LASTS, may_ask
from surveys.tokens import digest, link_token
from tickets.enums import Channel
from tickets.events import Transitioned
from tickets.models import Ticket

TOPIC = "surveys.mail"
_LOCK = 0x4D41_0002


def ask_after(event: Transitioned) -> Survey | None:
    """If this move finished a record, ask its requester, in the transaction of the move.

    Not asked: whoever was asked less than the pause ago, has left, is a machine or did the work
    themselves; nor after what was withdrawn, imported, or done without telling people.
    """
    if not event.notify or context.channel.get() == Channel.IMPORT:
        return None
    found = Ticket.objects.filter(pk=event.ticket_id, phase=Phase.CLOSED)
    ticket = found.select_related("requester").first()
    if ticket is None or not _is_finished(ticket, event) or not _can_answer(ticket):
        return None
    if not options.get("surveys") or Survey.objects.filter(event=event.event_id).exists():
        return None
    return _ask(ticket, event.event_id)


def _is_finished(ticket: Ticket, event: Transitioned) -> bool:
    machine = ticket.kind_info.machine
    now, before = machine.by_key[event.target], machine.by_key[event.source]
    return now.phase == Phase.CLOSED and not now.withdrawn and before.phase != Phase.CLOSED


def _can_answer(ticket: Ticket) -> bool:
    person = ticket.requester
    is_there = person.is_active and not person.is_machine and person.anonymised_at is None
    return is_there and ticket.assignee_id != person.pk


def _ask(ticket: Ticket, event_id: int) -> Survey | None:
    now, person = timezone.now(), ticket.requester
    if not _hold(person):
        return None
    last = Survey.objects.filter(user=person).order_by("-asked_at").values_list("asked_at")[:1]
    last_asked = next((at for (at,) in last), None)
    if not may_ask(last_asked, now, options.get("survey_pause_days")):
        return None
    key = uuid4()
    survey = Survey.objects.create(
        ticket=ticket,
        event_id=event_id,
        user=person,
        kind=ticket.kind,
        team_id=ticket.team_id,
        service_id=ticket.service_id,
        key=key,
        digest=digest(link_token(key)),
        asked_at=now,
        expires_at=now + LASTS,
    )
    if person.mail_notices and has_address(person):
        due = quiet_until(person, now) or now
        outbox.put(TOPIC, {"survey": survey.pk}, key=survey.mail_key, due_at=due)
    return survey


def _hold(person: User) -> bool:
    """Let nobody else ask this person until the transaction ends; False when somebody is at it.

    Never waits: a survey isn't worth holding up two people who close records crosswise.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, person.pk])
        return bool(cursor.fetchone()[0])


def send(payload: Mapping[str, Any]) -> None:
    """Mail one survey, unless it was answered or ended meanwhile or its person has left."""
    found = Survey.objects.select_related("user", "ticket").filter(pk=payload["survey"])
    survey = found.select_for_update(of=("self",)).first()
    now = timezone.now()
    if survey is None or survey.mailed_at or survey.answered_at or survey.expires_at <= now:
        return
    if not survey.user.is_active or not survey.user.mail_notices:
        return
    letter(survey, link_token(survey.key)).send()
    survey.mailed_at = now
    survey.save(update_fields=["mailed_at"])


@transaction.atomic
def forget(user_id: int) -> None:
    """A person was anonymised: their links end and their words go; the scores stay."""
    Survey.objects.filter(user=user_id).update(comment="", expires_at=timezone.now())
    Feedback.objects.filter(user=user_id).update(comment="")
