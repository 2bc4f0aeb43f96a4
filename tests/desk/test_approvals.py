"""Approvals on the record's page: panel, story, stopping a round, the queue's view."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from tests.approving import ask, seat_of, stage
from tests.factories import make_agent, make_team, make_user
from tickets import actions
from tickets.models import Approval, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def agent(team):
    return make_agent(team=team, language="en")


def reading(user, where):
    client = Client()
    client.force_login(user)
    return client.get(where)


def body(user, ticket, rest=""):
    response = reading(user, f"{ticket.get_absolute_url()}{rest}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_record_with_approvals_has_a_panel_with_every_round(agent):
    boss = make_user("김하늘")
    approval = ask(stage(boss))
    actions.decide(seat_of(approval, boss), "reject", by=boss, opinion="예산 없음")
    actions.ask(approval.ticket, policy=approval.policy, by=approval.asked_by)
    assert "tab-approvals" in body(agent, approval.ticket)
    panel = body(agent, approval.ticket, "panel/approvals/")
    for word in ("Round 2", "Round 1", "예산 없음", "Being reviewed", "Now with: 김하늘"):
        assert word in panel


def test_a_record_without_approvals_has_no_such_tab(agent):
    approval = ask(stage(make_user()))
    other = Ticket.objects.create(
        **{
            field.attname: getattr(approval.ticket, field.attname)
            for field in Ticket._meta.concrete_fields
            if not field.primary_key and field.name not in ("number", "serial")
        },
        number="INC-990001",
        serial=990001,
    )
    type(approval.ticket.incident)(ticket=other).save_base(raw=True)
    assert "tab-approvals" not in body(agent, other)


def test_the_story_tells_each_step_in_words(agent):
    boss, chief = make_user("김하늘"), make_user("정대표")
    approval = ask(stage(boss), stage(chief))
    actions.hold(seat_of(approval, boss), "견적 대기", by=boss)
    actions.decide(seat_of(approval, boss), "approve", by=boss, opinion="좋습니다")
    actions.decide(seat_of(approval, chief), "reject", by=chief, opinion="중복입니다")
    story = body(agent, approval.ticket)
    for word in (
        "Asked for approval",
        "To decide: 김하늘",
        "Approval put on hold",
        "견적 대기",
        "Opinion: 좋습니다",
        "Rejected",
        "Approval ended: rejected",
    ):
        assert word in story


def test_the_requester_reads_what_concerns_them(agent):
    boss, person = make_user("김하늘"), make_user(language="en")
    approval = ask(stage(boss), by=person)
    actions.hold(seat_of(approval, boss), "혼자 생각", by=boss)
    actions.decide(seat_of(approval, boss), "reject", by=boss, opinion="중복입니다")
    page = reading(person, f"/portal/my/{approval.ticket.number}/").content.decode()
    assert "김하늘: Rejected" in page
    assert "중복입니다" in page
    assert "혼자 생각" not in page


def test_whoever_may_stops_a_round_with_a_reason(team, agent):
    boss = make_user()
    lead = make_agent(team=team, role=Role.TEAM_LEAD)
    approval = ask(stage(boss))
    where = f"{approval.ticket.get_absolute_url()}approval/void/"
    client = Client()
    client.force_login(agent)
    assert client.post(where, {"reason": "바뀜"}).status_code == 302
    assert Approval.objects.get().state == "pending"
    client.force_login(lead)
    client.post(where, {"reason": " "})
    assert Approval.objects.get().state == "pending"
    client.post(where, {"reason": "일정이 바뀌었습니다"})
    assert Approval.objects.get().state == "void"
    assert "일정이 바뀌었습니다" in body(lead, approval.ticket, "panel/approvals/")


def test_the_desk_recalls_only_what_it_asked(team, agent):
    approval = ask(stage(make_user()))
    where = f"{approval.ticket.get_absolute_url()}approval/recall/"
    client = Client()
    client.force_login(agent)
    assert client.get(where).status_code == 405
    client.post(where)
    assert Approval.objects.get().state == "pending"
    mine = ask(stage(make_user()), by=agent)
    client.post(f"{mine.ticket.get_absolute_url()}approval/recall/")
    assert Approval.objects.get(pk=mine.pk).state == "recalled"


def test_the_queue_has_a_view_of_what_waits_for_my_approval(team, agent):
    boss = make_agent(team=team, language="en")
    approval = ask(stage(boss))
    ask(stage(make_user()), title="남의 결재")
    queue = reading(boss, "/desk/q/approvals/").content.decode()
    assert approval.ticket.number in queue
    assert "남의 결재" not in queue


def test_the_panel_costs_the_same_for_many_rounds_and_people(agent):
    def cost(approval):
        client = Client()
        client.force_login(agent)
        with CaptureQueriesContext(connection) as seen:
            client.get(f"{approval.ticket.get_absolute_url()}panel/approvals/")
        return len(seen)

    few = cost(ask(stage(make_user())))
    many = ask(stage(*[make_user() for _each in range(10)]))
    for _again in range(3):
        actions.recall(many, by=many.asked_by)
        many = actions.ask(many.ticket, policy=many.policy, by=many.asked_by)
    assert cost(many) == few
