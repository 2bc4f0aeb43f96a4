"""Notices to stakeholders: a deliberate act, apart from the internal timeline."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import outbox
from core.errors import ActionError
from core.events import emit
from incidents.actions.base import hold_in, iso, note
from incidents.actions.children import TELL_TOPIC
from incidents.enums import Condition, MajorState, Stage, Step, UpdateAudience
from incidents.models import MajorIncident, Update
from incidents.queries.people import stakeholders
from tickets import events
from tickets.actions.checks import limited_text
from tickets.models import Ticket

LONGEST = 4000
FURTHEST = timedelta(days=30)  # a promise of a notice


@transaction.atomic
def publish(
    ticket: Ticket,
    *,
    by: User,
    stage: str,
    condition: str,
    text_ko: str = "",
    text_en: str = "",
    audience: str = UpdateAudience.EVERYBODY,
    next_update_at: datetime | None = None,
) -> Update:
    """Tell stakeholders how it stands. What is written here is public; nothing else of it is.

    Effects in order: the notice; the promise of the next one (none once resolved); for everybody:
    the requester has been answered; the event, which stops the update clock and starts the next;
    children are told through the outbox; subscribers.
    """
    ticket, major = hold_in(ticket, "update", by, MajorState.DECLARED, MajorState.STOOD_DOWN)
    _check(stage, condition, audience)
    texts = _texts(text_ko, text_en)
    promised = _promised(major, stage, next_update_at)
    update = Update.objects.create(
        major=major,
        position=(major.updates.aggregate(last=Max("position"))["last"] or 0) + 1,
        stage=stage,
        condition=condition,
        **texts,
        audience=audience,
        next_update_at=promised,
        published_by=by,
    )
    major.next_update_at = promised
    major.save(update_fields=["next_update_at"])
    to_all = audience == UpdateAudience.EVERYBODY
    event = note(
        ticket,
        Step.UPDATE,
        by=by,
        save=_answer(ticket, update) if to_all else (),
        update=update.pk,
        position=update.position,
        stage=stage,
        condition=condition,
        audience=audience,
        next_update_at=iso(promised),
        **texts,
    )
    if to_all:
        outbox.put(TELL_TOPIC, {"update": update.pk}, key=f"{TELL_TOPIC}:{update.pk}")
    emit(events.MajorUpdated(ticket.pk, event.pk, by.pk, update.pk, stakeholders(ticket, major)))
    return update


def _check(stage: str, condition: str, audience: str) -> None:
    for field, value, offered in (
        ("stage", stage, Stage),
        ("condition", condition, Condition),
        ("audience", audience, UpdateAudience),
    ):
        if value not in offered.values:
            raise ActionError(_("Choose one of the values offered."), field=field)


def _texts(text_ko: str, text_en: str) -> dict[str, str]:
    texts = {
        "text_ko": limited_text("text_ko", text_ko, limit=LONGEST),
        "text_en": limited_text("text_en", text_en, limit=LONGEST),
    }
    if not any(texts.values()):
        message = _("Write the notice in at least one language.")
        raise ActionError(message, field="text_ko", code="required")
    return texts


def _promised(major: MajorIncident, stage: str, instant: datetime | None) -> datetime | None:
    if stage == Stage.RESOLVED or not major.is_running:
        return None
    if instant is None:
        raise ActionError(
            _("Say when the next notice comes."), field="next_update_at", code="required"
        )
    if instant <= timezone.now():
        raise ActionError(_("Choose a time in the future."), field="next_update_at")
    if instant > timezone.now() + FURTHEST:
        raise ActionError(_("Choose a time within the next 30 days."), field="next_update_at")
    return instant


def _answer(ticket: Ticket, update: Update) -> tuple[str, ...]:
    """A public notice answers the record's own requester too."""
    ticket.replied_at = update.published_at
    ticket.responded_at = ticket.responded_at or update.published_at
    ticket.requester_waits = False
    return ("replied_at", "responded_at", "requester_waits")
