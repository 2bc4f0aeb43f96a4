"""The inbox: grouped by record, read when the record is seen, nothing one may not see."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications import actions as notices
from notifications import queries
from notifications.enums import Channel, Level, What
from notifications.models import Mute, Notice, Preference
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def scene(tell):
    """An agent with three records: two replies on the first, one on each of the others."""
    agent = make_agent("김하나", team=make_team())
    requester = make_user("박요청", roman_name="Park")
    tickets = [open_incident(f"Record {n}", by=requester) for n in range(3)]
    for ticket in tickets:
        actions.assign(ticket, by=agent, assignee=agent)
    tell()
    Notice.objects.all().delete()
    for ticket in [tickets[0], *tickets]:
        actions.comment(ticket, f"Still on {ticket.number}", by=requester)
    tell()
    client = Client()
    client.force_login(agent)
    return agent, requester, tickets, client


def text(response):
    return response.content.decode()


def test_one_line_for_each_record_the_newest_first(scene):
    agent, _requester, tickets, client = scene
    groups, following = queries.inbox(agent)
    assert [group.ticket for group in groups] == [tickets[2], tickets[1], tickets[0]]
    assert [group.total for group in groups] == [1, 1, 2]
    assert following is None
    page = text(client.get("/inbox/"))
    for ticket in tickets:
        assert page.count(f'href="/inc/{ticket.number}/"') == 1
    assert "Still on" in page
    assert queries.unread_count(agent) == 3


def test_the_page_and_its_part_hold_the_same_list(scene):
    *_rest, client = scene
    whole, part = client.get("/inbox/"), client.get("/inbox/", headers=HX)
    assert "<html" in text(whole)
    assert "<html" not in text(part)
    assert 'id="inbox"' in text(whole)
    assert 'id="inbox"' in text(part)
    assert "HX-Request" in whole["Vary"]


def test_pages_go_by_key(scene):
    agent, _requester, tickets, _client = scene
    first, following = queries.inbox(agent, limit=2)
    second, end = queries.inbox(agent, limit=2, before=following)
    assert [group.ticket for group in first + second] == tickets[::-1]
    assert end is None


def test_the_number_of_queries_does_not_grow(scene, tell):
    agent, requester, _tickets, client = scene
    client.get("/inbox/")

    def queries_of_page():
        with CaptureQueriesContext(connection) as captured:
            client.get("/inbox/", headers=HX)
        return len(captured)

    few = queries_of_page()
    for number in range(27):
        ticket = open_incident(f"More {number}", by=requester)
        actions.assign(ticket, by=make_agent(), assignee=agent)
        actions.comment(ticket, "Hello", by=requester)
    tell()
    assert queries_of_page() == few


def test_seeing_the_record_reads_its_notices(scene):
    agent, _requester, tickets, client = scene
    actions.mark_seen(tickets[0], by=agent)
    assert queries.unread_count(agent) == 2
    assert tickets[0].number not in text(client.get("/inbox/?show=unread"))


def test_chosen_ones_and_all_are_marked_read_and_cleared(scene):
    agent, _requester, tickets, client = scene
    client.post("/inbox/read/", {"tickets": [tickets[0].pk]})
    assert queries.unread_count(agent) == 2
    client.post("/inbox/read/", {})
    assert queries.unread_count(agent) == 2
    client.post("/inbox/read/", {"everything": "1"})
    assert queries.unread_count(agent) == 0
    client.post("/inbox/clear/", {"tickets": [tickets[0].pk, tickets[1].pk]})
    assert [group.ticket for group in queries.inbox(agent)[0]] == [tickets[2]]
    response = client.post("/inbox/clear/", {"everything": "1"}, headers=HX)
    assert "Nothing here" in text(response)
    assert not Notice.objects.filter(user=agent).exists()


@pytest.mark.parametrize("data", [{"tickets": "1; DROP"}, {"tickets": "99999999999999999999"}])
def test_nonsense_chooses_nothing(scene, data):
    agent, _requester, _tickets, client = scene
    assert client.post("/inbox/clear/", data).status_code == 302
    assert queries.unread_count(agent) == 3


def test_nobody_touches_anothers_inbox(scene):
    agent, _requester, tickets, _client = scene
    other = Client()
    other.force_login(make_agent())
    other.post("/inbox/clear/", {"tickets": [tickets[0].pk]})
    other.post("/inbox/read/", {"everything": "1"})
    assert queries.unread_count(agent) == 3


def test_reading_changes_nothing_by_get(scene):
    *_rest, client = scene
    for path in ("read", "clear", "preferences/reset", "mute/INC-1"):
        assert client.get(f"/inbox/{path}/").status_code == 405


def test_a_record_that_was_closed_to_somebody_leaves_their_inbox_and_count(scene, tell):
    _agent, _requester, tickets, _client = scene
    outsider, insider = make_agent(), make_agent()
    said = "Look at this"
    actions.comment(tickets[0], said, by=insider, visibility="internal", mentions=[outsider])
    tell()
    assert queries.unread_count(outsider) == 1
    client = Client()
    client.force_login(outsider)
    assert said in text(client.get("/inbox/"))
    actions.restrict(tickets[0], True, by=insider)
    assert queries.unread_count(outsider) == 0
    page = text(client.get("/inbox/"))
    assert tickets[0].number not in page
    assert said not in page


def test_an_internal_note_is_not_quoted_to_who_may_no_longer_read_notes(scene, tell):
    _agent, _requester, tickets, _client = scene
    helper = make_agent()
    note = "Between us"
    actions.comment(tickets[0], note, by=make_agent(), visibility="internal", mentions=[helper])
    tell()
    actions.watch(tickets[0], helper, by=helper)
    helper.grants.all().delete()
    client = Client()
    client.force_login(helper)
    page = text(client.get("/inbox/"))
    assert tickets[0].number in page
    assert note not in page


def test_a_requester_reads_in_the_portal(scene, tell):
    agent, requester, tickets, _client = scene
    actions.comment(tickets[0], "Done?", by=agent)
    tell()
    client = Client()
    client.force_login(requester)
    page = text(client.get("/inbox/"))
    assert f'href="/portal/my/{tickets[0].number}/"' in page
    assert 'class="portal"' in page or "portal-top" in page


def test_the_bell_counts_records(scene):
    *_rest, client = scene
    assert text(client.get("/inbox/count/")).strip().endswith("</span>3</span>")
    client.post("/inbox/read/", {"everything": "1"})
    assert "count--alert" not in text(client.get("/inbox/count/"))


def test_muting_and_hearing_again(scene):
    agent, _requester, tickets, client = scene
    client.post(f"/inbox/mute/{tickets[0].number}/", {"on": "1"})
    assert queries.is_muted(agent, tickets[0])
    client.post(f"/inbox/mute/{tickets[0].number}/", {})
    assert not queries.is_muted(agent, tickets[0])


def test_nobody_mutes_what_they_may_not_see(scene):
    _agent, _requester, tickets, _client = scene
    client = Client()
    client.force_login(make_user())
    assert client.post(f"/inbox/mute/{tickets[0].number}/", {"on": "1"}).status_code == 404
    assert not Mute.objects.exists()


def test_the_matrix_shows_defaults_and_keeps_only_what_differs(scene):
    agent, _requester, _tickets, client = scene
    rows = dict(queries.matrix(agent))
    assert [choice.level for choice in rows[What.ANSWERED]] == [Level.NOW, Level.NOW]
    sent = {c.name: c.level.value for cells in rows.values() for c in cells}
    sent |= {"answered.mail": "none", "team_work.mail": "digest", "replied.mail": "nonsense"}
    sent = {name: level for name, level in sent.items() if name != "noted.in_app"}
    client.post("/inbox/preferences/", sent)
    kept = set(Preference.objects.values_list("what", "channel", "level"))
    assert kept == {
        (What.ANSWERED, Channel.MAIL, Level.NONE),
        (What.TEAM_WORK, Channel.MAIL, Level.DIGEST),
        (What.NOTED, Channel.IN_APP, Level.NONE),
    }
    page = text(client.get("/inbox/preferences/"))
    assert "Reset to defaults" in page
    client.post("/inbox/preferences/reset/")
    assert not Preference.objects.exists()
    assert "Reset to defaults" not in text(client.get("/inbox/preferences/"))


def test_a_requesters_matrix_has_no_rows_of_the_desk(scene):
    _agent, requester, _tickets, _client = scene
    whats = {what for what, _choices in queries.matrix(requester)}
    assert What.NOTED not in whats
    assert What.REPLIED in whats


def test_marking_read_counts_what_was_not(scene):
    agent, *_rest = scene
    assert notices.mark_read(by=agent) == 4
    assert notices.mark_read(by=agent) == 0
