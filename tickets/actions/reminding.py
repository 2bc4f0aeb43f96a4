"""Reminding people of decisions, and what becomes of the seats of somebody who leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.events import emit
from tickets import decisions, events
from tickets.actions.approving import hand_over, locked, next_reminder, record_step
from tickets.approvals import UNDECIDED
from tickets.enums import RoundState
from tickets.lines import Subject, replacement
from tickets.models import ApprovalSeat

BATCH = 500


def remind_due(now: datetime | None = None) -> int:
    """Remind whoever has a decision to make since long, or too long; the number reminded.

    Each seat in a transaction of its own, so that one that fails holds up none; run twice or by
    two at once it reminds once.
    """
    now = now or timezone.now()
    due = ApprovalSeat.objects.filter(remind_at__lte=now).order_by("remind_at", "id")
    return sum(_remind(seat, now) for seat in due[:BATCH])


@transaction.atomic
def _remind(seat: ApprovalSeat, now: datetime) -> bool:
    seat, approval, ticket = locked(seat)
    if seat.remind_at is None or seat.remind_at > now:
        return False
    seat.remind_at = next_reminder(seat.stage, now)
    if approval.state != RoundState.PENDING or seat.state not in decisions.TO_DECIDE:
        seat.remind_at = None
        seat.save(update_fields=["remind_at"])
        return False
    seat.reminded += 1
    seat.save(update_fields=["remind_at", "reminded"])
    overdue = seat.stage.due_at is not None and seat.stage.due_at <= now
    event = record_step(ticket, approval, "reminded", None, {"overdue": overdue}, seat)
    people = {seat.user_id, *decisions.substitutes([seat.user_id], now)[seat.user_id]}
    emit(
        events.ApprovalReminded(
            ticket.pk, event.pk, None, approval.pk, seat.pk, tuple(sorted(people)), overdue
        )
    )
    return True


@transaction.atomic
def pass_on(user_id: int) -> int:
    """Somebody leaves: what they had to decide goes to whoever stands above them.

    Else to the policy's fallback, else to an administrator. The number of seats passed on.
    """
    user = User.objects.select_related("manager", "department__manager").get(pk=user_id)
    seats = ApprovalSeat.objects.filter(
        user=user, stage__approval__state=RoundState.PENDING
    ).filter(state__in=UNDECIDED)
    passed = 0
    for found in seats.order_by("pk"):
        seat, approval, ticket = locked(found)
        taken = set(seat.stage.seats.values_list("user_id", flat=True))
        out = decisions.involved(approval, ticket) | taken | {user.pk}
        subject = Subject(ticket.requester, ticket.service, frozenset(out), _facts(approval.rule))
        to = replacement(user, approval.policy, subject)
        if to is not None:
            hand_over(seat, to, by=None)
            passed += 1
    return passed


def _facts(rule: Mapping[str, Any]) -> dict[str, Any]:
    return dict(rule.get("facts") or {})
