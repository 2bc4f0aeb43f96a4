"""An agent on the phone orders for a caller: all that counts is the caller's."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.http import urlencode

from accounts.enums import Role
from catalog.models import Request
from cmdb.enums import ItemType
from portal.models import StagedFile
from tests.catalog.support import choice, field, make_offering
from tests.factories import make_agent, make_department, make_item, make_team, make_user
from tests.portal.support import TOKEN
from tickets.models import ApprovalPolicy, Attachment, Draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller():
    boss = make_user("Boss Kim")
    return make_user("Caller Lee", manager=boss, department=make_department("Sales"))


@pytest.fixture
def agent(client):
    made = make_agent("Agent Park", make_team(), manager=make_user("Desk Head"))
    client.force_login(made)
    return made


def url(offering: Any, page: str = "request", *parts: str, **query: Any) -> str:
    address = reverse(f"portal:{page}", args=[offering.slug, *parts])
    return f"{address}?{urlencode(query)}" if query else address


def fill(client: Any, offering: Any, caller: Any, **answers: Any) -> Any:
    data: dict[str, Any] = {
        "slot": f"portal:request:{offering.pk}@{caller.pk}",
        "has": list(answers),
        "token": TOKEN,
    }
    data.update({f"f-{key}": value for key, value in answers.items()})
    return client.post(url(offering, requester=caller.pk), data)


def send(client: Any, offering: Any, caller: Any, **more: Any) -> Any:
    address = url(offering, "request_check", requester=caller.pk)
    shown = client.get(address).context
    seen = {"version": offering.live_id, "price": shown["expected"].cost.token}
    return client.post(address, {"token": TOKEN, **seen, **more})


def managed() -> Any:
    data = {"stages": [{"kind": "approve", "who": [{"type": "manager", "level": 1}]}]}
    policy = ApprovalPolicy.objects.create(name_ko="결재", name_en="Approval", data=data)
    return {"policy": policy.pk}


def test_it_is_ordered_in_the_callers_name_and_the_agent_lands_on_the_record(client, agent, caller):
    offering = make_offering(field("note"), approval=managed())
    answer = fill(client, offering, caller, note="Loud")
    assert answer.headers["Location"] == url(offering, "request_check", requester=caller.pk)
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "You order this for Caller Lee" in shown
    assert "Boss Kim" in shown
    assert "Desk Head" not in shown
    answer = send(client, offering, caller)
    made = Request.objects.get()
    assert answer.headers["Location"] == f"/req/{made.number}/"
    assert (made.requester, made.opened_by, made.channel) == (caller, agent, "phone")
    assert not Draft.objects.exists()
    assert "is ordered for Caller Lee" in client.get(f"/req/{made.number}/").content.decode()


@pytest.mark.parametrize(("said", "kept"), [("walk_in", "walk_in"), ("api", "phone")])
def test_how_they_reached_the_desk_is_kept(client, agent, caller, said, kept):
    offering = make_offering(field("note"))
    fill(client, offering, caller, note="x")
    send(client, offering, caller, channel=said)
    assert Request.objects.get().channel == kept


def test_the_form_says_whom_it_is_for_and_offers_their_items(client, agent, caller):
    theirs = make_item("NB-1", type=ItemType.WORKSTATION, owner=caller)
    make_item("NB-2", type=ItemType.WORKSTATION, owner=agent)
    offering = make_offering(field("pc", "item", item_types=["workstation"], mine=True))
    page = client.get(url(offering, requester=caller.pk))
    assert "You order this for Caller Lee" in page.content.decode()
    assert [one.value for one in page.context["blocks"][0].questions[0].choices] == [str(theirs.pk)]


def test_what_is_not_for_the_caller_does_not_exist_and_what_is_theirs_does(client, agent, caller):
    mine = make_offering(field("x"), audience={"people": [agent.pk]})
    theirs = make_offering(field("pc", "item"), audience={"people": [caller.pk]})
    make_item("PC-1", type=ItemType.WORKSTATION)
    for page in ("request", "request_check"):
        assert client.get(url(mine, page, requester=caller.pk)).status_code == 404
        assert client.get(url(theirs, page)).status_code == 404
    page = client.get(url(theirs, requester=caller.pk))
    source = page.context["blocks"][0].questions[0].source
    assert "PC-1" in client.get(source, {**_query(source), "q": "1"}).content.decode()
    helps = page.context["help_url"]
    assert client.get(helps, {**_query(helps), "f-x": "words"}).status_code == 200


def _query(address: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in address.partition("?")[2].split("&"))


def test_drafts_and_files_of_two_callers_and_oneself_do_not_mix(client, agent, caller):
    other, offering = make_user(), make_offering(field("note"), field("quote", "file"))
    client.post(
        reverse("portal:draft"),
        {"slot": f"portal:request:{offering.pk}@{caller.pk}", "has": "note", "f-note": "Lees"},
    )
    slot = f"portal:request:{offering.pk}@{caller.pk}:quote"
    files = SimpleUploadedFile("lee.pdf", b"%PDF-1.4 x")
    client.post(reverse("portal:files"), {"slot": slot, "files": files})
    assert StagedFile.objects.get().slot == slot
    for address in (url(offering), url(offering, requester=other.pk)):
        shown = client.get(address).content.decode()
        assert "Lees" not in shown
        assert "lee.pdf" not in shown
    shown = client.get(url(offering, requester=caller.pk)).content.decode()
    assert "Lees" in shown
    assert "lee.pdf" in shown
    gone = client.post(
        reverse("portal:discard"), {"slot": f"portal:request:{offering.pk}@{caller.pk}"}
    )
    assert gone.headers["Location"] == url(offering, requester=caller.pk)
    assert not Draft.objects.exists()
    assert not StagedFile.objects.exists()


def test_files_added_for_a_caller_end_on_their_request(client, agent, caller):
    offering = make_offering(field("quote", "file", required=True))
    quote = SimpleUploadedFile("lee.pdf", b"%PDF-1.4 x")
    assert fill(client, offering, caller, quote=quote).status_code == 302
    send(client, offering, caller)
    assert Attachment.objects.get().ticket.requester == caller


@pytest.mark.parametrize("role", [None, Role.AUDITOR])
def test_to_others_the_address_names_nobody(client, caller, role):
    make_team()
    user = make_user("Curious", role=role or "")
    client.force_login(user)
    offering = make_offering(field("note"))
    page = client.get(url(offering, requester=caller.pk))
    assert page.context["requester"] == user
    assert "Caller Lee" not in page.content.decode()
    client.post(
        url(offering, requester=caller.pk),
        {"slot": f"portal:request:{offering.pk}", "has": "note", "f-note": "x", "token": TOKEN},
    )
    seen = {"token": TOKEN, "version": offering.live_id, "price": "", "channel": "phone"}
    client.post(url(offering, "request_check", requester=caller.pk), seen)
    made = Request.objects.get()
    assert (made.requester, made.channel) == (user, "portal")


@pytest.mark.parametrize("said", ["999999", "abc", "²", "9" * 30])
def test_an_unknown_caller_is_not_taken_for_oneself(client, agent, said):
    offering = make_offering(field("note"))
    assert client.get(url(offering, requester=said)).status_code == 404


def test_somebody_who_left_orders_nothing(client, agent):
    gone, offering = make_user(is_active=False), make_offering(field("note"))
    assert client.get(url(offering, requester=gone.pk)).status_code == 404


def test_naming_oneself_is_ones_own_form(client, agent):
    offering = make_offering(field("note"))
    page = client.get(url(offering, requester=agent.pk))
    assert page.context["caller"] is None
    assert page.context["slot"] == f"portal:request:{offering.pk}"


def test_whom_it_is_for_starts_with_the_caller(client, agent, caller):
    offering = make_offering(choice("model", "air", required=True), for_others=True)
    shown = client.get(url(offering, requester=caller.pk)).content.decode()
    assert "For the requester" in shown
    assert "Caller Lee" in shown
    fill(client, offering, caller, model="air")
    send(client, offering, caller)
    assert Request.objects.get().beneficiary is None
