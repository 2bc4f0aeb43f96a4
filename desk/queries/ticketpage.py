"""Everything the ticket page shows of one record to one person, read with few queries."""

from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.reach import reach_of
from catalog.queries.requests import Sheet, sheet
from core.states import Phase, Transition
from desk.queries import timeline
from desk.queries.targets import Targets
from incidents.enums import MAJOR, MajorState, Severity
from incidents.models import MajorIncident
from tickets import access, fields
from tickets.approvalline import of_rounds
from tickets.decisions import rounds
from tickets.enums import TASK_ENDED, Impact, Urgency, Visibility
from tickets.models import (
    Approval,
    Attachment,
    ChecklistItem,
    Draft,
    Link,
    Seen,
    Task,
    Ticket,
    Watch,
)
from tickets.queries import CappedCount, merge_of
from tickets.rules import RULES

# The fields of the side panel, in groups. Values: the editor each one has.
EDITORS = {
    "service": "pick",
    "category": "pick",
    "items": "items",
    "tags": "tags",
    "impact": "select",
    "urgency": "select",
    "requester": "pick",
    "security": "check",
}


SOURCES = {"service": "services", "category": "categories", "requester": "people"}


class TicketPage:
    """Reads on demand; a fragment pays only for what it prints."""

    def __init__(self, user: User, ticket: Ticket, *, everything: bool = False) -> None:
        self.user = user
        self.ticket = ticket
        self.everything = everything

    @cached_property
    def facts(self) -> Any:
        return access.facts_for(self.user, self.ticket)

    @cached_property
    def able(self) -> dict[str, bool]:
        """Which verbs the person may do; a closed record only takes a follow-up."""
        reach = reach_of(self.user)
        able = {verb: rule(reach, self.facts) for verb, rule in RULES.items()}
        if self.ticket.phase == Phase.CLOSED:
            for verb in ("edit", "assign", "task", "override_priority", "reply"):
                able[verb] = False
        return able

    @cached_property
    def is_merged(self) -> bool:
        """Asked only of a record that ended without its purpose."""
        return merge_of(self.ticket) is not None

    @cached_property
    def merged_into(self) -> Ticket | None:
        """Where a merged record goes on, if this person may know."""
        return access.goes_on_in(self.user, self.ticket)

    @cached_property
    def moves(self) -> list[Transition]:
        leaving = self.ticket.kind_info.machine.from_state(self.ticket.status)
        return [move for move in leaving if not move.automatic and self.able[move.rule]]

    @cached_property
    def detail(self) -> Any:
        """The kind's own row, with what it points at."""
        kind = self.ticket.kind_info
        related = [detail.name for detail in kind.details if detail.model]
        manager = kind.detail_model.objects
        return manager.select_related(*related).filter(pk=self.ticket.pk).first()

    @cached_property
    def sheet(self) -> Sheet | None:
        """What was asked for, of a request made with an offering."""
        return sheet(self.ticket, self.user)

    @cached_property
    def lines(self) -> list[Any]:
        """The rounds of its approval, the newest first; asked only where there is one."""
        return of_rounds(rounds(self.ticket)) if self.approval else []

    @cached_property
    def timeline(self) -> timeline.Timeline:
        return timeline.build(
            self.ticket,
            self.user,
            reads_notes=self.able["read_notes"],
            has_files=self.counts["files"] > 0,
            everything=self.everything,
            since=self._aside[-1],
        )

    @cached_property
    def targets(self) -> Targets:
        """What service levels promise for it."""
        return Targets(self.ticket, self.user.pk)

    @cached_property
    def drafts(self) -> dict[str, str]:
        """What this person was typing here: {mode: text}."""
        kept = Draft.objects.filter(user=self.user, ticket=self.ticket)
        return {draft.slot.rpartition(":")[2]: draft.data.get("body", "") for draft in kept}

    @property
    def counts(self) -> dict[str, int]:
        """Numbers beside the side tabs."""
        links, tasks, lines, files, *_rest = self._aside
        work = tasks + lines if self.able["read_notes"] else 0
        return {"links": links, "work": work, "files": files}

    @cached_property
    def _aside(self) -> tuple[Any, ...]:
        """Visible links, open tasks and lines, files, the newest round of approval, how far it is
        as a major incident, when the person last read: one statement.
        """
        mine = Link.objects.order_by().filter
        visible = Ticket.objects.visible_to(self.user).order_by().values("pk")
        links = mine(source=OuterRef("pk"), target__in=visible).union(
            mine(target=OuterRef("pk"), source__in=visible), all=True
        )
        tasks = Task.objects.filter(ticket=OuterRef("pk")).exclude(state__in=TASK_ENDED)
        lines = ChecklistItem.objects.filter(ticket=OuterRef("pk"), done_at=None)
        files = Attachment.objects.filter(ticket=OuterRef("pk"), removed_at=None)
        if not self.able["read_notes"]:
            files = files.filter(visibility=Visibility.PUBLIC)
        seen = Seen.objects.filter(user=self.user, ticket=OuterRef("pk")).values("at")[:1]
        major = MajorIncident.objects.filter(ticket=OuterRef("pk"))
        counts: list[Any] = [CappedCount(rows) for rows in (links, tasks, lines, files)]
        rounds = Approval.objects.filter(ticket=OuterRef("pk")).order_by("-number")
        counts.append(Subquery(rounds.values("state")[:1]))
        more = [Subquery(major.values("state")), Subquery(major.values("severity")), Subquery(seen)]
        found = Ticket.objects.order_by().filter(pk=self.ticket.pk)
        return found.values_list(*counts, *more).first() or (0, 0, 0, 0, None, None, None, None)

    @property
    def approval(self) -> str:
        """How the newest round of approval stands; empty when there never was one."""
        return str(self._aside[4] or "")

    @property
    def major(self) -> dict[str, Any] | None:
        """The mark of a major incident, or of a candidate; None for all others."""
        *_rest, state, severity, _seen_at = self._aside
        if state not in (MajorState.PROPOSED, *MAJOR) or not self.able["read_notes"]:
            return None
        candidate = state == MajorState.PROPOSED
        return {"severity": Severity(severity).label, "candidate": candidate}

    @cached_property
    def description_files(self) -> list[Attachment]:
        """Files that came with the record itself."""
        shown = access.attachments(self.user, self.ticket, self.able["read_notes"])
        return list(shown.filter(comment=None)) if self.counts["files"] else []

    # Properties ---------------------------------------------------------------------------------

    def properties(self) -> list[dict[str, Any]]:
        """The groups of the information panel."""
        return [
            {
                "title": _("Classification"),
                "fields": self._fields("service", "category", "items", "tags"),
            },
            {"title": _("Priority"), "fields": self._fields("impact", "urgency"), "priority": True},
            {"title": _("People"), "fields": self._fields("requester")},
        ]

    def _fields(self, *names: str) -> list[dict[str, Any]]:
        kind = self.ticket.kind_info
        return [
            self.property(name)
            for name in names
            if name in fields.BASE or name in kind.detail_names
        ]

    def property(self, name: str) -> dict[str, Any]:
        """One field: its name, value, editor, and the version the reader sees now."""
        value = self.value(name)
        return {
            "name": name,
            "label": fields.label(self.ticket.kind_info, name),
            "editor": EDITORS[name],
            "value": value,
            "text": self.text(name, value),
            "choices": self._choices(name),
            "source": SOURCES.get(name, ""),
            "optional": name in ("service", "category"),
            "seen": self.ticket.field_versions.get(name, 0),
            "editable": self.able["edit"],
        }

    def value(self, name: str) -> Any:
        """The stored value: an id for a row, a list for tags and items."""
        ticket = self.ticket
        if name == "items":
            return [(row.item_id, row.item.name) for row in self.items]
        if name in ticket.kind_info.detail_names:
            return getattr(self.detail, name)
        return getattr(ticket, ticket._meta.get_field(name).attname)  # type: ignore[union-attr]

    @cached_property
    def items(self) -> list[Any]:
        return list(self.ticket.ticket_items.select_related("item"))

    def text(self, name: str, value: Any) -> str:
        """The value as people read it."""
        if name == "items":
            return ", ".join(label for _pk, label in value)
        if name == "tags":
            return ", ".join(value)
        if name in ("impact", "urgency"):
            return str((Impact if name == "impact" else Urgency)(value).label)
        if name == "security":
            return pgettext("answer", "yes") if value else pgettext("answer", "no")
        row = getattr(self.ticket, name)
        return row.name if row else ""

    def _choices(self, name: str) -> list[tuple[Any, Any]]:
        if name == "impact":
            return list(Impact.choices)
        if name == "urgency":
            return list(Urgency.choices)
        return []

    # Contexts -----------------------------------------------------------------------------------

    def head(self) -> dict[str, Any]:
        return {
            "page": self,
            "ticket": self.ticket,
            "able": self.able,
            "moves": self.moves,
            "url": self.ticket.get_absolute_url(),
            "watching": self.facts.is_watched,
            "mine": self.ticket.assignee_id == self.user.pk,
        }

    def full(self) -> dict[str, Any]:
        return {
            **self.head(),
            "timeline": self.timeline,
            "groups": self.properties(),
            "detail": self.detail,
            "counts": self.counts,
            "drafts": self.drafts,
            "description_files": self.description_files,
        }


def latest_of(user: User, ticket: Ticket) -> list[Ticket]:
    """The requester's last ten records that the reader may see, this one left out."""
    watched = Watch.objects.filter(user=user, ticket=OuterRef("pk"))
    return list(
        Ticket.objects.visible_to(user)
        .filter(requester_id=ticket.requester_id)
        .exclude(pk=ticket.pk)
        .annotate(is_watched=Exists(watched))
        .order_by("-opened_at")[:10]
    )
