"""Records at work while agreements are published end up by the books that count for them.

A book whose instant lies before what happened already is one that those at work did not see yet.
"""

from datetime import timedelta

import pytest

from core.models import OutboxMessage
from sla.actions import check, publish
from sla.actions.publish import recompute
from sla.models import Book, Clock, Target
from tests.factories import make_agent, make_team, open_incident, resolution
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def solved_meanwhile(reach: str) -> tuple[Ticket, Book]:
    agent = make_agent(team=make_team())
    ticket = open_incident(by=agent)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    Target.objects.filter(metric="resolution").update(goal=1800)
    return ticket, publish(by=None, reach=reach, at=ticket.opened_at - timedelta(seconds=5))


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("reach", ["new", "open", "all"])
def test_what_was_opened_and_solved_meanwhile_is_computed_anew(reach: str, again: bool) -> None:
    ticket, book = solved_meanwhile(reach)
    assert list(check())
    recompute(book.pk, again=again)
    assert Clock.objects.get(ticket=ticket, metric="resolution").book_id == book.pk
    assert list(check()) == []


def test_what_was_not_committed_at_the_first_turn_has_a_second_one() -> None:
    _ticket, book = solved_meanwhile("open")
    recompute(book.pk)
    done = Book.objects.get(pk=book.pk).recomputed_at
    second = OutboxMessage.objects.get(key=f"sla.recompute:{book.pk}:again:0")
    assert second.due_at >= book.published_at + timedelta(minutes=2)
    assert recompute(book.pk, again=True).total == 0
    assert Book.objects.get(pk=book.pk).recomputed_at == done
    assert OutboxMessage.objects.filter(key__startswith="sla.recompute").count() == 2
