"""Whose decisions a person can make now: `decisions.may_decide` for many seats at once, as SQL.

A test holds the two together.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from tickets import decisions
from tickets.enums import TASK_ENDED, DecidedBy, RoundState, StageState
from tickets.models import ApprovalSeat, Task

MOST_COUNTED = 99


def to_decide(user: User) -> QuerySet[ApprovalSeat]:
    """The seats that the person may decide now, oldest due first. Involved people have none."""
    involved = (
        Q(ticket__requester=user)
        | Q(ticket__opened_by=user)
        | Q(ticket__assignee=user)
        | Q(stage__approval__asked_by=user)
        | Q(stage__approval__involved__contains=[user.pk])
    )
    works = Task.objects.filter(ticket=OuterRef("ticket"), assignee=user)
    works = works.exclude(state__in=TASK_ENDED)
    decided = ApprovalSeat.objects.filter(stage=OuterRef("stage"), decided_by=user)
    return (
        decisions.inbox(user)
        .filter(stage__state=StageState.OPEN, stage__approval__state=RoundState.PENDING)
        .exclude(involved)
        .exclude(Exists(works))
        .exclude(~Q(stage__decided_by=DecidedBy.FIRST) & Exists(decided))
    )


def waiting_count(user: User) -> int:
    """How many decisions wait for the person, counted up to MOST_COUNTED + 1."""
    return to_decide(user).order_by()[: MOST_COUNTED + 1].count()
