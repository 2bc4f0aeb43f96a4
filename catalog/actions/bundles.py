"""Bundles: one request that asks for several others, and is there when they are.

The parts are asked for when the bundle itself is accepted, so what approves the bundle approves
every part that has no approval of its own; a part that has one asks for it then. A bundle that is
rejected or taken back before has no parts yet.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from catalog.access import can_ask
from catalog.actions import making
from catalog.conditions import truth
from catalog.definition import Definition, Part
from catalog.models import Offering, Request
from core import outbox
from core.errors import ActionError
from core.states import OPEN_PHASES, Phase
from tickets import actions as kernel
from tickets.actions.tasks import add_task
from tickets.enums import LinkType, TaskState
from tickets.models import Link, Ticket

TOPIC = "catalog.follow_parts"
# A part of a part is asked for; deeper than this nobody meant it.
DEEPEST = 3


def open_parts(
    ticket: Ticket, request: Request, definition: Definition, asked: Mapping[str, Any]
) -> list[Ticket]:
    """Open the parts whose condition holds. One that can't be asked for becomes a task."""
    today = timezone.localdate()
    wanted = [part for part in definition.bundle if truth(part.condition, asked, today)]
    if not wanted or _depth(ticket) >= DEEPEST:
        return []
    offerings = Offering.objects.select_related("live", "service").in_bulk(
        [part.offering for part in wanted]
    )
    return [
        made
        for part in wanted
        if (made := _open_part(ticket, request, part, offerings.get(part.offering), asked))
    ]


def _open_part(
    ticket: Ticket,
    request: Request,
    part: Part,
    offering: Offering | None,
    asked: Mapping[str, Any],
) -> Ticket | None:
    if offering is None or not offering.is_active or offering.live is None:
        _by_other_means(ticket, part, offering, gettext_noop("It is no longer offered."))
        return None
    if not _is_for_them(ticket, request, offering):
        why = gettext_noop(
            "It is not meant for who asks, nor for whom it is. Look whether it may be."
        )
        _by_other_means(ticket, part, offering, why)
        return None
    made = making.make(
        offering,
        offering.live,
        _answers(part, asked),
        by=ticket.opened_by,
        requester=ticket.requester,
        beneficiary=request.beneficiary,
        channel=ticket.channel,
    )
    kernel.link(ticket, LinkType.PARENT_OF, made, by=None)
    return made


def _is_for_them(ticket: Ticket, request: Request, offering: Offering) -> bool:
    """A bundle opens nothing to people who could not get it alone."""
    people = (ticket.requester, request.beneficiary)
    return any(can_ask(person, offering) for person in people if person is not None)


def _by_other_means(ticket: Ticket, part: Part, offering: Offering | None, why: str) -> None:
    with override(ticket.requester.language or settings.LANGUAGE_CODE):
        name = offering.name if offering else f"#{part.offering}"
        title = _("Provide by other means: %(name)s") % {"name": name}
        add_task(ticket, title, by=None, description=_(why))


def _answers(part: Part, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a part: a fixed value, or what was answered to a question of the bundle."""
    found = {
        key: said.get("value") if isinstance(said, Mapping) else asked.get(str(said))
        for key, said in part.answers.items()
    }
    return {key: value for key, value in found.items() if value is not None}


def _depth(ticket: Ticket) -> int:
    depth, above = 0, ticket.pk
    while depth < DEEPEST:
        parent = Link.objects.filter(type=LinkType.PARENT_OF, target_id=above)
        found = parent.values_list("source_id", flat=True).first()
        if found is None:
            break
        depth, above = depth + 1, found
    return depth


def parts_of(ticket: Ticket) -> list[Ticket]:
    """The records below this one, in the order they were made."""
    links = Link.objects.filter(source=ticket, type=LinkType.PARENT_OF).select_related("target")
    return [link.target for link in links.order_by("id")]


def standing(ticket: Ticket) -> list[str]:
    """The parts as if they were tasks: open, in progress, done, or left out."""
    return [state_of(part) for part in parts_of(ticket)]


def state_of(part: Ticket) -> TaskState:
    """One part as if it were a task."""
    if part.phase not in OPEN_PHASES:
        return TaskState.SKIPPED if part.state.withdrawn else TaskState.DONE
    return TaskState.OPEN if part.is_unbegun else TaskState.IN_PROGRESS


def delivered_titles(ticket: Ticket) -> list[str]:
    """What the parts that are there are called."""
    return [part.title for part in parts_of(ticket) if state_of(part) == TaskState.DONE]


def tell_parent(ticket: Ticket, event_id: int) -> None:
    """Promise that the record above is brought along.

    Later and by itself: whoever moves the one above locks it before its parts, so a part that
    locked the one above might wait for it while that one waits for the part.
    """
    above = Link.objects.filter(type=LinkType.PARENT_OF, target=ticket, source__kind=ticket.kind)
    parent = above.values_list("source_id", flat=True).first()
    if parent is not None:
        outbox.put(TOPIC, {"ticket": parent}, key=f"{TOPIC}:{event_id}")


def close_parts(ticket: Ticket) -> None:
    """A bundle was confirmed: its parts that are there need no word of their own."""
    for part in parts_of(ticket):
        if part.phase == Phase.RESOLVED and part.kind == ticket.kind:
            try:
                kernel.transition(part, "close", by=None, anyway=True)
            except ActionError:  # somebody reopened it just now: it goes on
                continue
