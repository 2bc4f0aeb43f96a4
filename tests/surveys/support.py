"""Records that close, and the surveys that follow."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from surveys import actions
from surveys.models import Survey
from surveys.tokens import link_token
from tests.factories import make_agent, open_incident, resolution
from tickets import actions as kernel
from tickets.models import Ticket


def close(ticket: Ticket, *, by: User | None = None) -> Survey | None:
    """Resolve and close; the survey that this made, if it made one."""
    if ticket.status != "resolved":
        ticket = kernel.transition(ticket, "resolve", by=by, **resolution())
    kernel.transition(ticket, "close", by=by, anyway=True)
    return Survey.objects.filter(ticket=ticket).order_by("-id").first()


def closed(requester: User, **fields: Any) -> Survey | None:
    """A record of this person that was handled and closed; its survey."""
    return close(open_incident(by=make_agent(), requester=requester, **fields))


def answered(requester: User, score: int, *, comment: str = "", **fields: Any) -> Survey:
    """A survey that was answered."""
    survey = closed(requester, **fields)
    assert survey is not None
    return actions.vote(survey, score, by=requester, comment=comment)


def age(survey: Survey, **length: Any) -> Survey:
    """As if it had been asked so much earlier."""
    ago = timedelta(**length)
    survey.asked_at -= ago
    survey.expires_at -= ago
    survey.save(update_fields=["asked_at", "expires_at"])
    return survey


def address(survey: Survey) -> str:
    """The mail's link."""
    return f"/portal/survey/{link_token(survey.key)}/"
