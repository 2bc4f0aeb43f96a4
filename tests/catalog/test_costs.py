"""Costs by department and month: sums, the bookings behind them, and who reads them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.actions import changes
from catalog.models import Cost
from catalog.queries import costs
from tests.catalog.kit import ask, make_offering
from tests.factories import make_agent, make_department, make_user

pytestmark = pytest.mark.django_db
PRICE = {"amount": "1500", "currency": "EUR", "period": "once", "payer": "department"}


@pytest.fixture
def manager():
    return make_agent(role="manager", language="en")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def booked(department, at=None, **price):
    ticket = ask(make_offering(price={**PRICE, **price}), make_user(department=department))
    if at is not None:
        Cost.objects.filter(request_id=ticket.pk).update(booked_at=at)
    return ticket


def test_amounts_stand_in_the_month_and_department_they_were_booked_in():
    sales = make_department("Sales")
    year = timezone.localdate().year
    booked(sales, datetime(year, 1, 10, tzinfo=UTC))
    booked(sales, datetime(year, 1, 20, tzinfo=UTC), amount="500")
    (line,) = costs.by_department(year)
    assert (line.name, line.currency, line.months[0]) == ("Sales", "EUR", Decimal(2000))
    assert line.total == Decimal(2000)


def test_currencies_and_what_is_due_monthly_are_never_added_up():
    sales = make_department("Sales")
    booked(sales)
    booked(sales, currency="KRW")
    booked(sales, period="month")
    lines = costs.by_department(timezone.localdate().year)
    assert {(line.currency, line.period) for line in lines} == {
        ("EUR", "once"),
        ("KRW", "once"),
        ("EUR", "month"),
    }


def test_what_was_taken_back_counts_against_it():
    ticket = booked(make_department("Sales"))
    changes.cancel(ticket, "Not needed", by=ticket.requester)
    (line,) = costs.by_department(timezone.localdate().year)
    assert line.total == 0


def test_each_figure_opens_the_bookings_it_counts(manager):
    department = make_department("Sales")
    booked(department)
    booked(make_department("Plant"))
    today = timezone.localdate()
    chosen = costs.Slice(today.year, today.month, department.pk, "EUR", "once")
    rows, more = costs.bookings(chosen, manager)
    assert ([row.department for row in rows], more) == (["Sales"], False)
    shown = signed_in(manager).get("/desk/costs/").content.decode()
    assert f"department={department.pk}" in shown
    address = (
        f"/desk/costs/records/?year={today.year}&month={today.month}&department={department.pk}"
    )
    assert "1,500.00 EUR" in signed_in(manager).get(address).content.decode()


def test_costs_are_for_managers():
    assert signed_in(make_agent()).get("/desk/costs/").status_code == 403


def test_the_file_holds_the_same_figures(manager):
    booked(make_department("Sales"))
    answer = signed_in(manager).get("/desk/costs/file/")
    assert "Sales" in b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize("query", ["month=13", "year=1", "period=x", "currency=%00%00", "page=x"])
def test_addresses_that_were_typed_wrongly_do_no_harm(manager, query):
    assert signed_in(manager).get(f"/desk/costs/records/?{query}").status_code in (200, 404)


def test_a_hundred_departments_ask_as_much_as_one(manager):
    def statements():
        client = signed_in(manager)
        client.get("/desk/costs/")
        with CaptureQueriesContext(connection) as found:
            client.get("/desk/costs/")
            client.get(f"/desk/costs/records/?year={timezone.localdate().year}")
        return len(found)

    booked(make_department("Sales"))
    few = statements()
    for number in range(5):
        booked(make_department(f"Department {number}"))
    assert statements() == few
