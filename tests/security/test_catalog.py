"""The catalog attacked: what is not for somebody, others' answers and files, spoilt files."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.enums import Role
from catalog.actions import offerings as editing
from catalog.models import Offering, OfferingVersion, Request
from portal.actions import stage as keep_file
from portal.models import StagedFile
from tests.api.conftest import Api
from tests.approving import make_policy, stage
from tests.catalog import kit
from tests.factories import make_agent, make_service, make_team, make_user
from tests.security.addresses import addresses
from tests.security.test_input import BREAKOUTS, RAW, SQL
from tickets import actions
from tickets.actions.attach import Upload
from tickets.enums import LinkType
from tickets.models import Attachment, Link, Ticket

pytestmark = pytest.mark.django_db
NAME = "Zwielicht vault"


def come_in(person, **more):
    client = Client(raise_request_exception=False, **more)
    client.force_login(person)
    return client


@pytest.fixture
def hidden(db):
    """Something offered to one person, with a question that asks for a file and one for a price."""
    chosen = make_user("Chosen")
    fields = [
        kit.question("why", required=True),
        kit.question("proof", "file"),
        kit.question("size", "choice", options=[
            {"key": "s", "label": kit.text("S"), "price": "10"},
            {"key": "l", "label": kit.text("L"), "price": "1000"},
        ]),
    ]  # fmt: skip
    offering = kit.make_offering(NAME, fields=fields, audience={"people": [chosen.pk]})
    make_team()
    return offering, chosen


# Who it is for -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("role", ["none", "agent", "manager", "auditor"])
def test_an_offering_is_in_no_answer_to_who_may_not_ask_for_it(hidden, role):
    offering, _chosen = hidden
    person = make_user() if role == "none" else make_user(role=role)
    client = come_in(person)
    words = {"slug": offering.slug, "pk": offering.pk, "shelf": offering.shelf.slug}
    for address in addresses(words):
        # Agreements are made for offerings, so who reads them on the desk knows what there is.
        if not address.startswith(("/djadmin/", "/desk/sla/")):
            answer = client.get(address, {"q": "Zwielicht", "in": "catalog"})
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"Zwielicht vault" not in text, address
            assert offering.slug not in answer.get("Location", "") or offering.slug in address


def test_a_guessed_number_does_not_tell_the_name_of_an_offering(hidden):
    offering, chosen = hidden
    slot = {"slot": f"portal:request:{offering.pk}:proof"}
    for address in ("/portal/draft/discard/", "/portal/files/1/remove/"):
        answer = come_in(make_user()).post(address, slot)
        assert offering.slug not in answer.get("Location", ""), address
    assert offering.slug in come_in(chosen).post("/portal/draft/discard/", slot)["Location"]


def test_nobody_asks_for_what_is_not_for_them(hidden):
    offering, chosen = hidden
    stranger = make_user()
    client, api = come_in(stranger), Api(stranger)
    given = {"f-why": "because", "has": ["why"], "do": "next", "for": "other",
             "beneficiary": chosen.pk, "version": offering.live_id}  # fmt: skip
    for end in ("", "check/"):
        assert client.post(f"/portal/request/{offering.slug}/{end}", given).status_code == 404
    assert client.post(f"/portal/favourite/{offering.slug}/", {"on": "1"}).status_code == 404
    body = {"answers": {"why": "x"}}
    for more in ({}, {"requester": chosen.pk}, {"beneficiary": chosen.pk}):
        answer = api.post(f"/offerings/{offering.pk}/requests/", body | more)
        assert answer.status_code in (403, 404), more
    assert api.post(f"/offerings/{offering.pk}/favourite/").status_code == 404
    assert not Ticket.objects.exists()


def test_a_bundle_opens_nothing_to_people_who_could_not_get_it_alone(hidden):
    offering, chosen = hidden
    bundle = kit.make_offering("Bundle", bundle=[{"offering": offering.pk}], for_others=True)
    asked = kit.ask(bundle)
    assert not Link.objects.filter(type=LinkType.PARENT_OF, source=asked).exists()
    assert [task.title for task in asked.tasks.all()]
    for theirs in (kit.ask(bundle, by=chosen), kit.ask(bundle, beneficiary=chosen)):
        assert Link.objects.filter(type=LinkType.PARENT_OF, source=theirs).count() == 1


# Answers, prices, files --------------------------------------------------------------------------


def test_the_price_is_the_servers_whatever_token_and_price_are_sent(hidden):
    offering, chosen = hidden
    client = come_in(chosen)
    typed = {"f-why": "x", "f-size": "l", "has": ["why", "size"], "do": "next"}
    client.post(f"/portal/request/{offering.slug}/", typed)
    where = f"/portal/request/{offering.slug}/check/"
    for price in ("0", "x" * 64, "' OR 1=1", "\x00"):
        answer = client.post(where, {"price": price, "version": offering.live_id, "amount": "0"})
        assert answer.status_code == 422, price
        assert not Ticket.objects.exists()
    client.post(where, {"price": "", "version": offering.live_id, "amount": "0"})
    assert Request.objects.get().amount == 1000


def test_answers_of_another_form_and_unknown_ones_are_not_kept(hidden):
    offering, chosen = hidden
    answers = {"why": "x", "amount": "0", "status": "fulfilled", "__proto__": {"a": 1},
               "beneficiary": 1, "size": "free"}  # fmt: skip
    answer = Api(chosen).post(f"/offerings/{offering.pk}/requests/", {"answers": answers})
    assert answer.status_code == 422, "an option that is not offered"
    del answers["size"]
    Api(chosen).post(f"/offerings/{offering.pk}/requests/", {"answers": answers})
    assert Request.objects.get().answers == {"why": "x"}


@pytest.mark.parametrize(("name", "content"), [
    ("run.exe", b"MZ"), ("page.html.exe", b"MZ"), ("macro.scr", b"x"), ("link.lnk", b"x"),
])  # fmt: skip
def test_programs_are_no_answer(hidden, name, content):
    offering, chosen = hidden
    file = SimpleUploadedFile(name, content)
    typed = {"f-why": "x", "f-proof": file, "has": ["why", "proof"], "do": "next"}
    answer = come_in(chosen).post(f"/portal/request/{offering.slug}/", typed)
    assert answer.status_code == 422
    assert not StagedFile.objects.exists()


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"<script>alert(1)</script>"])
def test_a_disguised_file_of_an_answer_is_saved_and_never_run(hidden, content):
    offering, chosen = hidden
    file = SimpleUploadedFile("proof.png", content, content_type="text/html")
    client = come_in(chosen)
    typed = {"f-why": "x", "f-proof": file, "has": ["why", "proof"], "do": "next"}
    client.post(f"/portal/request/{offering.slug}/", typed)
    client.post(f"/portal/request/{offering.slug}/check/", {"version": offering.live_id})
    kept = Attachment.objects.first()
    if kept is not None:
        answer = client.get(f"/files/{kept.pk}/")
        assert answer["Content-Disposition"].startswith("attachment")
        assert "html" not in answer["Content-Type"]
        assert "svg" not in answer["Content-Type"]


def test_a_file_that_somebody_else_staged_is_out_of_reach(hidden):
    offering, chosen = hidden
    other = make_user()
    slot = f"portal:request:{offering.pk}:proof"
    theirs = keep_file(slot, Upload("theirs.txt", ContentFile(b"x"), 1), by=other)
    client = come_in(chosen)
    client.post(f"/portal/files/{theirs.pk}/remove/", {"slot": slot})
    assert StagedFile.objects.filter(pk=theirs.pk).exists()
    typed = {"f-why": "x", "f-proof": ["theirs.txt", theirs.pk], "has": ["why"], "do": "next"}
    page = client.post(f"/portal/request/{offering.slug}/", typed, follow=True)
    assert "theirs.txt" not in page.content.decode()
    client.post(f"/portal/request/{offering.slug}/check/", {"version": offering.live_id})
    assert Ticket.objects.count() == 1
    assert not Attachment.objects.exists()


@pytest.mark.slow
def test_no_answer_breaks_a_form_or_runs_in_a_page(hidden):
    offering, chosen = hidden
    client = come_in(chosen)
    where = f"/portal/request/{offering.slug}/"
    for value in (*SQL, *BREAKOUTS):
        typed = dict.fromkeys(
            ("f-why", "f-size", "m-size", "f-proof", "beneficiary", "step"), value
        )
        typed |= {"has": [value, "why"], "for": "other", "do": "refresh"}
        page = client.post(where, typed)
        assert page.status_code < 500, value
        assert not any(raw in page.content.decode() for raw in RAW), value
        assert client.get(where + "check/").status_code < 500, value
        for end in ("help/", "items/why/", "items/x/"):
            assert client.get(where + end, {"q": value, "f-why": value}).status_code < 500
        sent = {"token": value, "version": value, "price": value}
        assert client.post(where + "check/", sent).status_code < 500


# Others' requests --------------------------------------------------------------------------------


@pytest.fixture
def rejected(hidden):
    offering, chosen = hidden
    boss = make_user("Boss")
    kit.publish(
        offering,
        fields=[kit.question("why", required=True)],
        audience=offering.audience,
        approval={"policy": make_policy(stage(boss)).pk},
    )
    ticket = kit.ask(offering, by=chosen, answers={"why": "x"})
    return ticket, chosen, boss


@pytest.mark.parametrize("state", ["asked", "decided"])
def test_strangers_and_approvers_neither_mend_nor_stop_a_request(rejected, state):
    ticket, _chosen, boss = rejected
    if state == "decided":
        actions.decide(kit.seat(ticket), "reject", by=boss, opinion="no")
    for person in (boss, make_user()):
        client, api = come_in(person), Api(person)
        before = Ticket.objects.get(pk=ticket.pk).version
        for end in ("answers", "withdraw", "ask-to-stop", "confirm", "reopen", "follow-up"):
            given = {"f-why": "y", "has": ["why"], "reason": "r", "text": "t"}
            answer = client.post(f"/portal/my/{ticket.number}/{end}/", given)
            assert answer.status_code == 404, (end, answer.status_code)
        mended = api.post(f"/requests/{ticket.number}/answers/", {"answers": {"why": "y"}})
        assert mended.status_code in (403, 404, 409, 422)
        stopped = api.post(f"/requests/{ticket.number}/stop/", {})
        assert stopped.status_code in (403, 404, 422)
        moved = api.post(f"/requests/{ticket.number}/transitions/cancel/", {"reason": "x"})
        assert moved.status_code in (403, 404, 409, 422)
        assert Ticket.objects.get(pk=ticket.pk).version == before
        assert Request.objects.get(pk=ticket.pk).answers == {"why": "x"}


def test_what_the_desk_adds_to_the_work_for_itself_is_not_told_to_requesters(hidden):
    _offering, chosen = hidden
    offering = kit.make_offering("Desk chair", tasks=[kit.task("buy")])
    ticket = kit.ask(offering, by=chosen)
    actions.add_task(ticket, "Quarzsand: ask his boss", by=make_agent(team=ticket.team))
    page = come_in(chosen).get(f"/portal/my/{ticket.number}/").content.decode()
    told = Api(chosen).get(f"/requests/{ticket.number}/sheet/").content.decode()
    for text in (page, told):
        assert "Buy" in text
        assert "Quarzsand" not in text


# The editor --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("who", ["owner of another", "agent", "none", "auditor", "manager"])
def test_nobody_but_its_owner_changes_an_offering(hidden, who):
    offering, _chosen = hidden
    Offering.objects.filter(pk=offering.pk).update(service=make_service(owner=make_user()))
    person = make_user(role=who) if who in Role.values else make_user()
    if who == "owner of another":
        make_service(owner=person)
    client = come_in(person)
    editing.save_draft(offering, {"name": {"en": NAME}}, edition=None, by=None)

    def all_of_it():
        return (list(Offering.objects.order_by("pk").values()),
                list(OfferingVersion.objects.order_by("pk").values()))  # fmt: skip

    before = all_of_it()
    words = {"pk": offering.pk, "version_pk": offering.live_id}
    for address in addresses(words):
        if address.startswith(("/admin-ui/catalog/", "/admin-ui/approvals/")):
            given = {"name_ko": "x", "name_en": "x", "offering": offering.pk, "do": "add",
                     "on": "1", "shelf": offering.shelf_id, "price": "0"}  # fmt: skip
            answer = client.post(address, given)
            assert answer.status_code < 500, address
            assert NAME not in answer.content.decode(), address
            assert NAME not in client.get(address).content.decode(), address
    assert all_of_it() == before


SPOILT = {
    "half a character in a slug": {"slug": "\ud800"},
    "NUL in a service": {"service": "a\x00b"},
    "half a character in a service": {"service": "\ud800"},
    "half a character in a category": {"shelf": "\ud800"},
    "half a character in an icon": {"icon": "\ud800"},
    "a huge position": {"position": 10**400},
    "a true position": {"position": True},
    "deep": {"data": json.loads('{"not":' * 500 + "1" + "}" * 500)},
    "wide": {"data": {"form": {"sections": [{"fields": [{"key": "a"}] * 3000}] * 3}}},
    "wrong kinds": {"data": {"form": [], "audience": "all", "tasks": {"a": 1}, "bundle": 7}},
    "infinite": {"data": {"price": {"amount": float("inf")}}},
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_hostile_file_of_offerings_is_refused_or_read_and_never_an_error(hidden, spoilt):
    offering, _chosen = hidden
    client = come_in(make_user(role="administrator"))
    row = {"slug": "new-one", "shelf": offering.shelf.slug, "service": None,
           "data": {"name": {"en": "New"}}, **SPOILT[spoilt]}  # fmt: skip
    shelves = [{"slug": "s2", "name_en": "\ud800", "parent": "\ud800"}]
    package = {"kind": "maru-offerings", "format": 1, "shelves": shelves, "offerings": [row]}
    file = SimpleUploadedFile("o.json", json.dumps(package).encode())
    page = client.post("/admin-ui/catalog/import/", {"file": file})
    assert page.status_code in (200, 422), page.status_code
    if page.status_code == 200:
        kept = page.context["kept"]
        given = {"kept": kept, "take": [row["slug"]]}
        answer = client.post("/admin-ui/catalog/import/apply/", given)
        assert answer.status_code in (302, 422)


def test_labels_that_are_html_stand_as_text(hidden):
    _offering, chosen = hidden
    for text in BREAKOUTS:
        fields = [
            kit.question("why", help=kit.text(text)) | {"label": kit.text(text)},
            kit.question("size", "choice", options=[{"key": "s", "label": kit.text(text)}]),
        ]
        offering = kit.make_offering(text[:120], fields=fields, summary=kit.text(text),
                                     description=kit.text(text), outcome=kit.text(text),
                                     tasks=[kit.task("t") | {"title": kit.text(text)}])  # fmt: skip
        client = come_in(chosen)
        where = f"/portal/request/{offering.slug}/"
        client.post(where, {"f-why": text, "f-size": "s", "has": ["why", "size"]})
        ticket = kit.ask(offering, by=chosen, answers={"why": text, "size": "s"})
        for address in (where, where + "check/", "/portal/catalog/", "/portal/search/?q=alert",
                        f"/portal/my/{ticket.number}/"):  # fmt: skip
            page = client.get(address).content.decode()
            assert not any(raw in page for raw in RAW), (address, text)
            assert 'href="javascript' not in page, (address, text)
