"""Merging, splitting and undoing both through the API."""

import pytest

from tests.api.conftest import Api
from tests.factories import make_user, open_incident
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(team):
    source, target = open_incident("VPN again", by=make_user()), open_incident("VPN")
    actions.comment(source, "Since ten.", by=source.requester)
    return source, target


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_a_record_is_merged_and_brought_back(agent, pair):
    source, target = pair
    done = agent.post(f"/tickets/{source.number}/merge/", {"into": target.number.lower()})
    assert done.status_code == 200
    assert (done.json()["status"], done.json()["merged_into"]) == ("cancelled", target.number)
    assert done["ETag"]
    comments = agent.get(f"/tickets/{target.number}/comments/").json()["results"]
    assert [said["body"] for said in comments] == ["Since ten."]
    verbs = [e["verb"] for e in agent.get(f"/tickets/{source.number}/events/").json()["results"]]
    assert verbs == ["opened", "commented", "merged"]
    back = agent.post(f"/tickets/{source.number}/unmerge/")
    assert (back.json()["status"], back.json()["merged_into"]) == ("new", None)
    again = agent.post(f"/tickets/{source.number}/unmerge/")
    assert (again.status_code, again.json()["code"]) == (422, "not_merged")


def test_sent_again_with_its_key_it_is_done_once(agent, pair):
    source, target = pair
    for _n in range(2):
        done = agent.post(
            f"/tickets/{source.number}/merge/", {"into": target.number}, Idempotency_Key="once"
        )
        assert done.status_code == 200
    assert fresh(target).events.filter(verb="merged").count() == 1


def test_refusals_say_why(agent, requester, pair):
    source, target = pair
    itself = agent.post(f"/tickets/{source.number}/merge/", {"into": source.number})
    assert (itself.status_code, itself.json()["code"]) == (422, "itself")
    assert agent.post(f"/tickets/{source.number}/merge/", {"into": "INC-999"}).status_code == 404
    assert agent.post(f"/tickets/{source.number}/merge/", {"into": "x"}).status_code == 400
    assert agent.post(f"/tickets/{source.number}/merge/", {}).status_code == 400
    sent = {"into": target.number}
    assert requester.post(f"/tickets/{source.number}/merge/", sent).status_code == 404
    own = Api(source.requester)
    assert own.post(f"/tickets/{source.number}/merge/", sent).status_code == 404
    assert own.post(f"/tickets/{source.number}/unmerge/").status_code == 403


def test_an_older_version_is_refused(agent, pair):
    source, target = pair
    old = agent.get(f"/tickets/{source.number}/")["ETag"]
    actions.edit(source, {"urgency": 1}, by=agent.user)
    done = agent.post(f"/tickets/{source.number}/merge/", {"into": target.number}, If_Match=old)
    assert done.status_code == 412
    assert fresh(source).status == "new"


def test_a_comment_is_split_off_and_taken_back(agent, pair):
    source, _target = pair
    said = source.comments.get()
    made = agent.post(f"/tickets/{source.number}/split/", {"comment": said.pk, "title": "Printer"})
    assert made.status_code == 201
    new = made.json()
    assert made["Location"].endswith(new["url"])
    assert (new["title"], new["description"]) == ("Printer", "Since ten.")
    undone = agent.post(f"/tickets/{new['number']}/unsplit/")
    assert undone.json()["status"] == "cancelled"
    assert agent.post(f"/tickets/{new['number']}/unsplit/").json()["code"] == "not_split"


def test_only_comments_of_the_record_that_one_reads_are_split_off(agent, pair):
    source, target = pair
    said = source.comments.get()
    other = agent.post(f"/tickets/{target.number}/split/", {"comment": said.pk})
    assert other.status_code == 404
    note = actions.comment(source, "Inside.", by=agent.user, visibility="internal")
    inside = agent.post(f"/tickets/{source.number}/split/", {"comment": note.pk})
    assert (inside.status_code, inside.json()["code"]) == (422, "internal")
    own = Api(source.requester)
    assert own.post(f"/tickets/{source.number}/split/", {"comment": note.pk}).status_code == 404
    assert own.post(f"/tickets/{source.number}/split/", {"comment": said.pk}).status_code == 403
