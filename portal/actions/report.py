"""Reporting a problem."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import User
from cmdb.models import Service
from knowledge.actions import did_not_solve
from portal.actions.drafts import discard
from portal.actions.files import hand_over
from portal.actions.once import once
from tickets import actions
from tickets.enums import Channel
from tickets.models import Ticket

SLOT = "portal:report"
KIND = "incident"


@dataclass(frozen=True)
class Report:
    """The answers of the form, already checked. impact and urgency are 1 (worst) to 3.

    `article` names the article (KB-12) that was read before and did not help.
    """

    title: str
    description: str
    impact: int
    urgency: int
    service: Service | None = None
    article: str = ""


@transaction.atomic
def report(answers: Report, *, by: User, token: UUID | None = None) -> Ticket:
    """Open a record out of a report, with the files of its form; the draft is gone after.

    Sent twice with the same token it gives the record of the first time.
    """

    def do() -> Ticket:
        ticket = actions.open_ticket(
            KIND,
            by=by,
            title=answers.title,
            description=answers.description,
            impact=answers.impact,
            urgency=answers.urgency,
            service=answers.service,
            channel=Channel.PORTAL,
        )
        hand_over(SLOT, ticket, by=by)
        if answers.article:
            did_not_solve(answers.article, ticket, by=by)
        return ticket

    ticket = once(token, by, do)
    discard(SLOT, by=by)
    return ticket
