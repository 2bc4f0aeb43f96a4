"""The history says in one line what became of a promise."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from sla.actions import sweep_due
from sla.wording import escalation_words
from tests.factories import make_agent, make_team, open_incident

DATA = {"metric": "resolution", "step": "75", "due_at": "2026-03-04T08:30:00+00:00", "goal": 60}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "75% of the target used: Resolution, due "),
        ({"step": "100"}, "Target missed: Resolution, due "),
        ({"step": "100+2"}, "Still open after its target was missed (2): Resolution, due "),
        ({"due_at": None}, "75% of the target used: Resolution, due –"),
        ({"refused": "No.", "do": "reassign"}, "Could not be given to another team: No."),
        ({"refused": "No.", "do": "raise_priority"}, "Priority could not be raised: No."),
    ],
)
def test_each_kind_of_line(data: dict[str, str], words: str) -> None:
    with override("en"):
        assert escalation_words({**DATA, **data}).startswith(words)


@pytest.mark.django_db
def test_the_page_of_the_record_has_the_line(client: Client) -> None:
    agent = make_agent(team=make_team(), language="en")
    ticket = open_incident(impact=1, urgency=1)
    sweep_due(ticket.opened_at + timedelta(minutes=20))
    client.force_login(agent)
    page = client.get(f"/inc/{ticket.number}/").content.decode()
    assert "Target missed: First response, due" in page
