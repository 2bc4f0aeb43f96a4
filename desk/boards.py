"""The shipped views of the queue: what each holds, and how it is sorted at first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.reach import reach_of
from core.states import Phase
from tickets.models import Ticket
from tickets.models.ticket import OPEN
from tickets.turns import to_decide

BREAKING_WITHIN = timedelta(hours=4)


@dataclass(frozen=True)
class Board:
    """One view. `holds` gives its condition for a person; `empty` praises or explains."""

    key: str
    label: Any
    icon: str
    holds: Callable[[User], Q]
    sort: str = "sla"
    empty: Any = ""
    hotkey: str = ""

    def tickets(self, user: User) -> Any:
        """The records of this view that the person may see."""
        return Ticket.objects.visible_to(user).filter(self.holds(user))


def _mine(user: User) -> Q:
    return OPEN & Q(assignee_id=user.pk)


def _ours(user: User) -> Q:
    return Q(team_id__in=reach_of(user).team_ids)


def _unassigned(user: User) -> Q:
    return OPEN & _ours(user) & Q(assignee=None)


def _team(user: User) -> Q:
    return OPEN & _ours(user)


def _breaking(user: User) -> Q:
    """What is overdue stays: it is not less urgent than what is about to be."""
    soon = Q(sla_state="running", breaks_at__lt=timezone.now() + BREAKING_WITHIN)
    return OPEN & soon & (Q(assignee_id=user.pk) | _ours(user))


def _replied(user: User) -> Q:
    waits = Q(requester_waits=True, replied_at__isnull=False)
    return OPEN & waits & (Q(assignee_id=user.pk) | _ours(user))


def _resuming(user: User) -> Q:
    return (
        Q(phase=Phase.WAITING)
        & Q(resume_at__lt=_end_of_today())
        & (Q(assignee_id=user.pk) | _ours(user))
    )


def _resolved(user: User) -> Q:
    since = timezone.now() - timedelta(days=14)
    recent = Q(phase=Phase.RESOLVED, resolved_at__gte=since)
    return recent & (Q(assignee_id=user.pk) | _ours(user))


def _to_approve(user: User) -> Q:
    return Q(pk__in=to_decide(user).order_by().values("ticket_id"))


def _end_of_today() -> datetime:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min))


BOARDS = {
    board.key: board
    for board in (
        Board(
            "mine",
            _("My tickets"),
            "ticket",
            _mine,
            empty=_("No open ticket is yours."),
            hotkey="g m",
        ),
        Board(
            "unassigned",
            _("Unassigned"),
            "user-question",
            _unassigned,
            empty=_("Everything in your teams has somebody."),
        ),
        Board("team", _("My teams"), "users", _team, empty=_("Your teams have nothing open.")),
        Board(
            "breaking",
            _("About to breach"),
            "alert-triangle",
            _breaking,
            empty=_("No target of yours ends within four hours."),
            hotkey="g b",
        ),
        Board(
            "replied",
            _("Requester replied"),
            "message",
            _replied,
            sort="updated",
            empty=_("Nobody is waiting for your answer."),
        ),
        Board(
            "resuming",
            _("Resuming today"),
            "hourglass",
            _resuming,
            sort="priority",
            empty=_("Nothing on hold comes back today."),
        ),
        Board(
            "approvals",
            _("Waiting for my approval"),
            "square-check",
            _to_approve,
            empty=_("Nothing waits for your approval."),
        ),
        Board(
            "resolved",
            _("Recently resolved"),
            "circle-check",
            _resolved,
            sort="-updated",
            empty=_("Nothing was resolved in the last two weeks."),
        ),
        Board(
            "open",
            _("All open"),
            "layout-list",
            lambda user: OPEN,
            empty=_("Nothing is open."),
            hotkey="g q",
        ),
        Board(
            "all",
            pgettext_lazy("view", "All"),
            "database",
            lambda user: Q(),
            sort="-updated",
            empty=_("There are no records yet."),
        ),
    )
}
# Counting every record is slow by nature and tells nobody anything.
COUNTED = tuple(key for key in BOARDS if key != "all")
