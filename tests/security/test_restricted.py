"""A restricted record and an internal note reach nobody who may not know of them, by any address.

The API has its own table in tests/api/test_visibility.py; here every page is asked, and every
address that a later version adds.
"""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from notifications import queries as notices
from tests.api.conftest import Api
from tests.factories import (
    join,
    make_agent,
    make_item,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tests.security.addresses import addresses
from tickets import actions
from tickets.actions.attach import Upload
from tickets.enums import LinkType
from tickets.models import Attachment, Link, Ticket

pytestmark = pytest.mark.django_db
TITLE, NOTE, FILE = "Zwielicht payroll breach", "Quarzsand inner thoughts", "beweisstueck.txt"


@pytest.fixture
def world(db):
    """A restricted record with a note and files, linked to a plain one that everybody may see."""
    team, elsewhere = make_team("Security"), make_team("Desk")
    keeper, worker = make_agent("Keeper", team), make_agent("Worker", elsewhere)
    requester = make_user("Requester")
    service = make_service(team=elsewhere, owner=make_user(role="service_owner", scope="services"))
    plain = open_incident("Plain thing", by=requester, service=service)
    secret = open_incident(TITLE, by=keeper, description=TITLE, requester=make_user("Victim"))
    actions.assign(secret, by=keeper, team=team, assignee=keeper)
    actions.edit(secret, {"items": [make_item("shared-host")], "tags": ["zwielicht"]}, by=keeper)
    actions.restrict(secret, True, by=keeper)
    for record in (plain, secret):
        upload = Upload(FILE, ContentFile(b"evidence"), 8)
        actions.comment(record, NOTE, by=keeper, visibility="internal", files=[upload])
        actions.add_task(record, f"Task {NOTE}", by=keeper)
        actions.add_check(record, f"Line {NOTE}", by=keeper)
    secret.refresh_from_db()
    actions.link(plain, LinkType.PARENT_OF, secret, by=keeper)
    return {"plain": plain, "secret": secret, "keeper": keeper, "worker": worker,
            "requester": requester, "owner": service.owner, "elsewhere": elsewhere}  # fmt: skip


def asked(user, file, *numbers):
    """(address, status, text) of everything that GET gives this person."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    given = {"q": "wielicht", "title": TITLE, "all": "", "tags": "zwielicht"}
    found = dict.fromkeys(
        address
        for number in numbers
        for address in addresses({"number": number, "reference": number, "pk": file})
        if not address.startswith("/djadmin/")
    )
    for address in found:
        response = client.get(address, given, headers={"HX-Request": "true"})
        assert response.status_code != 500, address
        yield address, response.status_code, text_of(response)


def text_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(response.headers)


@pytest.mark.slow
@pytest.mark.parametrize("role", ["agent", "auditor", "manager", "administrator", "owner", "none"])
def test_a_restricted_record_is_in_no_answer_to_who_may_not_see_it(world, role):
    secret = world["secret"]
    person = {"agent": world["worker"], "owner": world["owner"], "none": make_user()}.get(role)
    person = person or make_user(role=role)
    file = Attachment.objects.get(ticket=secret).pk
    for address, _status, text in asked(person, file, secret.number, world["plain"].number):
        assert f">{TITLE}" not in text, address
        if secret.number in address:
            assert "Quarzsand" not in text, address
            assert FILE not in text, address
        else:
            assert secret.number not in text, address


@pytest.mark.slow
def test_an_internal_note_is_in_no_answer_to_a_requester(world):
    plain = world["plain"]
    file = Attachment.objects.get(ticket=plain).pk
    for person in (world["requester"], make_user()):
        for address, status, text in asked(person, file, plain.number):
            assert "Quarzsand" not in text, address
            assert FILE not in text, address
            if address.startswith(("/inc/", "/desk/", "/search/", "/files/")):
                assert status in (302, 403, 404, 405), address


def test_files_of_others_are_not_found_by_guessing_their_ids(world):
    for person in (world["worker"], world["requester"], make_user(role="auditor")):
        client = Client()
        client.force_login(person)
        file = Attachment.objects.get(ticket=world["secret"])
        missing = client.get("/files/999999999/")
        guessed = client.get(f"/files/{file.pk}/")
        assert (guessed.status_code, missing.status_code) == (404, 404)
        assert FILE not in guessed.content.decode()


def test_counts_leave_out_links_to_records_out_of_sight(world):
    client = Client()
    client.force_login(world["worker"])
    plain = world["plain"]
    page = client.get(f"/inc/{plain.number}/")
    assert page.context["counts"]["links"] == 0
    client.force_login(world["keeper"])
    assert client.get(f"/inc/{plain.number}/").context["counts"]["links"] == 1


def test_children_out_of_sight_are_not_counted_when_a_parent_moves(world):
    client = Client()
    plain, worker = world["plain"], world["worker"]
    actions.assign(plain, by=worker, assignee=worker)
    actions.transition(plain, "start", by=worker)
    client.force_login(worker)
    form = client.get(f"/inc/{plain.number}/do/resolve/").context["form"]
    assert "children" not in form.fields
    client.force_login(world["keeper"])
    form = client.get(f"/inc/{plain.number}/do/resolve/").context["form"]
    assert "children" in form.fields


def test_a_link_to_a_record_out_of_sight_cannot_be_taken_away(world):
    made = Link.objects.get()
    client = Client()
    client.force_login(world["worker"])
    address = f"/inc/{world['plain'].number}/links/{{}}/drop/"
    before = Ticket.objects.get(pk=world["secret"].pk).version
    guessed, missing = client.post(address.format(made.pk)), client.post(address.format(999_999))
    assert (guessed.status_code, missing.status_code) == (404, 404)
    assert Link.objects.filter(pk=made.pk).exists()
    assert Ticket.objects.get(pk=world["secret"].pk).version == before


def test_the_timeline_names_no_record_out_of_sight(world):
    client = Client()
    client.force_login(world["worker"])
    for end in ("", "peek/", "print/", "news/", "panel/history/", "panel/links/"):
        text = client.get(f"/inc/{world['plain'].number}/{end}").content.decode()
        assert world["secret"].number not in text, end
        assert "Zwielicht" not in text, end


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_no_record_out_of_sight(world, kind):
    client = Client()
    client.force_login(world["worker"])
    content = b"".join(client.get(f"/desk/export/?view=all&format={kind}").streaming_content)
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    assert b"Plain thing" in content
    assert b"Zwielicht" not in content
    assert b"Quarzsand" not in content


def test_nobody_is_told_of_a_record_out_of_sight(world):
    worker, secret = world["worker"], world["secret"]
    assert not notices.visible_notices(worker).filter(ticket=secret).exists()
    assert not notices.visible_notices(world["requester"]).filter(ticket=secret).exists()


def test_drafts_are_read_by_their_author_only(world):
    plain, keeper, worker = world["plain"], world["keeper"], world["worker"]
    join(world["elsewhere"], keeper)
    client = Client()
    client.force_login(keeper)
    client.post(f"/inc/{plain.number}/draft/memo/", {"body": "Halbfertig"})
    client.post("/desk/new/draft/", {"title": "Halbfertig"})
    for end in (f"inc/{plain.number}/", "desk/new/", f"inc/{plain.number}/peek/"):
        client.force_login(worker)
        assert "Halbfertig" not in client.get(f"/{end}").content.decode(), end
    client.force_login(keeper)
    assert "Halbfertig" in client.get(f"/inc/{plain.number}/").content.decode()


def test_files_of_a_retracted_comment_are_gone_by_every_address(world):
    plain, worker = world["plain"], world["worker"]
    upload = Upload("zurueck.txt", ContentFile(b"oops"), 4)
    said = actions.comment(plain, "Oops", by=worker, files=[upload])
    file = Attachment.objects.get(comment=said)
    actions.retract(said, by=worker)
    client = Client()
    for person in (worker, world["requester"]):
        client.force_login(person)
        assert client.get(f"/files/{file.pk}/").status_code == 404
        api = Api(person)
        assert api.get(f"/tickets/{plain.number}/attachments/{file.pk}/").status_code == 404
        for end in (f"/inc/{plain.number}/", f"/inc/{plain.number}/panel/files/",
                    f"/portal/my/{plain.number}/"):  # fmt: skip
            assert "zurueck" not in client.get(end).content.decode(), end
