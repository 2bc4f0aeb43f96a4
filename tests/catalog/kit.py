"""Offerings and requests for tests."""

from itertools import count
from typing import Any

from accounts.models import User
from catalog.actions import requests
from catalog.enums import VersionState
from catalog.models import Offering, OfferingVersion, Request, Shelf
from core import outbox
from core.models import OutboxMessage
from tests.factories import make_team, make_user
from tickets.enums import TaskState
from tickets.models import ApprovalPolicy, ApprovalSeat, Task, Ticket

_number = count(1)


def text(said: str) -> dict[str, str]:
    return {"ko": said, "en": said}


def question(key: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": type_, "label": text(key.title()), **more}


def task(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": text(key.title()), **more}


def make_offering(name: str = "Laptop", **data: Any) -> Offering:
    """A published offering; `data`: of its definition. `fields` are the questions."""
    number = next(_number)
    shelf, _created = Shelf.objects.get_or_create(
        slug="things", defaults={"name_ko": "물건", "name_en": "Things"}
    )
    offering = Offering.objects.create(
        slug=f"offering-{number}",
        name_ko=name,
        name_en=name,
        shelf=shelf,
        service=data.pop("service", None),
        audience=data.get("audience", {"everybody": True}),
    )
    publish(offering, name=text(name), **data)
    return offering


def publish(offering: Offering, **data: Any) -> OfferingVersion:
    """A further version, which counts from now on."""
    fields = data.pop("fields", [])
    data.setdefault("form", {"sections": [{"key": "s", "title": text(""), "fields": fields}]})
    data.setdefault("name", text(offering.name_en))
    newest = offering.versions.order_by("-number").first()
    offering.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.REPLACED)
    made = OfferingVersion.objects.create(
        offering=offering,
        number=newest.number + 1 if newest else 1,
        state=VersionState.PUBLISHED,
        data=data,
    )
    offering.live = made
    offering.save(update_fields=["live"])
    return made


def make_policy(*stages: list[User], **more: Any) -> ApprovalPolicy:
    """A line in which these people decide, stage after stage."""
    return ApprovalPolicy.objects.create(
        name_ko="결재",
        name_en="Approval",
        data={
            "stages": [
                {
                    "name": text("Stage"),
                    "kind": "approve",
                    "who": [{"type": "person", "id": user.pk} for user in people],
                    "decided_by": "first",
                }
                for people in stages
            ],
            **more,
        },
    )


def ask(offering: Offering, by: User | None = None, **more: Any) -> Ticket:
    """A request for it."""
    if not offering.live.data.get("team"):
        make_team()
    return requests.submit(offering, more.pop("answers", {}), by=by or make_user(), **more)


def row(ticket: Ticket) -> Request:
    return Request.objects.get(pk=ticket.pk)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def seat(ticket: Ticket) -> ApprovalSeat:
    """The seat that is to decide now."""
    return ApprovalSeat.objects.filter(ticket=ticket, state="pending").get()


def tasks(ticket: Ticket) -> dict[str, Task]:
    return {task.title: task for task in Task.objects.filter(ticket=ticket).order_by("position")}


def end(task: Task, state: str = TaskState.DONE, by: User | None = None) -> None:
    from tickets.actions import change_task

    change_task(Task.objects.get(pk=task.pk), {"state": state}, by=by)


def do_later() -> None:
    """What was promised of bundles is done now."""
    OutboxMessage.objects.exclude(topic="catalog.follow_parts").delete()
    while outbox.dispatch_due().total:
        OutboxMessage.objects.exclude(topic="catalog.follow_parts").delete()
