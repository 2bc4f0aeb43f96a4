"""Lists of major incidents."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import User
from core.states import OPEN_PHASES
from incidents.enums import MAJOR, MajorState
from incidents.models import MajorIncident
from tickets.models import Ticket

RECENT = 30


@dataclass(frozen=True)
class Lists:
    """What the list page shows, each the most pressing first."""

    running: list[MajorIncident]
    candidates: list[MajorIncident]
    reviews: list[MajorIncident]
    recent: list[MajorIncident]


def _seen(user: User) -> Any:
    related = MajorIncident.objects.select_related(
        "ticket__service", "ticket__team", "commander", "proposed_by"
    )
    return related.filter(ticket__in=Ticket.objects.visible_to(user).order_by())


def lists(user: User) -> Lists:
    """Running ones, candidates, reviews still to be done, and those that are over."""
    seen = _seen(user)
    over = Q(state=MajorState.STOOD_DOWN) | Q(state=MajorState.REVIEWED)
    return Lists(
        running=list(seen.filter(state=MajorState.DECLARED).order_by("severity", "declared_at")),
        candidates=list(
            seen.filter(
                state=MajorState.PROPOSED,
                ticket__phase__in=[phase.value for phase in OPEN_PHASES],
            ).order_by("severity", "proposed_at")
        ),
        reviews=list(seen.filter(state=MajorState.STOOD_DOWN).order_by("review_due_at")),
        recent=list(seen.filter(over).order_by("-declared_at")[:RECENT]),
    )


def page(user: User, state: str = "") -> Any:
    """Major incidents and candidates for the API's list."""
    states = [state] if state else [MajorState.PROPOSED, *MAJOR]
    return _seen(user).filter(state__in=states)
