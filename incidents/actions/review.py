"""What is learnt, and who does what about it."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError, NotFound
from incidents.actions.base import hold_in, note
from incidents.enums import MajorState, Step
from incidents.models import MajorIncident, Review, ReviewAction
from tickets.actions import add_task
from tickets.actions.base import put
from tickets.actions.checks import check_assignee, limited_text, required_line
from tickets.models import Ticket

TEXTS = ("impact", "course", "causes", "went_well", "went_badly")
REQUIRED = ("impact", "causes", "went_well", "went_badly")


@transaction.atomic
def save_review(ticket: Ticket, values: Mapping[str, str], *, by: User | None) -> Review:
    """Write on the review; what is not named stays."""
    ticket, _major, review = _open_review(ticket, "review", by)
    unknown = set(values) - set(TEXTS)
    if unknown:
        raise ActionError(_("There is no such field."), code="unknown_field")
    cleaned = {name: limited_text(name, text, limit=20_000) for name, text in values.items()}
    changes = put(review, cleaned)
    if changes:
        review.saved_by, review.saved_at = by, timezone.now()
        review.save(update_fields=[*sorted(changes), "saved_by", "saved_at"])
        note(ticket, Step.REVIEW, by=by, fields=sorted(changes))
    return review


@transaction.atomic
def add_review_action(
    ticket: Ticket, title: str, *, owner: User, due_on: date, by: User | None
) -> ReviewAction:
    """Note what is to be done, by whom and by when."""
    ticket, _major, review = _open_review(ticket, "review", by)
    check_assignee(owner)
    if due_on < timezone.localdate():
        raise ActionError(_("Choose a day that is not over."), field="due_on")
    action = review.actions.create(title=required_line("title", title), owner=owner, due_on=due_on)
    note(ticket, Step.REVIEW, by=by, action=action.pk, did="added")
    return action


@transaction.atomic
def drop_review_action(ticket: Ticket, pk: int, *, by: User | None) -> None:
    """Take an action off a review that is not complete."""
    ticket, _major, review = _open_review(ticket, "review", by)
    gone, _models = review.actions.filter(pk=pk).delete()
    if not gone:
        raise NotFound(_("There is no such action."))
    note(ticket, Step.REVIEW, by=by, action=pk, did="dropped")


@transaction.atomic
def approve_review(ticket: Ticket, *, by: User | None) -> Review:
    """Accept the review as complete: its actions become tasks, and the incident may close."""
    ticket, major, review = _open_review(ticket, "approve", by)
    missing = {name: _("Fill this in.") for name in REQUIRED if not getattr(review, name).strip()}
    if missing:
        message = _("The review is not complete yet.")
        raise ActionError(message, code="required", errors=missing)
    for action in review.actions.select_related("owner"):
        action.task = add_task(
            ticket,
            action.title,
            by=None,
            assignee=action.owner if action.owner.is_active else None,
            planned_end=_end_of(action.due_on),
        )
        action.save(update_fields=["task"])
    review.approved_by, review.approved_at = by, timezone.now()
    review.save(update_fields=["approved_by", "approved_at"])
    major.state = MajorState.REVIEWED
    major.save(update_fields=["state"])
    note(ticket, Step.REVIEWED, by=by)
    return review


def _open_review(
    ticket: Ticket, verb: str, by: User | None
) -> tuple[Ticket, MajorIncident, Review]:
    ticket, major = hold_in(ticket, verb, by, MajorState.STOOD_DOWN)
    return ticket, major, Review.objects.select_for_update().get(major=major)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(18), ZoneInfo(settings.DEFAULT_USER_TIME_ZONE))
