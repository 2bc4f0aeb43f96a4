"""A request in the portal: what its requester reads, and what they can do with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.actions import changes
from portal.enums import Show, Whose
from portal.models import StagedFile
from portal.queries import lists
from tests.catalog.kit import (
    ask,
    do_later,
    end,
    fresh,
    make_offering,
    make_policy,
    publish,
    question,
    row,
    seat,
    task,
    tasks,
)
from tests.factories import make_agent, make_item, make_team, make_user
from tickets import actions
from tickets.actions import approving
from tickets.actions.attach import Upload
from tickets.models import Attachment, Draft

pytestmark = pytest.mark.django_db
PRICE = {"amount": "1500", "currency": "EUR", "period": "once", "payer": "department"}


@pytest.fixture
def requester():
    return make_user("Lee", language="en")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def page(user, ticket):
    return signed_in(user).get(reverse("portal:detail", args=[ticket.number])).content.decode()


def post(user, ticket, name, **data):
    address = reverse(f"portal:{name}", args=[ticket.number])
    return signed_in(user).post(address, data)


def approved_by(boss, **more):
    return make_offering(approval={"policy": make_policy([boss]).pk}, **more)


def test_answers_price_and_promise_are_shown(requester):
    offering = make_offering(fields=[question("size")], price=PRICE, delivery_days=3)
    shown = page(requester, ask(offering, requester, answers={"size": "14 inch"}))
    for words in ("Size", "14 inch", "1,500.00 EUR", "Expected"):
        assert words in shown


def test_the_bar_has_a_step_for_the_approval_only_where_there_is_one(requester):
    with_one = page(requester, ask(approved_by(make_user("Boss")), requester))
    without = page(requester, ask(make_offering(), requester))
    assert "Being approved" in with_one
    assert "Being approved" not in without


def test_lists_draw_a_step_for_the_approval_only_where_there_is_one(requester):
    with_one = ask(approved_by(make_user("Boss")), requester)
    without = ask(make_offering(), requester)
    rows = {row.number: row for row in lists.page(requester, Whose.MINE, Show.OPEN).rows}
    assert len(rows[with_one.number].steps) == len(rows[without.number].steps) + 1


def test_while_it_is_approved_its_requester_reads_who_has_it(requester):
    assert "Boss" in page(requester, ask(approved_by(make_user("Boss")), requester))


def test_tasks_are_told_in_plain_words_and_parts_as_they_come(requester):
    ticket = ask(make_offering(tasks=[task("buy"), task("bring", after=["buy"])]), requester)
    assert "Waits for its turn" in page(requester, ticket)
    end(tasks(ticket)["Buy"])
    shown = page(requester, ticket)
    assert "Delivered in part" in shown
    assert "1 of 2" in shown


def test_a_bundle_shows_its_parts(requester):
    agent = make_agent(team=make_team())
    offering = make_offering("New joiner", bundle=[{"offering": make_offering("Badge").pk}])
    ticket = ask(offering, requester)
    part = ticket.links_out.get().target
    assert reverse("portal:detail", args=[part.number]) in page(requester, ticket)
    actions.transition(part, "fulfil", by=agent, fulfilment="There")
    do_later()
    assert "It has been delivered" in page(requester, ticket)


def test_it_can_be_withdrawn_while_it_is_approved(requester):
    ticket = ask(approved_by(make_user()), requester)
    assert reverse("portal:withdraw", args=[ticket.number]) in page(requester, ticket)
    post(requester, ticket, "withdraw", text="")
    assert fresh(ticket).status == "cancelled"


def test_once_work_began_the_team_is_asked_to_stop(requester):
    ticket = ask(make_offering(tasks=[task("buy")]), requester)
    end(tasks(ticket)["Buy"], "in_progress")
    shown = page(requester, ticket)
    assert reverse("portal:withdraw", args=[ticket.number]) not in shown
    assert reverse("portal:ask_to_stop", args=[ticket.number]) in shown
    post(requester, ticket, "ask_to_stop", text="I left the project")
    assert "I left the project" in ticket.comments.get().body


def test_not_what_was_asked_for_needs_a_word_and_reopens(requester):
    agent = make_agent(team=make_team())
    ticket = ask(make_offering(), requester)
    actions.transition(ticket, "fulfil", by=agent, fulfilment="A mouse")
    assert "Not what I asked for" in page(requester, ticket)
    assert post(requester, ticket, "reopen", text="").status_code == 422
    assert fresh(ticket).status == "fulfilled"
    post(requester, ticket, "reopen", text="I asked for a laptop")
    assert (fresh(ticket).status, fresh(ticket).reopen_count) == ("in_progress", 1)


def test_a_rejected_request_is_mended_by_its_own_form_and_sent_again(requester):
    boss = make_user()
    ticket = ask(
        approved_by(boss, fields=[question("why", required=True)]),
        requester,
        answers={"why": "New"},
    )
    approving.decide(seat(ticket), "reject", by=boss, opinion="Say more")
    shown = page(requester, ticket)
    assert "Say more" in shown
    address = reverse("portal:mend", args=[ticket.number])
    assert address in shown
    assert 'value="New"' in signed_in(requester).get(address).content.decode()
    refused = post(requester, ticket, "mend", **{"f-why": "", "seen": fresh(ticket).version})
    assert refused.status_code == 422
    assert "Fill this in" in refused.content.decode()
    post(requester, ticket, "mend", **{"f-why": "The old one broke", "seen": fresh(ticket).version})
    assert fresh(ticket).status == "awaiting_approval"
    assert row(ticket).answers == {"why": "The old one broke"}


def test_somebody_else_can_not_mend_it(requester):
    boss, other = make_user(), make_user()
    ticket = ask(approved_by(boss), requester)
    approving.decide(seat(ticket), "reject", by=boss, opinion="No")
    address = reverse("portal:mend", args=[ticket.number])
    assert signed_in(other).get(address).status_code == 404


def test_whom_it_is_for_sees_it_but_does_not_withdraw_it(requester):
    other = make_user("Kim", language="en")
    ticket = ask(make_offering(for_others=True), requester, beneficiary=other)
    shown = page(other, ticket)
    assert "Kim" in shown
    assert reverse("portal:withdraw", args=[ticket.number]) not in shown
    assert ticket.number in signed_in(other).get("/portal/my/?whose=followed").content.decode()


def test_a_withdrawn_bundle_withdraws_its_parts(requester):
    offering = make_offering("New joiner", bundle=[{"offering": make_offering("Badge").pk}])
    ticket = ask(offering, requester)
    post(requester, ticket, "withdraw", text="")
    assert fresh(ticket.links_out.get().target).status == "cancelled"
    assert not changes.can_mend(fresh(ticket), requester)


def rejected_with_file(requester):
    """A request with a file that came back."""
    boss = make_user()
    fields = [question("quote", type="file", required=True, files=2), question("why")]
    offering = approved_by(boss, fields=fields)
    upload = Upload.of(SimpleUploadedFile("old.pdf", b"%PDF-1.4 old"))
    ticket = ask(offering, requester, answers={"quote": ["old.pdf"], "why": "New"}, files=[upload])
    approving.decide(seat(ticket), "reject", by=boss, opinion="Another quote")
    return ticket


def names(ticket):
    kept = Attachment.objects.filter(ticket=ticket, removed_at=None)
    return sorted(kept.values_list("name", flat=True))


def mended(ticket, **more):
    return {"has": ["quote", "why"], "f-why": "New", "seen": fresh(ticket).version, **more}


def test_files_are_replaced_when_it_is_sent_again(requester):
    ticket = rejected_with_file(requester)
    address = reverse("portal:mend", args=[ticket.number])
    assert 'value="old.pdf" checked' in signed_in(requester).get(address).content.decode()
    new = SimpleUploadedFile("new.pdf", b"%PDF-1.4 new")
    post(requester, ticket, "mend", **mended(ticket, **{"f-quote": new}))
    assert row(ticket).answers["quote"] == ["new.pdf"]
    assert names(ticket) == ["new.pdf"]
    assert not StagedFile.objects.exists()
    assert not Draft.objects.exists()


def test_a_file_that_stays_ticked_stays_and_more_is_added(requester):
    ticket = rejected_with_file(requester)
    new = SimpleUploadedFile("new.pdf", b"%PDF-1.4 new")
    post(requester, ticket, "mend", **mended(ticket, **{"m-quote": "old.pdf", "f-quote": new}))
    assert row(ticket).answers["quote"] == ["old.pdf", "new.pdf"]
    assert names(ticket) == ["new.pdf", "old.pdf"]


def test_a_file_that_is_asked_for_cannot_be_taken_out_alone(requester):
    ticket = rejected_with_file(requester)
    refused = post(requester, ticket, "mend", **mended(ticket))
    assert refused.status_code == 422
    assert "Add a file" in refused.content.decode()
    assert names(ticket) == ["old.pdf"]


def test_another_file_of_the_same_name_takes_its_place(requester):
    ticket = rejected_with_file(requester)
    before = Attachment.objects.get(ticket=ticket).sha256
    new = SimpleUploadedFile("old.pdf", b"%PDF-1.4 newer")
    post(requester, ticket, "mend", **mended(ticket, **{"f-quote": new}))
    assert names(ticket) == ["old.pdf"]
    assert Attachment.objects.get(ticket=ticket, removed_at=None).sha256 != before


def test_changed_answers_wait_for_whoever_changed_them(requester):
    ticket = rejected_with_file(requester)
    client = signed_in(requester)
    slot = f"portal:mend:{ticket.number}"
    client.post(reverse("portal:draft"), {"slot": slot, "has": "why", "f-why": "Half a sen"})
    files = SimpleUploadedFile("new.pdf", b"%PDF-1.4 new")
    client.post(reverse("portal:files"), {"slot": f"{slot}:quote", "files": files})
    address = reverse("portal:mend", args=[ticket.number])
    shown = client.get(address).content.decode()
    for words in ("Half a sen", "new.pdf", "old.pdf", "Continue where you stopped"):
        assert words in shown
    gone = client.post(reverse("portal:discard"), {"slot": slot})
    assert gone.headers["Location"] == address
    shown = client.get(address).content.decode()
    assert "Half a sen" not in shown
    assert "new.pdf" not in shown


def test_items_are_suggested_by_the_form_it_was_made_with(requester):
    boss = make_user()
    make_item("PR-1", type="printer")
    offering = approved_by(boss, fields=[question("pr", type="item", item_types=["printer"])])
    ticket = ask(offering, requester)
    approving.decide(seat(ticket), "reject", by=boss, opinion="No")
    publish(offering, fields=[question("other")])
    found = reverse("portal:mend_items", args=[ticket.number, "pr"])
    assert "PR-1" in signed_in(requester).get(found, {"q": "PR"}).content.decode()
    assert signed_in(make_user()).get(found).status_code == 404
