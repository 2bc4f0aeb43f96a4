"""A request on the desk: what its page says, and how many statements that takes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.actions import changes
from tests.catalog.kit import (
    ask,
    end,
    fresh,
    make_offering,
    make_policy,
    question,
    seat,
    task,
    tasks,
)
from tests.factories import make_agent, make_department, make_team, make_user
from tickets import actions
from tickets.actions import approving

pytestmark = pytest.mark.django_db
PRICE = {"amount": "1500", "currency": "EUR", "period": "once", "payer": "department"}


@pytest.fixture
def agent():
    return make_agent("Agent", team=make_team(), language="en")


def page(user, ticket, path=""):
    client = Client()
    client.force_login(user)
    return client.get(f"/req/{ticket.number}/{path}").content.decode()


def test_the_page_shows_what_was_asked_and_for_whom(agent):
    offering = make_offering(
        fields=[question("size"), question("colour")], price=PRICE, for_others=True
    )
    department = make_department("Sales")
    ticket = ask(
        offering, answers={"size": "14 inch"}, beneficiary=make_user("Kim", department=department)
    )
    shown = page(agent, ticket)
    for words in ("Laptop", "version 1", "Kim", "Size", "14 inch", "not answered", "1,500.00 EUR"):
        assert words in shown
    assert "Sales" in shown


def test_the_plan_says_what_waits_for_what(agent):
    ticket = ask(make_offering(tasks=[task("buy"), task("hand over", after=["buy"])]))
    made = tasks(ticket)
    assert f"Waits for {made['Buy'].number}" in page(agent, ticket, "panel/tasks/")
    end(made["Buy"])
    assert "Waits for" not in page(agent, ticket, "panel/tasks/")


def test_a_task_that_can_not_be_done_is_said_to_fail(agent):
    ticket = ask(make_offering(tasks=[task("buy")]))
    one = tasks(ticket)["Buy"]
    client = Client()
    client.force_login(agent)
    client.post(f"/req/{ticket.number}/tasks/{one.pk}/", {"state": "failed"})
    assert tasks(ticket)["Buy"].state == "failed"
    assert "Failed" in page(agent, ticket, "panel/tasks/")


def test_fulfilling_asks_what_was_delivered(agent):
    ticket = ask(make_offering())
    assert "What was delivered" in page(agent, ticket, "do/fulfil/")


def test_the_history_tells_which_answers_changed(agent):
    boss, requester = make_user(), make_user()
    offering = make_offering(fields=[question("why")], approval={"policy": make_policy([boss]).pk})
    ticket = ask(offering, requester, answers={"why": "Old one broke"})
    approving.decide(seat(ticket), "reject", by=boss, opinion="Which one?")
    changes.resubmit(fresh(ticket), {"why": "The red one"}, by=requester)
    assert "Why: Old one broke → The red one" in page(agent, ticket)


def test_the_page_asks_as_much_of_a_big_request_as_of_a_small_one(agent):
    def statements(size):
        parts = [{"offering": make_offering(f"Part {n}").pk} for n in range(size)]
        offering = make_offering(
            fields=[question(f"q{n}") for n in range(size)],
            tasks=[task(f"t{n}", after=[f"t{n - 1}"] if n else []) for n in range(size)],
            bundle=parts,
            price=PRICE,
            approval={"policy": make_policy([make_user()]).pk},
        )
        ticket = ask(offering, answers={f"q{n}": "x" for n in range(size)})
        approving.decide(seat(ticket), "approve", by=seat(ticket).user)
        client = Client()
        client.force_login(agent)
        client.get(f"/req/{ticket.number}/")
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(f"/req/{ticket.number}/").status_code == 200
            assert client.get(f"/req/{ticket.number}/panel/tasks/").status_code == 200
        return len(found)

    assert statements(2) == statements(9)


def test_the_resolver_finds_a_request(agent):
    ticket = ask(make_offering())
    client = Client()
    client.force_login(agent)
    for typed in (ticket.number, ticket.number.lower().replace("-", "")):
        assert client.get(f"/r/{typed}/").url.endswith(f"/req/{ticket.number}/")


def test_the_desk_finds_and_lists_requests(agent):
    ticket = ask(make_offering("Standing desk"))
    client = Client()
    client.force_login(agent)
    assert ticket.number in client.get("/search/?q=standing").content.decode()
    assert ticket.number in client.get("/desk/q/all/?f.kind=request").content.decode()
    assert actions.allowed(ticket, agent)
