"""From candidate to stood down."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import options
from core.errors import ActionError
from core.events import emit
from core.workdays import add_workdays
from incidents.actions import outage
from incidents.actions.base import hold, hold_in, iso, note, pk_of
from incidents.actions.people import give_role
from incidents.enums import MAJOR, MajorState, ResponseRole, Severity, Step
from incidents.models import MajorIncident, Review
from incidents.queries.people import deciders, insiders
from tickets import events
from tickets.actions import apply_template
from tickets.actions.checks import check_assignee, limited_text, required_text
from tickets.models import Ticket, WorkTemplate

# The first notice is promised this many minutes after the declaration, by severity.
FIRST_NOTICE = {1: 10, 2: 20, 3: 30}
REVIEW_WORKDAYS = 5


@transaction.atomic
def propose(
    ticket: Ticket, *, by: User | None, why: str, severity: int = Severity.TWO
) -> MajorIncident:
    """Make an open incident a candidate; those who decide are told.

    By Maru itself (`by=None`): what a person has rejected is not proposed again.
    """
    ticket, major = hold(ticket, "propose", by)
    _check_open(ticket)
    if major is not None and major.state in (MajorState.PROPOSED, *MAJOR):
        return major
    if major is not None and by is None:
        return major
    major = major or MajorIncident(ticket=ticket)
    major.state, major.severity = MajorState.PROPOSED, _severity(severity)
    major.proposed_by, major.proposed_at = by, timezone.now()
    major.proposed_why = required_text("why", why, limit=2000)
    major.save()
    event = note(ticket, Step.PROPOSED, by=by, severity=major.severity)
    told = deciders(ticket)
    emit(events.MajorProposed(ticket.pk, event.pk, pk_of(by), told))
    return major


@transaction.atomic
def declare(
    ticket: Ticket,
    *,
    by: User | None,
    why: str,
    severity: int = Severity.TWO,
    commander: User | None = None,
) -> MajorIncident:
    """Declare an open incident a major one, proposed before or not.

    Effects in order: state, severity and the promise of the first notice; the event, which starts
    the update clock; the commander; the response template that fits the service, once; the
    outage; subscribers.
    """
    ticket, major = hold(ticket, "declare", by)
    _check_open(ticket)
    if major is not None and major.is_running:
        raise ActionError(_("It is declared already. Reload the page."), code="declared")
    check_assignee(commander)
    now = timezone.now()
    major = major or MajorIncident(ticket=ticket)
    first_time = major.declared_at is None
    major.state, major.severity = MajorState.DECLARED, _severity(severity)
    major.declared_by, major.declared_at = by, now
    major.declared_why = required_text("why", why, limit=2000)
    major.stood_down_at = major.stood_down_by = major.review_due_at = None
    major.next_update_at = now + timedelta(minutes=FIRST_NOTICE[major.severity])
    major.save()
    event = note(
        ticket,
        Step.DECLARED,
        by=by,
        severity=major.severity,
        next_update_at=iso(major.next_update_at),
    )
    if commander is not None:
        give_role(ticket, major, ResponseRole.COMMANDER, commander, by=by)
    template = response_template(ticket)
    if first_time and template is not None:
        apply_template(ticket, template, by=None)
    outage.begin(ticket)
    emit(events.MajorDeclared(ticket.pk, event.pk, pk_of(by), insiders(ticket, major)))
    return major


def response_template(ticket: Ticket) -> WorkTemplate | None:
    """The first template for major incidents of its service, else the first for any service."""
    offered = WorkTemplate.objects.filter(
        for_major=True, is_active=True, kind__in=("", ticket.kind)
    ).order_by("position", "id")
    own = offered.filter(service_id=ticket.service_id).first() if ticket.service_id else None
    return own or offered.filter(service=None).first()


@transaction.atomic
def reject(ticket: Ticket, *, by: User | None, why: str) -> MajorIncident:
    """Decide that a candidate is no major incident; it goes on as any other."""
    ticket, major = hold_in(ticket, "reject", by, MajorState.PROPOSED)
    major.state = MajorState.REJECTED
    major.rejected_by, major.rejected_at = by, timezone.now()
    major.rejected_why = required_text("why", why, limit=2000)
    major.save(update_fields=["state", "rejected_by", "rejected_at", "rejected_why"])
    note(ticket, Step.REJECTED, by=by)
    return major


@transaction.atomic
def set_severity(
    ticket: Ticket, severity: int, *, by: User | None, reason: str = ""
) -> MajorIncident:
    """Change the severity. The reason can be logged later: nobody debates it meanwhile."""
    ticket, major = hold_in(ticket, "severity", by, MajorState.DECLARED)
    before, major.severity = major.severity, _severity(severity)
    if before != major.severity:
        major.save(update_fields=["severity"])
        said = limited_text("reason", reason, limit=500)
        data: dict[str, Any] = {"severity": major.severity, "was": before}
        if said:
            data["reason"] = said
        note(ticket, Step.SEVERITY, by=by, **data)
    return major


@transaction.atomic
def stand_down(ticket: Ticket, *, by: User | None) -> MajorIncident:
    """End the response: the update clock stops, the outage ends and the review is begun."""
    ticket, major = hold_in(ticket, "stand_down", by, MajorState.DECLARED)
    now = timezone.now()
    major.state, major.next_update_at = MajorState.STOOD_DOWN, None
    major.stood_down_by, major.stood_down_at = by, now
    major.review_due_at = review_due(now)
    major.save(
        update_fields=[
            "state",
            "next_update_at",
            "stood_down_by",
            "stood_down_at",
            "review_due_at",
        ]
    )
    Review.objects.get_or_create(
        major=major, defaults={"impact": major.impact, "causes": major.hypothesis}
    )
    note(ticket, Step.STOOD_DOWN, by=by, next_update_at=None)
    outage.end(ticket)
    return major


def review_due(start: datetime) -> datetime:
    """By when the review of an incident that ended then is to be complete."""
    zone = settings.DEFAULT_USER_TIME_ZONE
    return add_workdays(start, REVIEW_WORKDAYS, zone, options.get("holiday_country"))


def _check_open(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise ActionError(
            _("%(number)s is over. Reopen it first.") % {"number": ticket.number}, code="not_open"
        )


def _severity(value: int) -> int:
    if value not in Severity.values:
        raise ActionError(_("Choose one of the values offered."), field="severity")
    return int(value)
