"""Decisions of others: by guessed ids, forged links, hurried clicks, and by what approvers read."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from core import options
from core.errors import NotAllowed, NotFound
from tests.api.conftest import Api
from tests.approving import ask, away, make_policy, seat_of, stage
from tests.factories import make_agent, make_item, make_team, make_user, open_incident
from tests.security.test_restricted import FILE, asked
from tickets import actions
from tickets.actions.attach import Upload
from tickets.enums import LinkType
from tickets.models import Approval, ApprovalKey, ApprovalSeat, Attachment, Comment, Event, Ticket

pytestmark = pytest.mark.django_db
NOTE, ASKED = "Quarzsand inner thoughts", "Gelblicht purchase"
VERBS = {
    "decide": {"answer": "approve"},
    "hold": {"text": "later", "reason": "later"},
    "question": {"text": "why?"},
    "hand-over": {"reason": "yours"},
    "recall": {},
}
OTHERS = ["none", "agent", "auditor", "manager", "administrator", "beneficiary", "not yet"]


@pytest.fixture
def world(db):
    """A round on a restricted record, and one on a plain record, of the same people."""
    team = make_team("Security")
    keeper, boss, last = make_agent("Keeper", team), make_user("Boss"), make_user("Last")
    beneficiary = make_user("Beneficiary")
    rounds = {}
    for name in ("plain", "secret"):
        record = open_incident(ASKED, by=keeper, requester=make_user("Requester"))
        actions.assign(record, by=keeper, team=team, assignee=keeper)
        if name == "secret":
            actions.restrict(record, True, by=keeper)
        record.refresh_from_db()
        rounds[name] = actions.ask(
            record,
            policy=make_policy(stage(boss), stage(last)),
            by=keeper,
            content=[["What", ASKED]],
            involved=[beneficiary.pk],
        )
    return {"rounds": rounds, "team": team, "keeper": keeper, "boss": boss, "last": last,
            "beneficiary": beneficiary}  # fmt: skip


def person_of(world, who):
    named = {"none": make_user(), "agent": make_agent("Worker", make_team()),
             "beneficiary": world["beneficiary"], "not yet": world["last"]}.get(who)  # fmt: skip
    return User.objects.get(pk=(named or make_user(role=who)).pk)


def everything_of(approval):
    """All that a vote could change."""
    return (
        list(ApprovalSeat.objects.order_by("id").values()),
        list(Approval.objects.order_by("id").values()),
        Comment.objects.count(),
        Event.objects.count(),
    )


@pytest.mark.parametrize("which", ["plain", "secret"])
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_does_anything_to_a_decision_that_is_not_theirs(world, who, which):
    approval = world["rounds"][which]
    seat = seat_of(approval, world["boss"])
    person = person_of(world, who)
    sees = which == "plain" and who in ("agent", "auditor", "manager", "administrator")
    client, api = Client(), Api(person)
    client.force_login(person)
    before = everything_of(approval)
    for verb, given in VERBS.items():
        if verb == "hand-over" and who == "administrator" and sees:
            continue  # they may, where somebody is away: shown below
        body = {**given, "seat": seat.pk, "to": make_user().pk}
        page = client.post(f"/portal/approvals/{approval.pk}/{verb}/", body)
        sent = {key: value for key, value in body.items() if key in _FIELDS[verb]}
        program = api.post(f"/approvals/{approval.pk}/{verb}/", sent)
        told = (page.status_code, program.status_code)
        assert told in ([(409, 403), (422, 403), (302, 403)] if sees else [(404, 404)]), verb
        assert everything_of(approval) == before, verb
    for end in ("", "print/"):
        found = client.get(f"/portal/approvals/{approval.pk}/{end}")
        assert (found.status_code == 200) == sees
        assert sees or ASKED not in found.content.decode()
    assert (api.get(f"/approvals/{approval.pk}/").status_code == 200) == sees


_FIELDS = {"decide": {"answer", "seat"}, "hold": {"reason", "seat"}, "question": {"text", "seat"},
           "hand-over": {"to", "reason", "seat"}, "recall": set()}  # fmt: skip


def test_a_seat_is_reached_through_its_own_round_only(world):
    """Whoever decides in one round doesn't reach another one's seat through it."""
    boss, mine, other = world["boss"], world["rounds"]["plain"], ask(stage(make_user()))
    seat = ApprovalSeat.objects.get(stage__approval=other)
    client, api = Client(), Api(boss)
    client.force_login(boss)
    before = everything_of(other)
    for pk in (seat.pk, 0, 9**15, "x", "-1", "\x00"):
        given = {"seat": pk, "answer": "approve"}
        assert client.post(f"/portal/approvals/{mine.pk}/decide/", given).status_code == 404
        assert api.post(f"/approvals/{mine.pk}/decide/", given).status_code in (400, 404, 422)
    assert everything_of(other) == before


def test_whoever_asks_does_not_choose_who_decides_though_they_administer():
    admin, boss, friend = make_user(role=Role.ADMINISTRATOR), make_user(), make_user()
    approval = ask(stage(boss), by=admin)
    client, api = Client(), Api(admin)
    client.force_login(admin)
    given = {"seat": seat_of(approval, boss).pk, "to": friend.pk}
    where = f"/portal/approvals/{approval.pk}/hand-over/"
    assert client.post(where, given).status_code == 422
    assert api.post(f"/approvals/{approval.pk}/hand-over/", given).status_code in (403, 404)
    with pytest.raises(NotAllowed):
        actions.hand_over(seat_of(approval, boss), friend, by=admin)
    assert ApprovalSeat.objects.get(stage__approval=approval).user == boss


def test_an_administrator_hands_over_nothing_of_what_they_can_not_see(world):
    admin, friend = make_user(role=Role.ADMINISTRATOR), make_user()
    seat = seat_of(world["rounds"]["secret"], world["boss"])
    with pytest.raises(NotFound):
        actions.hand_over(seat, friend, by=admin)
    assert not Ticket.objects.visible_to(friend).exists()


@pytest.fixture
def noted(world):
    """The restricted record has notes, files, work and neighbours that are the desk's."""
    keeper, secret = world["keeper"], world["rounds"]["secret"].ticket
    upload = Upload(FILE, ContentFile(b"evidence"), 8)
    actions.comment(secret, NOTE, by=keeper, visibility="internal", files=[upload])
    actions.add_task(secret, f"Task {NOTE}", by=keeper)
    actions.add_check(secret, f"Line {NOTE}", by=keeper)
    actions.edit(secret, {"items": [make_item("quarzsand-host")]}, by=keeper)
    hidden = open_incident("Quarzsand neighbour", by=keeper)
    actions.assign(hidden, by=keeper, team=world["team"])
    actions.restrict(hidden, True, by=keeper)
    actions.link(secret, LinkType.RELATED, hidden, by=keeper)
    hidden.refresh_from_db()
    return secret, hidden


@pytest.mark.slow
@pytest.mark.parametrize("who", ["holder", "substitute", "agent"])
def test_approvers_read_what_is_asked_and_no_note_file_or_neighbour_of_it(world, noted, who):
    secret, hidden = noted
    boss = world["boss"]
    person = boss
    if who == "substitute":
        person = make_user("Substitute")
        away(boss, person)
    elif who == "agent":
        boss.grants.create(role=Role.AGENT, scope="all")
    person = User.objects.get(pk=person.pk)
    file = Attachment.objects.get(ticket=secret).pk
    approval = world["rounds"]["secret"]
    client, api = Client(), Api(person)
    client.force_login(person)
    assert ASKED in client.get(f"/portal/approvals/{approval.pk}/").content.decode()
    for address, _status, text in asked(person, file, secret.number, approval.pk):
        assert NOTE not in text, address
        assert FILE not in text, address
        assert hidden.number not in text or hidden.number in address, address
        assert "Quarzsand neighbour" not in text, address
    for end in ("", "comments/", "attachments/", "tasks/", "timeline/", "events/", "links/",
                "checklist/", "checks/", "history/", "watchers/"):  # fmt: skip
        text = api.get(f"/tickets/{secret.number}/{end}").content.decode()
        assert NOTE not in text, end
        assert FILE not in text, end
        assert hidden.number not in text, end
    refused = api.post(f"/tickets/{secret.number}/comments/", {"body": "x", "internal": True})
    assert refused.status_code in (400, 403, 404)


# Links -------------------------------------------------------------------------------------------

FORGED = ["x", "x" * 43, "x" * 5000, "%00", "%F0%9F%98%80", "..%2F..", "' OR 1=1--"]


def test_forged_links_open_nothing_and_are_counted(world, client):
    boss = world["boss"]
    client.force_login(boss)
    before = everything_of(world["rounds"]["plain"])
    for text in FORGED:
        for method in (client.get, client.post, client.head):
            answer = method(f"/approve/{text}/", {"answer": "approve"})
            assert answer.status_code in (404, 429), text
    told = [client.get(f"/approve/{number}/").status_code for number in range(20)]
    assert told[-1] == 429, "wrong links are counted"
    assert everything_of(world["rounds"]["plain"]) == before


def test_reading_the_database_gives_no_key(world):
    seat = seat_of(world["rounds"]["plain"], world["boss"])
    text = actions.make_key(seat, world["boss"])
    row = ApprovalKey.objects.order_by("-id").values().first()
    assert len(text) >= 43
    assert text not in str(row)
    with pytest.raises(NotFound):
        actions.find_key(row["digest"])


def test_a_link_decides_its_own_seat_whatever_is_posted_with_it(world, client):
    boss, mine, other = world["boss"], world["rounds"]["plain"], world["rounds"]["secret"]
    client.force_login(boss)
    text = actions.make_key(seat_of(mine, boss), boss)
    given = {"answer": "approve", "seat": seat_of(other, boss).pk, "approval": other.pk}
    assert client.post(f"/approve/{text}/", given).status_code == 302
    assert seat_of(mine, boss).state == "approved"
    assert seat_of(other, boss).state == "pending"
    assert client.post(f"/approve/{text}/", {"answer": "reject", "text": "no"}).status_code == 410


@pytest.mark.parametrize("how", ["handed over", "absence over", "left", "voided", "used"])
def test_a_link_is_worth_no_more_than_who_it_was_sent_to(world, settings, how, client):
    """Without signing in, where that is allowed, nothing that ended comes alive by an old link."""
    options.put("approve_without_sign_in", True)
    boss, approval = world["boss"], world["rounds"]["plain"]
    seat, person = seat_of(approval, boss), boss
    if how == "absence over":
        person = make_user("Substitute")
        absence = away(boss, person)
    text = actions.make_key(seat, person)
    assert client.get(f"/approve/{text}/").status_code == 200
    if how == "handed over":
        actions.hand_over(seat, make_user(), by=boss)
    elif how == "absence over":
        ended = absence.starts_at + timedelta(seconds=1)
        type(absence).objects.filter(pk=absence.pk).update(ends_at=ended)
    elif how == "left":
        User.objects.filter(pk=boss.pk).update(is_active=False)
    elif how == "voided":
        actions.void(approval.ticket, "moved", by=None)
    else:
        actions.decide(seat, "approve", by=boss)
    before = everything_of(approval)
    for method in (client.get, client.post):
        answer = method(f"/approve/{text}/", {"answer": "approve"})
        assert answer.status_code in (200, 409, 410), how
        if method == client.post or how in ("handed over", "absence over", "left"):
            assert answer.status_code in (409, 410), how
    assert everything_of(approval) == before
