"""Comments, files, watchers, links, tasks and the timeline through the API."""

import pytest

from tests.api.conftest import V1, Api
from tests.factories import make_agent, make_user, open_incident
from tickets import actions
from tickets.enums import LinkType
from tickets.models import Attachment, Comment

pytestmark = pytest.mark.django_db


def results(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_agents_reply_and_note_requesters_only_reply(agent, requester):
    ticket = open_incident(by=requester.user)
    where = f"/tickets/{ticket.number}/comments/"
    note = agent.post(where, {"body": "Third time.", "visibility": "internal"})
    assert (note.status_code, note.json()["visibility"]) == (201, "internal")
    assert agent.post(where, {"body": "We are on it."}).json()["visibility"] == "public"
    assert requester.post(where, {"body": "x", "visibility": "internal"}).status_code == 403
    assert requester.post(where, {"body": "Thanks."}).json()["by_requester"] is True
    assert [c["body"] for c in results(requester.get(where))] == ["We are on it.", "Thanks."]
    assert len(results(agent.get(where))) == 3
    assert {c["channel"] for c in results(agent.get(where))} == {"api"}


def test_a_reply_that_crossed_another_is_stopped(agent, requester):
    ticket = open_incident(by=requester.user)
    where = f"/tickets/{ticket.number}/comments/"
    seen = agent.post(where, {"body": "What happened?"}).json()["id"]
    requester.post(where, {"body": "It is the blue one."})
    answer = agent.post(where, {"body": "Hello?", "last_seen": seen})
    assert (answer.status_code, answer.json()["code"]) == (422, "crossed")


def test_a_comment_is_taken_back_by_its_author_only(agent, requester):
    ticket = open_incident(by=requester.user)
    said = agent.post(f"/tickets/{ticket.number}/comments/", {"body": "Oops"}).json()["id"]
    where = f"/tickets/{ticket.number}/comments/{said}/"
    assert requester.delete(where).status_code == 403
    assert agent.delete(where).status_code == 204
    assert agent.delete(where).status_code == 404
    assert results(agent.get(f"/tickets/{ticket.number}/comments/")) == []


def test_files_come_back_as_downloads_that_run_nothing(agent):
    ticket = open_incident()
    page = b"<html><script>alert(1)</script>"
    kept = agent.upload(f"/tickets/{ticket.number}/attachments/", "보고서.html", page).json()
    assert (kept["name"], kept["content_type"], kept["size"]) == (
        "보고서.html",
        "text/html",
        len(page),
    )
    answer = agent.get(kept["url"], Accept="image/png")
    assert b"".join(answer.streaming_content) == page
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%EB%B3%B4" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_on_a_note_stays_on_the_desk(agent, requester):
    ticket = open_incident(by=requester.user)
    where = f"/tickets/{ticket.number}/attachments/"
    kept = agent.upload(where, "log.txt", b"secret", visibility="internal").json()
    assert results(requester.get(where)) == []
    assert requester.get(kept["url"]).status_code == 404
    assert requester.delete(kept["url"]).status_code == 404
    other = open_incident(by=requester.user)
    guessed = f"/tickets/{other.number}/attachments/{kept['id']}/"
    assert agent.get(guessed).status_code == 404


def test_files_have_limits(agent):
    ticket = open_incident()
    where = f"/tickets/{ticket.number}/attachments/"
    assert agent.upload(where, "run.exe", b"MZ").json()["code"] == "refused_type"
    assert agent.upload(where, "empty.txt", b"").json()["code"] == "empty"
    assert agent.client.post(f"{V1}{where}", {}, headers=agent.headers).status_code == 400
    extra = agent.upload(where, "a.txt", b"a", uploaded_by="1")
    assert (extra.status_code, extra.json()["errors"][0]["field"]) == (400, "uploaded_by")
    assert agent.post(where, {"file": "x"}).status_code == 415
    assert Attachment.objects.count() == 0


def test_a_body_larger_than_any_file_is_not_received(agent):
    from core import options

    options.put("attachment_megabytes", 1)
    ticket = open_incident()
    answer = agent.upload(f"/tickets/{ticket.number}/attachments/", "a.bin", b"x" * 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_removed_file_is_gone(agent):
    ticket = open_incident()
    kept = agent.upload(f"/tickets/{ticket.number}/attachments/", "a.txt", b"a").json()
    assert agent.delete(kept["url"]).status_code == 204
    assert agent.get(kept["url"]).status_code == 404


def test_links_read_from_both_ends(agent):
    one, two = open_incident("One"), open_incident("Two")
    made = agent.post(
        f"/tickets/{one.number}/links/", {"type": "caused_by", "ticket": two.number.lower()}
    )
    assert made.status_code == 201
    assert made.json()["ticket"]["number"] == two.number
    (other,) = results(agent.get(f"/tickets/{two.number}/links/"))
    assert (other["inverse"], other["label"]) == (True, "causes")
    inverse = {"type": "parent_of", "ticket": two.number, "inverse": True}
    agent.post(f"/tickets/{one.number}/links/", inverse)
    circle = agent.post(
        f"/tickets/{one.number}/links/", {"type": "parent_of", "ticket": two.number}
    )
    assert (circle.status_code, circle.json()["code"]) == (422, "circle")
    assert agent.delete(f"/tickets/{two.number}/links/{other['id']}/").status_code == 204
    assert len(results(agent.get(f"/tickets/{two.number}/links/"))) == 1


def test_links_to_records_out_of_sight_are_not_shown(agent, requester):
    mine, hidden = open_incident(by=requester.user), open_incident(by=make_user())
    made = actions.link(mine, LinkType.RELATED, hidden, by=agent.user)
    assert results(requester.get(f"/tickets/{mine.number}/links/")) == []
    assert requester.delete(f"/tickets/{mine.number}/links/{made.pk}/").status_code == 404
    missing = requester.post(
        f"/tickets/{mine.number}/links/", {"type": "related", "ticket": hidden.number}
    )
    assert missing.status_code == 404


def test_tasks_are_added_and_moved_on(agent):
    ticket = open_incident()
    where = f"/tickets/{ticket.number}/tasks/"
    first = agent.post(where, {"title": "Call the supplier"}).json()
    second = agent.post(where, {"title": "Restart", "depends_on": [first["number"]]}).json()
    assert second["depends_on"] == [first["number"]]
    waits = agent.patch(f"{where}{second['number']}/", {"state": "done"})
    assert (waits.status_code, waits.json()["code"]) == (422, "waits")
    done = agent.patch(f"{where}{first['number'].lower()}/", {"state": "done"})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert [task["state"] for task in results(agent.get(where))] == ["done", "open"]
    other = open_incident()
    assert (
        agent.patch(f"/tickets/{other.number}/tasks/{first['number']}/", {"title": "x"}).status_code
        == 404
    )


def test_checklists_are_ticked(agent):
    ticket = open_incident()
    where = f"/tickets/{ticket.number}/checklist/"
    line = agent.post(where, {"text": "Inform users"}).json()
    ticked = agent.patch(f"{where}{line['id']}/", {"done": True}).json()
    assert ticked["done_by"]["id"] == agent.user.pk
    assert agent.delete(f"{where}{line['id']}/").status_code == 204
    assert results(agent.get(where)) == []


def test_watching(agent, requester):
    ticket = open_incident(by=requester.user)
    where = f"/tickets/{ticket.number}/watchers/"
    person = make_user()
    assert agent.post(where, {"user": person.email}).status_code == 201
    assert [w["user"]["id"] for w in results(agent.get(where))] == [person.pk]
    assert results(requester.get(where)) == []
    assert requester.post(where, {"user": make_user().pk}).status_code == 403
    assert Api(person).delete(f"{where}{person.pk}/").status_code == 204
    assert results(agent.get(where)) == []


def test_the_timeline_tells_requesters_the_outline_only(agent, requester):
    ticket = open_incident(by=requester.user)
    other = open_incident(by=make_user())
    actions.comment(ticket, "Reply", by=agent.user)
    actions.comment(ticket, "Note", by=agent.user, visibility="internal")
    actions.edit(ticket, {"impact": 1}, by=agent.user)
    actions.link(ticket, LinkType.RELATED, other, by=agent.user)
    actions.add_task(ticket, "Task", by=agent.user)
    actions.assign(ticket, by=agent.user, assignee=agent.user)
    agent.upload(f"/tickets/{ticket.number}/attachments/", "n.txt", b"x", visibility="internal")
    agent.upload(f"/tickets/{ticket.number}/attachments/", "p.txt", b"x")
    where = f"/tickets/{ticket.number}/events/"
    full, outline = results(agent.get(where)), results(requester.get(where))
    assert [event["verb"] for event in outline] == ["opened", "commented", "assigned", "attached"]
    assert {"status", "assignee"} == set(outline[2]["changes"])
    assert all(not event["data"] and "request_id" not in event for event in outline)
    assert len(full) == 9
    linked = next(event for event in full if event["verb"] == "linked")
    assert linked["data"]["other"] == other.number


def test_the_timeline_names_no_record_out_of_sight(agent):
    ticket, hidden = open_incident(), open_incident()
    actions.link(ticket, LinkType.RELATED, hidden, by=agent.user)
    actions.restrict(hidden, True, by=agent.user)
    outsider = Api(make_agent())
    assert hidden.number not in outsider.get(f"/tickets/{ticket.number}/events/").content.decode()
    assert hidden.number in agent.get(f"/tickets/{ticket.number}/events/").content.decode()


def test_comments_page_by_cursor(agent):
    ticket = open_incident()
    for number in range(5):
        actions.comment(ticket, f"{number}", by=agent.user)
    answer = agent.get(f"/tickets/{ticket.number}/comments/?page_size=2&sort=-id")
    assert [c["body"] for c in results(answer)] == ["4", "3"]
    following = agent.get(answer.json()["next"].removeprefix("http://testserver"))
    assert [c["body"] for c in results(following)] == ["2", "1"]
    assert Comment.objects.count() == 5
