"""Lists: filters, sorts, pages that stay put, and the number of queries."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Api
from tests.factories import (
    make_category,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


@pytest.mark.parametrize("sort", ["number", "-number", "priority", "-updated_at", "opened_at"])
def test_walking_all_pages_shows_each_record_once_while_others_arrive(agent, sort):
    before = {open_incident(impact=1 + n % 3, by=agent.user).number for n in range(7)}
    seen, address = [], f"/api/v1/tickets/?sort={sort}&page_size=2"
    while address:
        answer = agent.get(address)
        seen += numbers(answer)
        if len(seen) == 4:
            open_incident(by=agent.user)
        address = answer.json()["next"] and answer.json()["next"].removeprefix("http://testserver")
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_pages_can_be_walked_backwards(agent):
    made = [open_incident(by=agent.user).number for _ in range(5)]
    first = agent.get("/tickets/?sort=number&page_size=2")
    assert (first.json()["previous"], numbers(first)) == (None, made[:2])
    second = agent.get(first.json()["next"].removeprefix("http://testserver"))
    third = agent.get(second.json()["next"].removeprefix("http://testserver"))
    assert (numbers(third), third.json()["next"]) == (made[4:], None)
    back = agent.get(third.json()["previous"].removeprefix("http://testserver"))
    assert numbers(back) == made[2:4]
    assert 'rel="next"' in back["Link"]
    start = agent.get(back.json()["previous"].removeprefix("http://testserver"))
    assert (numbers(start), start.json()["previous"]) == (made[:2], None)


def test_a_cursor_of_another_sort_is_refused(agent):
    for _ in range(2):
        open_incident(by=agent.user)
    answer = agent.get("/tickets/?sort=number&page_size=1").json()["next"]
    cursor = answer.partition("cursor=")[2].partition("&")[0]
    assert agent.get(f"/tickets/?sort=-number&cursor={cursor}").status_code == 400


def test_counts_are_made_only_when_asked(agent):
    open_incident(by=agent.user)
    assert "count" not in agent.get("/tickets/").json()
    counted = agent.get("/tickets/?count=1").json()
    assert (counted["count"], counted["count_is_exact"]) == (1, True)


def test_counts_stop_at_a_cap(agent, monkeypatch):
    from core.api import paging

    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    for _ in range(3):
        open_incident(by=agent.user)
    counted = agent.get("/tickets/?count=1").json()
    assert (counted["count"], counted["count_is_exact"]) == (2, False)


def test_filters_narrow_by_what_they_say(agent, team):
    other_team, service = make_team(), make_service()
    parent = make_category()
    child = make_category(parent=parent)
    person = make_user()
    plain = open_incident("Printer jams", by=person)
    special = open_incident(
        "VPN 연결 끊김",
        by=agent.user,
        impact=1,
        urgency=1,
        service=service,
        category=child,
        tags=["vpn", "서울"],
        team=other_team,
        requester=person,
    )
    actions.assign(special, by=agent.user, assignee=agent.user)
    both = {plain.number, special.number}
    only = {special.number}
    asked = {
        "kind=incident": both,
        "status=assigned": only,
        "status=new,assigned": both,
        "phase=active": only,
        "priority=1": only,
        "priority=1,5": both,
        f"team={other_team.pk}": only,
        f"team={other_team.pk},{team.pk}": both,
        "assignee=me": only,
        "assignee=none": {plain.number},
        "assignee=me,none": both,
        f"requester={person.pk}": both,
        "opened_by=me": only,
        f"service={service.pk}": only,
        "service=none": {plain.number},
        f"category={parent.pk}": only,
        "tag=vpn": only,
        "tag=" + quote("서울"): only,
        "channel=system": both,
        "restricted=false": both,
        "restricted=true": set(),
        "has_parent=false": both,
        "q=vpn": only,
        "q=" + quote("연결"): only,
        f"q={plain.number.lower()}": {plain.number},
        "phase=active&priority=5": set(),
    }
    for query, expected in asked.items():
        assert set(numbers(agent.get(f"/tickets/?{query}"))) == expected, query


def test_ranges_of_time(agent):
    old, new = open_incident(by=agent.user), open_incident(by=agent.user)
    now = datetime.now(UTC)
    Ticket.objects.filter(pk=old.pk).update(
        opened_at=now - timedelta(days=9), resolved_at=now - timedelta(days=8)
    )
    week = quote((now - timedelta(days=7)).isoformat())
    assert numbers(agent.get(f"/tickets/?opened_after={week}")) == [new.number]
    assert numbers(agent.get(f"/tickets/?opened_before={week}")) == [old.number]
    assert numbers(agent.get(f"/tickets/?resolved_before={week}")) == [old.number]
    assert numbers(agent.get("/tickets/?sort=-resolved_at")) == [old.number]
    unescaped = "2020-01-01T00:00:00+09:00"  # a plus sign arrives as a space
    assert len(numbers(agent.get(f"/tickets/?updated_after={unescaped}"))) == 2


ADDRESSES = ["/tickets/", "/incidents/?sort=priority&q=VPN", "/tickets/?assignee=none&count=1"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_as_many_queries_for_thirty_rows_as_for_one(agent, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert agent.get(address).status_code == 200
        return len(captured)

    agent.get(address)  # notes the use of the token
    open_incident(by=agent.user)
    one = queries()
    for _ in range(29):
        open_incident(by=make_user(), service=make_service(), tags=["a"])
    assert queries() == one
    assert one <= (3 if "count" in address else 2)  # token with standing, rows (and count)


@pytest.mark.parametrize("sub", ["comments", "attachments", "events", "tasks", "links"])
def test_as_many_queries_on_a_record_with_much_on_it(agent, sub):
    from io import BytesIO

    from tickets.actions.attach import Upload
    from tickets.enums import LinkType

    ticket = open_incident(by=agent.user)

    def fill():
        actions.comment(ticket, "x", by=agent.user)
        actions.attach(ticket, Upload("a.txt", BytesIO(b"a"), 1), by=agent.user)
        actions.add_task(ticket, "x", by=agent.user)
        actions.link(ticket, LinkType.RELATED, open_incident(by=agent.user), by=agent.user)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert agent.get(f"/tickets/{ticket.number}/{sub}/").status_code == 200
        return len(captured)

    fill()
    queries()
    one = queries()
    for _ in range(9):
        fill()
    assert queries() == one


def test_requesters_see_their_own_only_and_less_of_each(requester, agent):
    mine = open_incident(by=requester.user, tags=[])
    open_incident(by=make_user())
    answer = requester.get("/tickets/")
    assert numbers(answer) == [mine.number]
    (row,) = answer.json()["results"]
    assert not {"tags", "restricted", "reassign_count", "priority_overridden"} & set(row)
    assert "tags" in agent.get("/tickets/").json()["results"][0]


def test_counts_leave_out_what_may_not_be_seen():
    team = make_team()
    hidden = open_incident(by=make_user(), team=None)
    Ticket.objects.filter(pk=hidden.pk).update(restricted=True, team=team)
    agent = Api(make_user(role="agent"))
    assert agent.get("/tickets/?count=1&restricted=true").json()["count"] == 0


def test_search_says_why_and_keeps_to_what_may_be_seen(agent, requester):
    ticket = open_incident("메일이 안 옵니다", by=requester.user)
    actions.comment(ticket, "Exchange <b>restarted</b>", by=agent.user, visibility="internal")
    found = agent.get("/search/?q=restarted").json()
    assert (found["total"], found["more"]) == (1, False)
    (hit,) = found["results"]
    assert (hit["number"], hit["why"]) == (ticket.number, "comment")
    assert "&lt;b&gt;" in hit["excerpt_html"]
    assert requester.get("/search/?q=restarted").json()["results"] == []
    (hit,) = requester.get("/search/?q=" + quote("메일")).json()["results"]
    assert hit["why"] == "title"
    assert agent.get("/search/?q=%20").status_code == 400
    assert agent.get("/search/").status_code == 400
