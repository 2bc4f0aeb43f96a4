"""Everything the console of a major incident shows of one to one person."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.states import Phase, Transition
from incidents import access
from incidents.enums import MAJOR, MajorState, ResponseRole
from incidents.models import MajorIncident, Review
from incidents.queries import impact, timeline
from tickets import actions as kernel
from tickets.enums import TASK_ENDED
from tickets.models import Ticket

# Minutes between notices by severity; after two hours a slower, stated rhythm.
RHYTHM = {1: 20, 2: 30, 3: 60}
SLOWER_AFTER = timedelta(hours=2)


class Console:
    """Reads on demand; a fragment pays only for what it prints."""

    def __init__(self, user: User, ticket: Ticket, major: MajorIncident) -> None:
        self.user, self.ticket, self.major = user, ticket, major

    @cached_property
    def able(self) -> dict[str, bool]:
        """What the person may do now, by rights and by how far it is."""
        able = access.abilities(self.user, self.ticket, self.major)
        state = self.major.state
        needs = {
            "reject": (MajorState.PROPOSED,),
            "severity": (MajorState.DECLARED,),
            "role": (MajorState.DECLARED,),
            "call": (MajorState.DECLARED,),
            "attach": (MajorState.DECLARED,),
            "stand_down": (MajorState.DECLARED,),
            "summary": (MajorState.DECLARED, MajorState.STOOD_DOWN),
            "update": (MajorState.DECLARED, MajorState.STOOD_DOWN),
            "review": (MajorState.STOOD_DOWN,),
            "approve": (MajorState.STOOD_DOWN,),
            "log": MAJOR,
        }
        may = {verb: able[verb] and state in needs.get(verb, tuple(MajorState)) for verb in able}
        may["resolve"] = self.major.is_running and self.resolving is not None
        may["declare"] = able["declare"] and not self.major.is_running and self.ticket.is_open
        return may

    @cached_property
    def resolving(self) -> Transition | None:
        """The step by which the person may resolve the incident now."""
        machine = self.ticket.kind_info.machine
        moves = kernel.allowed(self.ticket, self.user)
        ends = (move for move in moves if machine.phase(move.target) == Phase.RESOLVED)
        return next(ends, None)

    @property
    def since(self) -> datetime | None:
        return self.major.declared_at or self.major.proposed_at

    @property
    def until(self) -> datetime | None:
        """When the timer stood still; None while it runs."""
        return None if self.major.is_running else self.major.stood_down_at

    @cached_property
    def roles(self) -> list[dict[str, Any]]:
        return [
            {"key": role.value, "label": role.label, "person": getattr(self.major, role.value)}
            for role in ResponseRole
        ]

    @cached_property
    def story(self) -> list[timeline.Line]:
        """The timeline, newest first."""
        return timeline.story(self.ticket, self.major)[::-1]

    @cached_property
    def reach(self) -> impact.Reach:
        return impact.reach_of(self.ticket)

    @cached_property
    def children(self) -> list[Ticket]:
        return impact.children_of(self.user, self.ticket)

    @cached_property
    def suggested(self) -> list[Ticket]:
        if not self.able["attach"]:
            return []
        return impact.suggested_children(self.user, self.ticket)

    @cached_property
    def changes(self) -> list[Ticket]:
        return impact.recent_changes(self.user, self.ticket, self.major.stood_down_at)

    @cached_property
    def tasks(self) -> list[Any]:
        found = list(self.ticket.tasks.select_related("team", "assignee"))
        return sorted(found, key=lambda task: task.state in TASK_ENDED)

    @cached_property
    def checks(self) -> list[Any]:
        return list(self.ticket.checklist.select_related("done_by"))

    @cached_property
    def updates(self) -> list[Any]:
        """The notices, newest first."""
        return list(self.major.updates.select_related("published_by").order_by("-position"))

    @cached_property
    def review(self) -> Review | None:
        related = Review.objects.select_related("approved_by", "saved_by")
        return related.filter(major=self.major).first()

    def head(self) -> dict[str, Any]:
        """What every page of one major incident shows on top."""
        number = self.ticket.number
        return {
            "console": self,
            "ticket": self.ticket,
            "major": self.major,
            "able": self.able,
            "url": reverse("major:console", args=[number]),
            "now": timezone.now(),
            "tabs": self._tabs(),
        }

    def _tabs(self) -> list[dict[str, Any]]:
        number = self.ticket.number
        tabs = [
            ("console", _("Console"), 0),
            ("timeline", _("Timeline"), 0),
            ("notices", _("Notices"), len(self.updates)),
        ]
        if self.review is not None:
            tabs.append(("review", _("Review"), 0))
        return [
            {"key": key, "label": label, "n": n, "url": reverse(f"major:{key}", args=[number])}
            for key, label, n in tabs
        ]


def next_notice_at(major: MajorIncident, now: datetime | None = None) -> datetime:
    """When the next notice is proposed to come, by severity and how long it lasts already."""
    now = now or timezone.now()
    minutes = RHYTHM[major.severity]
    if major.declared_at and now - major.declared_at > SLOWER_AFTER:
        minutes *= 3
    return now + timedelta(minutes=minutes)


def row(major: MajorIncident) -> dict[str, Any]:
    """One line of the list page."""
    ticket = major.ticket
    return {
        "number": ticket.number,
        "title": ticket.title,
        "url": reverse("major:console", args=[ticket.number]),
        "major": major,
        "ticket": ticket,
        "service": ticket.service.name if ticket.service else "",
        "team": ticket.team.name,
    }


def offers(user: User, ticket: Ticket) -> list[dict[str, str]]:
    """What the ticket's menu offers: propose, declare, or the way to the console."""
    if ticket.kind != "incident":
        return []
    major = access.of(ticket)
    able = access.abilities(user, ticket, major)
    url = reverse("major:console", args=[ticket.number])
    shown = major is not None and major.state in (MajorState.PROPOSED, *MAJOR)
    found = []
    if shown and able["view"]:
        found.append({"url": url, "label": _("Open the major-incident console"), "dialog": ""})
    if ticket.is_open and not (major and major.is_running):
        if able["declare"]:
            label = _("Declare a major incident")
            found.append({"url": f"{url}declare/", "label": label, "dialog": "1"})
        elif able["propose"] and not shown:
            label = _("Propose as a major incident")
            found.append({"url": f"{url}propose/", "label": label, "dialog": "1"})
    return found
