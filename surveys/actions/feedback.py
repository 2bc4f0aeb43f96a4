"""Feedback on a service as such: given, changed, and taken out of sight."""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core.errors import ActionError, NotAllowed
from surveys.access import may_moderate
from surveys.enums import Stars
from surveys.models import Feedback
from surveys.queries.feedback import own_feedback
from tickets.actions.checks import limited_text, required_line

LONGEST_COMMENT = 2000
_LOCK = 0x4D41_0003


@transaction.atomic
def give(service: Service, stars: int, *, by: User, comment: str = "") -> Feedback:
    """Say what one thinks of a service; within 90 days that replaces what one said before."""
    if by.is_machine or not by.is_active:
        raise NotAllowed(_("Only people give feedback."))
    if service.status != ServiceStatus.LIVE:
        raise ActionError(_("This service is not in use."), code="not_live")
    if stars not in Stars.values:
        raise ActionError(_("Choose one to five stars."), field="stars", code="required")
    text = limited_text("comment", comment, limit=LONGEST_COMMENT)
    _hold(by)
    now = timezone.now()
    known = own_feedback(service, by, now)
    if known is None:
        return Feedback.objects.create(service=service, user=by, stars=stars, comment=text)
    known.stars, known.comment, known.changed_at = stars, text, now
    known.save(update_fields=["stars", "comment", "changed_at"])
    return known


def _hold(person: User) -> None:
    """One at a time for each person, so that two clicks don't make two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, person.pk])


@transaction.atomic
def hide(feedback: Feedback, reason: str, *, by: User) -> Feedback:
    """Take feedback out of sight and out of the average, for a reason that is kept."""
    feedback = _held(feedback, by)
    if feedback.hidden_at is not None:
        return feedback
    feedback.hidden_reason = required_line("reason", reason, limit=300)
    feedback.hidden_at, feedback.hidden_by = timezone.now(), by
    feedback.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    changes = {"hidden_reason": ["", feedback.hidden_reason]}
    audit.record(feedback, AuditVerb.SWITCHED_OFF, by=by, changes=changes)
    return feedback


@transaction.atomic
def show(feedback: Feedback, *, by: User) -> Feedback:
    """Show hidden feedback again."""
    feedback = _held(feedback, by)
    if feedback.hidden_at is None:
        return feedback
    changes = {"hidden_reason": [feedback.hidden_reason, ""]}
    feedback.hidden_at = feedback.hidden_by = None
    feedback.hidden_reason = ""
    feedback.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    audit.record(feedback, AuditVerb.SWITCHED_ON, by=by, changes=changes)
    return feedback


def _held(feedback: Feedback, by: User) -> Feedback:
    rows = Feedback.objects.select_related("service").select_for_update(of=("self",))
    held = rows.get(pk=feedback.pk)
    if not may_moderate(by, held):
        raise NotAllowed(_("Managers and administrators hide feedback, not on their own service."))
    return held
