"""Clocks follow their records in the same transaction, and a rebuild finds nothing to do."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sla.actions import check, rebuild
from sla.models import Clock
from tests.factories import (
    make_agent,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import Ticket
from tickets.models.ticket import NEVER

pytestmark = pytest.mark.django_db


def clocks(ticket: Ticket) -> dict[str, str]:
    rows = Clock.objects.filter(ticket=ticket).order_by("id")
    return {f"{row.metric} {row.sequence}": row.state for row in rows}


def test_opening_starts_response_and_resolution() -> None:
    ticket = open_incident(impact=1, urgency=1)
    assert clocks(ticket) == {"first_response 1": "running", "resolution 1": "running"}
    response = Clock.objects.get(ticket=ticket, metric="first_response")
    opened = ticket.opened_at.replace(microsecond=0)
    assert response.due_at == opened + timedelta(minutes=15)
    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.breaks_at, row.sla_state) == (response.due_at, "running")
    assert list(check()) == []


def test_a_life_of_replies_pauses_and_an_end() -> None:
    user = make_user()
    agent = make_agent(team=make_team())
    ticket = open_incident(by=user, impact=2, urgency=2)
    actions.comment(ticket, "먼저 확인하겠습니다.", by=agent)
    assert clocks(ticket) == {"first_response 1": "met", "resolution 1": "running"}
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_requester())
    assert clocks(ticket)["resolution 1"] in ("running", "paused")
    actions.comment(ticket, "네, 다시 해 봤어요.", by=user)
    assert clocks(ticket)["next_reply 1"] == "running"
    actions.comment(ticket, "고쳤습니다.", by=agent)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    assert set(clocks(ticket).values()) == {"met"}
    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.breaks_at, row.sla_state) == (NEVER, "met")
    assert list(check()) == []
    assert rebuild().total == 0


def test_a_wrong_row_is_found_and_mended() -> None:
    ticket = open_incident()
    Clock.objects.filter(ticket=ticket, metric="resolution").update(due_at=timezone.now())
    assert [line for line in check() if "due_at" in line]
    assert rebuild().changed == 1
    assert list(check()) == []


def test_the_command_proves_and_mends(capsys):
    ticket = open_incident()
    call_command("sla_clocks")
    Clock.objects.filter(ticket=ticket, metric="resolution").update(goal=1)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("sla_clocks")
    call_command("sla_clocks", rebuild=True)
    call_command("sla_clocks")
    assert "Every clock is what its events say." in capsys.readouterr().out
