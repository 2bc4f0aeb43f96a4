"""Merging: a record goes on in another one of its kind, and what was moved can be moved back.

The event on the source holds all that undoing needs: which comments, files and watches were
moved, and the columns of the row before. Events themselves stay where they happened.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from core.events import emit
from core.states import IllegalTransition, Phase, Transition
from tickets import access, events
from tickets.actions.base import Changes, lock_both, put, record, stored
from tickets.enums import TASK_ENDED, LinkType, Verb
from tickets.models import Attachment, Comment, Event, Link, Ticket, Watch
from tickets.queries import merge_of, merged_into

# What merging changes on the source's row; undoing puts each of them back.
COLUMNS = (
    "status",
    "phase",
    "pending_reason",
    "resume_at",
    "auto_close_at",
    "resolved_at",
    "closed_at",
    "responded_at",
    "requester_waits",
)


@dataclass(frozen=True)
class Plan:
    """What merging would move. `newcomers`: who would see the target from then on."""

    comments: int
    attachments: int
    newcomers: tuple[User, ...]
    target_restricted: bool


def plan_merge(source: Ticket, target: Ticket, *, by: User | None) -> Plan:
    """What would happen, for the person to look at first; refused as merging itself would be."""
    _check(source, target, by)
    watchers = User.objects.filter(pk__in=_newcomers(source, target)).order_by("display_name")
    return Plan(
        Comment.objects.filter(ticket=source, retracted_at=None).count(),
        Attachment.objects.filter(ticket=source, removed_at=None).count(),
        tuple(watchers),
        target.restricted,
    )


@transaction.atomic
def merge(source: Ticket, target: Ticket, *, by: User | None) -> Ticket:
    """Let `source` go on in `target`; the source as it is then.

    Effects in order: both rows locked; permission on both and the checks; comments, files and
    watches moved; the source's requester made a watcher of the target (a restricted target gets
    neither: it names its people itself); the source closed as a duplicate; one event on each;
    subscribers.
    """
    source, target = lock_both(source, target)
    move = _check(source, target, by)
    moved = _move(source, target)
    link, linked = Link.objects.get_or_create(
        source=source, target=target, type=LinkType.DUPLICATE_OF.value
    )
    before = {name: _value(source, name) for name in COLUMNS}
    columns = {"status": move.target, "pending_reason": None, "resume_at": None}
    changes = put(source, columns)
    source.phase = source.kind_info.machine.phase(move.target)
    source.closed_at, source.auto_close_at, source.requester_waits = timezone.now(), None, False
    event = record(
        source,
        Verb.MERGED,
        by=by,
        changes=changes,
        data={
            "role": "source",
            "other": target.number,
            "other_id": target.pk,
            "link": link.pk if linked else None,
            "before": before,
            **moved,
        },
        save=COLUMNS,
    )
    told = {"comments": len(moved["comments"]), "attachments": len(moved["attachments"])}
    _record_on_target(target, source, Verb.MERGED, by, told)
    emit(events.Merged(source.pk, event.pk, by.pk if by else None, target.pk))
    return source


@transaction.atomic
def unmerge(source: Ticket, *, by: User | None) -> Ticket:
    """Undo a merge: what was moved goes back, and the source's row is what it was before.

    What was written on the target since stays there. Refused while the target itself is merged
    into another record: that has to be undone first.
    """
    access.require(by, "merge", source)
    done = merge_of(source)
    if done is None:
        raise _not_merged(source)
    source, target = lock_both(source, Ticket.objects.get(pk=done.data["other_id"]))
    done = merge_of(source)
    if done is None or done.data["other_id"] != target.pk:
        raise _not_merged(source)
    access.require(by, "merge", source)
    access.require(by, "merge", target)
    _refuse_buried(target)
    _move_back(source, target, done)
    changes = _put_back(source, done.data["before"])
    event = record(
        source,
        Verb.UNMERGED,
        by=by,
        changes=changes,
        data={
            "role": "source",
            "other": target.number,
            "other_id": target.pk,
            "before": done.data["before"],
        },
        save=COLUMNS,
    )
    _record_on_target(target, source, Verb.UNMERGED, by, {})
    emit(events.Unmerged(source.pk, event.pk, by.pk if by else None, target.pk))
    return source


# Checks -------------------------------------------------------------------------------------------


def _check(source: Ticket, target: Ticket, by: User | None) -> Transition:
    """The transition that closes the source; ActionError where merging is not possible."""
    access.require(by, "merge", source)
    access.require(by, "merge", target)
    if source.pk == target.pk:
        raise _refusal(_("A record can't be merged into itself."), "itself")
    if source.kind != target.kind:
        raise _refusal(_("Only records of the same kind can be merged."), "other_kind")
    move = _closing(source)
    _refuse_ended(target, by)
    if source.restricted and not target.restricted:
        raise _refusal(
            _("%(source)s is restricted and %(target)s is not: more people would read it.")
            % {"source": source.number, "target": target.number},
            "restricted",
        )
    _refuse_family(source, target)
    _refuse_open_tasks(source)
    if source.kind_info.guard is not None:
        source.kind_info.guard(source, "merge", {"target": target})
    return move


def _refusal(message: str, code: str) -> ActionError:
    return ActionError(message, field="target", code=code)


def _closing(source: Ticket) -> Transition:
    machine = source.kind_info.machine
    if not any(move.name == "merge" for move in machine.transitions):
        raise _refusal(_("Records of this kind can't be merged."), "kind")
    try:
        return machine.find(source.status, "merge")
    except IllegalTransition:
        pass
    into = merged_into(source)
    if into is not None:
        raise _refusal(_("%(number)s is merged already.") % {"number": source.number}, "merged")
    raise _refusal(
        _("%(number)s is closed, so it can't be merged.") % {"number": source.number}, "closed"
    )


def _refuse_ended(target: Ticket, by: User | None) -> None:
    into = merged_into(target)
    if into is not None and access.can(by, "view", into):
        raise _refusal(
            _("%(number)s was merged into %(final)s. Merge into %(final)s instead.")
            % {"number": target.number, "final": into.number},
            "target_merged",
        )
    if into is not None:
        raise _refusal(
            _("%(number)s was merged into another record itself.") % {"number": target.number},
            "target_merged",
        )
    if target.phase == Phase.CLOSED:
        raise _refusal(
            _("%(number)s is closed. Choose a record that is still open.")
            % {"number": target.number},
            "target_closed",
        )


def _refuse_family(source: Ticket, target: Ticket) -> None:
    """A record above or below the other one is part of it, not the same report."""
    if target.pk in _above(source) or source.pk in _above(target):
        raise _refusal(
            _("%(source)s and %(target)s are parent and child. Take that link away first.")
            % {"source": source.number, "target": target.number},
            "family",
        )


def _above(ticket: Ticket) -> set[int]:
    found: set[int] = set()
    parents = Link.objects.filter(type=LinkType.PARENT_OF).order_by()
    above = parents.filter(target=ticket).values_list("source_id", flat=True).first()
    while above is not None and above not in found:
        found.add(above)
        above = parents.filter(target_id=above).values_list("source_id", flat=True).first()
    return found


def _refuse_open_tasks(source: Ticket) -> None:
    tasks = source.tasks.exclude(state__in=TASK_ENDED).count()
    if tasks:
        raise _refusal(
            _("%(number)s still has %(tasks)s open tasks. Finish or skip them first.")
            % {"number": source.number, "tasks": tasks},
            "open_work",
        )


def _not_merged(source: Ticket) -> ActionError:
    return ActionError(
        _("%(number)s is not merged (any more). Reload the page.") % {"number": source.number},
        code="not_merged",
    )


def _refuse_buried(target: Ticket) -> None:
    """What was moved moved on with the target; it can only come back the same way."""
    if merge_of(target) is not None:
        raise ActionError(
            _("%(number)s has been merged into another record since. Undo that first.")
            % {"number": target.number},
            code="target_merged",
        )


# Moving -------------------------------------------------------------------------------------------


def _newcomers(source: Ticket, target: Ticket) -> set[int]:
    """Who watches the target from then on: the source's watchers and requester."""
    if target.restricted:
        return set()
    people = set(source.watches.values_list("user_id", flat=True))
    people |= {source.requester_id} if source.requester.is_active else set()
    known = set(target.watches.values_list("user_id", flat=True))
    return people - known - {target.requester_id}


def _move(source: Ticket, target: Ticket) -> dict[str, Any]:
    """Move what moves; the ids that undoing needs."""
    newcomers = _newcomers(source, target)
    moved: dict[str, Any] = {}
    for name, rows in (
        ("comments", Comment.objects.filter(ticket=source)),
        ("attachments", Attachment.objects.filter(ticket=source)),
        ("watches", Watch.objects.filter(ticket=source, user_id__in=newcomers)),
    ):
        moved[name] = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(ticket=target)
    moved["watch_added"] = None
    if source.requester_id in newcomers:
        watch, added = Watch.objects.get_or_create(ticket=target, user=source.requester)
        moved["watch_added"] = watch.pk if added else None
    return moved


def _move_back(source: Ticket, target: Ticket, done: Event) -> None:
    data = done.data
    for model, name in ((Comment, "comments"), (Attachment, "attachments")):
        model.objects.filter(pk__in=data[name], ticket=target).update(ticket=source)
    Watch.objects.filter(pk=data["watch_added"], ticket=target).delete()
    again = Watch.objects.filter(ticket=source).values("user_id")
    moved = Watch.objects.filter(pk__in=data["watches"], ticket=target)
    moved.filter(user_id__in=again).delete()
    moved.update(ticket=source)
    if data["link"] is not None:
        Link.objects.filter(pk=data["link"]).delete()


def _record_on_target(
    target: Ticket, source: Ticket, verb: Verb, by: User | None, told: dict[str, int]
) -> None:
    data = {"role": "target", "other": source.number, "other_id": source.pk, **told}
    record(target, verb, by=by, data=data)


def _value(ticket: Ticket, name: str) -> Any:
    return stored(getattr(ticket, _attribute(name)))


def _attribute(name: str) -> str:
    field: Any = Ticket._meta.get_field(name)
    return str(field.attname)


def _put_back(source: Ticket, before: dict[str, Any]) -> Changes:
    """Set the columns as they were; what of it the log calls a change."""
    told = ("status", "pending_reason", "resume_at")
    changes = {
        name: [_value(source, name), before[name]]
        for name in told
        if _value(source, name) != before[name]
    }
    for name, value in before.items():
        instant = parse_datetime(value) if name.endswith("_at") and value else value
        setattr(source, _attribute(name), instant)
    return changes
