"""Links, tasks, checklist and watchers of a record.

How the desk organises its work is not told to those who don't read its notes: 404.
"""

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.models import User
from core.api.idempotency import idempotent
from core.api.request import SignedInRequest
from core.api.shapes import bilingual, instant, person
from core.api.views import ApiView, no_content, read
from core.errors import NotFound
from tickets import access, actions
from tickets.api import forms
from tickets.enums import LinkType
from tickets.models import ChecklistItem, Link, Task, Ticket, Watch


def missing() -> NotFound:
    return NotFound(_("There is nothing at this address."))


def desk_record(request: SignedInRequest, number: str) -> Ticket:
    """A record whose inner work the person may read."""
    ticket = access.get(request.user, number)
    if not access.can(request.user, "read_notes", ticket):
        raise missing()
    return ticket


# ── Links ────────────────────────────────────────────────────────────────────────────────────


def visible_links(user: User, ticket: Ticket) -> QuerySet[Link]:
    """The links whose other end the person may know of."""
    others = Ticket.objects.visible_to(user).values("pk")
    seen = Q(source=ticket, target__in=others) | Q(target=ticket, source__in=others)
    return Link.objects.filter(seen).select_related("source", "target").order_by("id")


def _link(made: Link, ticket: Ticket) -> dict[str, Any]:
    inverse = made.target_id == ticket.pk
    other = made.source if inverse else made.target
    kind = LinkType(made.type)
    return {
        "id": made.pk,
        "type": made.type,
        "inverse": inverse,
        "label": str(kind.inverse_label if inverse else kind.label),
        "ticket": {
            name: getattr(other, name) for name in ("number", "kind", "title", "status", "phase")
        },
        "created_at": instant(made.created_at),
    }


class Links(ApiView):
    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        found = visible_links(request.user, ticket)
        return Response({"results": [_link(made, ticket) for made in found]})

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        values = read(request, forms.Linking)
        other = access.get(request.user, values["ticket"])
        source, target = (other, ticket) if values.get("inverse") else (ticket, other)
        made = actions.link(source, LinkType(values["type"]), target, by=request.user)
        return Response(_link(made, ticket), status=201)


class OneLink(ApiView):
    def delete(self, request: SignedInRequest, number: str, pk: int) -> Response:
        ticket = access.get(request.user, number)
        made = visible_links(request.user, ticket).filter(pk=pk).first()
        if made is None:
            raise missing()
        actions.unlink(made, by=request.user)
        return no_content()


# ── Tasks ────────────────────────────────────────────────────────────────────────────────────

_TASK = (
    "id", "number", "title", "description", "state", "position", "planned_start", "planned_end",
    "started_at", "ended_at", "created_at", "team_id", "team__name_ko", "team__name_en",
    "assignee_id", "assignee__display_name", "assignee__roman_name",
)  # fmt: skip
_TASK_INSTANTS = ("planned_start", "planned_end", "started_at", "ended_at", "created_at")


def _tasks(found: QuerySet[Task]) -> list[dict[str, Any]]:
    before = ArrayAgg("depends_on__number", filter=Q(depends_on__isnull=False), default=[])
    rows = found.annotate(before=before).order_by("position", "id").values(*_TASK, "before")
    return [
        {
            **{name: row[name] for name in _TASK[:6]},
            **{name: instant(row[name]) for name in _TASK_INSTANTS},
            "team": bilingual(row, "team"),
            "assignee": person(row, "assignee"),
            "depends_on": sorted(row["before"]),
        }
        for row in rows
    ]


class Tasks(ApiView):
    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = desk_record(request, number)
        return Response({"results": _tasks(Task.objects.filter(ticket=ticket))})

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = desk_record(request, number)
        values = read(request, forms.AddingTask)
        task = actions.add_task(ticket, values.pop("title"), by=request.user, **values)
        (shown,) = _tasks(Task.objects.filter(pk=task.pk))
        return Response(shown, status=201)


class OneTask(ApiView):
    def patch(self, request: SignedInRequest, number: str, task: str) -> Response:
        ticket = desk_record(request, number)
        found = Task.objects.filter(ticket=ticket, number=task.upper()).first()
        if found is None:
            raise missing()
        actions.change_task(found, read(request, forms.ChangingTask), by=request.user)
        (shown,) = _tasks(Task.objects.filter(pk=found.pk))
        return Response(shown)


# ── Checklist ────────────────────────────────────────────────────────────────────────────────

_LINE = (
    "id", "text", "position", "done_at",
    "done_by_id", "done_by__display_name", "done_by__roman_name",
)  # fmt: skip


def _lines(found: QuerySet[ChecklistItem]) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in _LINE[:3]},
            "done_at": instant(row["done_at"]),
            "done_by": person(row, "done_by"),
        }
        for row in found.order_by("position", "id").values(*_LINE)
    ]


class Checklist(ApiView):
    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = desk_record(request, number)
        return Response({"results": _lines(ChecklistItem.objects.filter(ticket=ticket))})

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = desk_record(request, number)
        line = actions.add_check(ticket, read(request, forms.AddingLine)["text"], by=request.user)
        (shown,) = _lines(ChecklistItem.objects.filter(pk=line.pk))
        return Response(shown, status=201)


class OneLine(ApiView):
    def patch(self, request: SignedInRequest, number: str, pk: int) -> Response:
        line = _line_of(desk_record(request, number), pk)
        actions.tick(line, read(request, forms.Ticking)["done"], by=request.user)
        (shown,) = _lines(ChecklistItem.objects.filter(pk=pk))
        return Response(shown)

    def delete(self, request: SignedInRequest, number: str, pk: int) -> Response:
        actions.drop_check(_line_of(desk_record(request, number), pk), by=request.user)
        return no_content()


def _line_of(ticket: Ticket, pk: int) -> ChecklistItem:
    line = ChecklistItem.objects.filter(ticket=ticket, pk=pk).first()
    if line is None:
        raise missing()
    return line


# ── Watchers ─────────────────────────────────────────────────────────────────────────────────

_WATCH = ("user_id", "user__display_name", "user__roman_name", "added_at")


class Watchers(ApiView):
    """Others' watching is the desk's to know; everybody sees whether they watch themselves."""

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        found = Watch.objects.filter(ticket=ticket)
        if not access.can(request.user, "read_notes", ticket):
            found = found.filter(user=request.user)
        shown = [
            {"user": person(row, "user"), "added_at": instant(row["added_at"])}
            for row in found.order_by("id").values(*_WATCH)
        ]
        return Response({"results": shown})

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        user = read(request, forms.Watching)["user"]
        actions.watch(ticket, user, by=request.user)
        row = Watch.objects.filter(ticket=ticket, user=user).values(*_WATCH).get()
        shown = {"user": person(row, "user"), "added_at": instant(row["added_at"])}
        return Response(shown, status=201)


class OneWatcher(ApiView):
    def delete(self, request: SignedInRequest, number: str, pk: int) -> Response:
        ticket = access.get(request.user, number)
        user = User.objects.filter(pk=pk).first()
        if user is None:
            raise missing()
        actions.unwatch(ticket, user, by=request.user)
        return no_content()
