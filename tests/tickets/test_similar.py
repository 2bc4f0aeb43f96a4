"""Similar open records and proposals: rules.md section 4."""

import pytest

from tests.factories import make_agent, make_category, make_service, make_team, open_incident
from tickets import actions
from tickets.models import Ticket
from tickets.similar import propose, similar_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent(team=make_team())


@pytest.mark.parametrize(
    ("title", "like", "unlike"),
    [
        ("VPN 접속이 끊깁니다", "VPN 접속이 자꾸 끊겨요", "프린터 용지 걸림"),
        ("Outlook can't send mail", "Outlook cannot send mails", "Laptop battery swollen"),
    ],
)
def test_similar_open_records_are_found_in_both_languages(agent, title, like, unlike):
    alike = open_incident(like)
    open_incident(unlike)
    assert similar_open(agent, title) == [alike]


def test_the_record_itself_and_finished_ones_are_left_out(agent):
    one, other = open_incident("VPN down in Busan"), open_incident("VPN down in Busan")
    actions.transition(other, "cancel", by=agent, reason="Twice.")
    assert similar_open(agent, one.title, exclude=one.pk) == []


def test_similar_records_that_one_may_not_see_stay_hidden(agent):
    secret = open_incident("Salary file leaked")
    Ticket.objects.filter(pk=secret.pk).update(restricted=True, team=make_team())
    assert similar_open(agent, "Salary file leaked") == []
    assert propose(agent, "incident", "Salary file leaked").based_on == 0


def test_a_proposal_is_what_most_similar_records_share(agent):
    service, category = make_service(), make_category()
    for _ in range(3):
        open_incident("회의실 화면이 안 나와요", service=service, category=category, impact=2)
    open_incident("회의실 화면이 안 나와요")
    proposal = propose(agent, "incident", "회의실 화면이 안 나옵니다")
    assert (proposal.service, proposal.category, proposal.impact) == (service, category, 2)
    assert proposal.based_on == 3


def test_without_agreement_nothing_is_proposed(agent):
    for _ in range(3):
        open_incident("Keyboard broken", service=make_service())
    assert propose(agent, "incident", "Keyboard broken").service is None
    assert propose(agent, "incident", "Something else entirely").based_on == 0
