"""One request as its requester reads it: what was said in public, what became of it, what is next.

Internal notes, their files and authors, and events that are the desk's business are not read at
all here, whoever looks.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.actions.changes import can_mend
from core import formats
from core.states import Machine, Phase
from incidents.models import Update
from incidents.queries.portal import notices_for
from portal.states import is_stopped, plain
from tickets import access
from tickets.approvalline import of_rounds
from tickets.decisions import rounds
from tickets.enums import LinkType, Verb
from tickets.models import Attachment, Comment, Event, PendingReason, Ticket
from tickets.numbering import normalise
from tickets.queries import merge_of, merged_into
from tickets.wording import FOR_REQUESTERS, approval_words, people_in


@dataclass(frozen=True)
class Message:
    """Something said. `anchor` is empty for the report itself."""

    author: User
    is_mine: bool
    is_desk: bool
    text: str
    at: datetime
    anchor: str = ""
    files: list[Attachment] = field(default_factory=list)
    is_message: bool = True


@dataclass(frozen=True)
class Milestone:
    """The request became something else, in the requester's words."""

    text: str
    phase: str
    status: str
    at: datetime
    is_message: bool = False


@dataclass(frozen=True)
class Conversation:
    """Messages and milestones in order; `last_seen` is the newest comment among them."""

    entries: list[Message | Milestone]
    last_seen: int

    @property
    def last_at(self) -> datetime:
        """When the requester last heard something. The record's own clock counts notes too."""
        return self.entries[-1].at


@dataclass(frozen=True)
class Outlook:
    """What happens next. tone: info, success, warning or nothing."""

    tone: str
    title: str
    text: str


def conversation(ticket: Ticket, user: User) -> Conversation:
    """Everything public on the record, oldest first."""
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    for file in access.attachments(user, ticket, can_read_notes=False):
        files[file.comment_id].append(file)
    comments = list(access.comments(user, ticket, can_read_notes=False).select_related("author"))
    report = Message(
        author=ticket.requester,
        is_mine=ticket.requester_id == user.pk,
        is_desk=False,
        text=ticket.description,
        at=ticket.opened_at,
        files=files[None],
    )
    said = [_message(comment, ticket, user, files[comment.pk]) for comment in comments]
    notices = [_notice(update) for update in notices_for(ticket)]
    told = [*_milestones(ticket), *_approvals(ticket)]
    entries: list[Message | Milestone] = [report, *said, *notices, *told]
    entries.sort(key=lambda entry: entry.at)
    return Conversation(entries, comments[-1].pk if comments else 0)


def _message(comment: Comment, ticket: Ticket, user: User, files: list[Attachment]) -> Message:
    return Message(
        author=comment.author,
        is_mine=comment.author_id == user.pk,
        is_desk=not comment.by_requester and comment.author_id != ticket.requester_id,
        text=comment.body,
        at=comment.created_at,
        anchor=f"m-{comment.pk}",
        files=files,
    )


def _notice(update: Update) -> Message:
    """A public notice of a major incident, said by the desk."""
    head = f"{update.get_stage_display()} · {update.get_condition_display()}"
    return Message(
        author=update.published_by,
        is_mine=False,
        is_desk=True,
        text=f"{head}\n{update.text}",
        at=update.published_at,
        anchor=f"notice-{update.pk}",
    )


def _milestones(ticket: Ticket) -> list[Milestone]:
    """Changes of state that read as a change to the requester; who made them is not told."""
    machine = ticket.kind_info.machine
    events = Event.objects.filter(ticket=ticket, changes__has_key="status").order_by("id")
    return [
        Milestone(text, _phase(machine, new), _shape(machine, new), at)
        for verb, at, (old, new) in events.values_list("verb", "at", "changes__status")
        if (text := _told(verb) or _became(machine, old, new))
    ]


def _approvals(ticket: Ticket) -> list[Milestone]:
    """Who approved or rejected it and why: what concerns whoever asked."""
    events = Event.objects.filter(ticket=ticket, verb=Verb.APPROVAL).order_by("id")
    steps = [event for event in events if event.data.get("step") in FOR_REQUESTERS]
    if not steps:
        return []
    wanted = {event.actor_id for event in steps} | set().union(
        *(people_in(event.data) for event in steps)
    )
    there = User.objects.filter(pk__in=[pk for pk in wanted if pk])
    people = {user.pk: user.name for user in there}
    return [
        Milestone(_said(event, people), phase, shape, event.at)
        for event in steps
        for phase, shape in [_SHAPES.get(event.data["step"], _ASKED)]
    ]


# (phase, status) whose shape stands for a step.
_ASKED = (str(Phase.WAITING), "")
_SHAPES = {
    "approved": (str(Phase.RESOLVED), ""),
    "rejected": (str(Phase.CLOSED), "rejected"),
    "recalled": (str(Phase.CLOSED), "cancelled"),
    "voided": (str(Phase.CLOSED), "cancelled"),
}


def _said(event: Event, people: dict[int, str]) -> str:
    actor = people.get(event.actor_id or 0, "")
    words = " · ".join(approval_words(event.data, people))
    return f"{actor}: {words}" if actor else words


def _told(verb: str) -> str:
    """What the requester reads of a merge, whatever the status is called."""
    if verb == Verb.MERGED:
        return _("Put together with another request")
    return _("Opened again") if verb == Verb.UNMERGED else ""


def _phase(machine: Machine, status: str) -> str:
    return str(machine.by_key[status].phase)


def _shape(machine: Machine, status: str) -> str:
    """The status whose shape stands for it: all ways of ending unfinished look alike."""
    return "cancelled" if is_stopped(machine, status) else status


def _became(machine: Machine, old: str, new: str) -> str:
    before, after = machine.by_key.get(old), machine.by_key.get(new)
    if before is None or after is None or str(plain(before)) == str(plain(after)):
        return ""
    if before.phase == Phase.RESOLVED and after.phase == Phase.ACTIVE:
        return _("Opened again")
    return str(plain(after))


def outlook(ticket: Ticket, user: User) -> Outlook:
    """The next step in plain words."""
    team = ticket.team.name
    if is_merged(ticket):
        return Outlook(
            "", _("It was put together with another request."), _("The service desk goes on there.")
        )
    if asked_anew(ticket, user):
        return _to_mend(ticket)
    if is_stopped(ticket.kind_info.machine, ticket.status):
        return Outlook("", str(plain(ticket.state)), _("Nothing more happens here."))
    if ticket.phase == Phase.NEW:
        return Outlook(
            "", _("We received your request."), _("Next, %(team)s looks at it.") % {"team": team}
        )
    if ticket.phase == Phase.WAITING:
        return _waiting(ticket, user)
    if ticket.phase == Phase.RESOLVED:
        check = _("We think it is solved. Please check.")
        if ticket.kind == "request":
            check = _("It has been delivered. Please check.")
        return Outlook("success", check, _closing(ticket))
    if ticket.phase == Phase.CLOSED:
        return Outlook("", _("This request is finished."), _closed(ticket))
    return Outlook(
        "", _("%(team)s is working on it.") % {"team": team}, _("You get a notice with each reply.")
    )


def waits_for_requester(ticket: Ticket) -> bool:
    """Whether nothing happens until the requester has answered."""
    reason = ticket.pending_reason
    return (
        ticket.phase == Phase.WAITING
        and reason is not None
        and reason.waits_for == PendingReason.WaitsFor.REQUESTER
    )


def asked_anew(ticket: Ticket, user: User) -> bool:
    """Whether the request came back to the person: taken back, or rejected."""
    return ticket.kind == "request" and can_mend(ticket, user)


def _to_mend(ticket: Ticket) -> Outlook:
    """It is the requester's turn, if they still want it."""
    again = _("You can change your answers and send it again.")
    if ticket.state.withdrawn:
        reason = Event.objects.filter(ticket=ticket, data__name="reject").order_by("-id").first()
        said = reason.data.get("reason", "") if reason else ""
        return Outlook("warning", str(plain(ticket.state)), f"{said}\n{again}".strip())
    return Outlook("warning", _("You took it back from its approvers."), again)


def _waiting(ticket: Ticket, user: User) -> Outlook:
    if ticket.state.decides:
        lines = of_rounds(rounds(ticket)[:1])
        now = lines[0].now if lines else ""
        return Outlook("info", str(plain(ticket.state)), now or _("You get a notice then."))
    reason = ticket.pending_reason.name if ticket.pending_reason else ""
    why = _("Reason: %(reason)s") % {"reason": reason}
    if waits_for_requester(ticket):
        if user.pk in (ticket.requester_id, ticket.opened_by_id):
            return Outlook("warning", _("The team is waiting for your reply."), why)
        return Outlook("", _("The team is waiting for the requester."), why)
    until = (
        _("Work goes on at %(time)s.") % {"time": formats.moment(ticket.resume_at)}
        if ticket.resume_at
        else _("You need not do anything for now.")
    )
    return Outlook("info", reason or str(plain(ticket.state)), until)


def _closing(ticket: Ticket) -> str:
    if ticket.auto_close_at is None:
        return _("It stays open until you confirm.")
    return _("Without an answer it closes by itself on %(day)s.") % {
        "day": formats.day(ticket.auto_close_at)
    }


def _closed(ticket: Ticket) -> str:
    if ticket.closed_at is None:
        return ""
    return _("Closed on %(day)s.") % {"day": formats.day(ticket.closed_at)}


def answers(ticket: Ticket) -> list[tuple[Any, str]]:
    """What the desk wrote for the requester to read on the kind's own row: (label, text)."""
    public = [detail for detail in ticket.kind_info.details if detail.public]
    if not public or ticket.phase not in (Phase.RESOLVED, Phase.CLOSED):
        return []
    names = [detail.name for detail in public]
    row = ticket.kind_info.detail_model.objects.filter(pk=ticket.pk).values(*names).first() or {}
    return [(detail.label, row[detail.name]) for detail in public if row.get(detail.name)]


def continued(ticket: Ticket, user: User) -> dict[str, list[Ticket]]:
    """The visible records that this one continues, and those that continue it."""
    follows = {"type": LinkType.FOLLOW_UP_OF.value}
    before = Q(links_in__source=ticket, **{f"links_in__{k}": v for k, v in follows.items()})
    after = Q(links_out__target=ticket, **{f"links_out__{k}": v for k, v in follows.items()})
    visible = Ticket.objects.visible_to(user)
    return {
        "before": list(visible.filter(before).distinct()[:5]),
        "after": list(visible.filter(after).distinct()[:5]),
    }


def is_merged(ticket: Ticket) -> bool:
    """Whether it goes on in another request. Asked only of one that ended unfinished."""
    return merge_of(ticket) is not None


def came_from(ticket: Ticket, number: str, user: User) -> Ticket | None:
    """The merged request whose address brought the reader here."""
    if not number:
        return None
    found: Ticket | None = Ticket.objects.visible_to(user).filter(number=normalise(number)).first()
    return found if found is not None and merged_into(found) == ticket else None


def has_news(ticket: Ticket, user: User, *, last_seen: int, status: str) -> bool:
    """Whether somebody else wrote since that comment, or the request reads differently now."""
    machine = ticket.kind_info.machine
    if status in machine.by_key and _became(machine, status, ticket.status):
        return True
    newer = access.comments(user, ticket, can_read_notes=False).filter(pk__gt=last_seen)
    return bool(newer.exclude(author=user).exists())
