"""The page of a service: what it is, promises, and how it has been, in plain words."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cmdb.enums import ServiceStatus
from portal.queries.agreed import in_words
from sla.enums import ObjectiveKind, OutageKind
from sla.models import Calendar as CalendarRow
from sla.models import Objective, Outage
from sla.worktime import Calendar
from tests.catalog.support import field, make_offering
from tests.factories import make_service, make_team, make_user, open_incident
from tests.knowledge.support import make_editor, publish, written

pytestmark = pytest.mark.django_db
HOUR = 3600
OFFICE = Calendar("Asia/Seoul", week=(((9 * HOUR, 18 * HOUR),),) * 5 + ((), ()))


@pytest.fixture
def requester(client):
    user = make_user("김하늘", roman_name="Haneul Kim")
    client.force_login(user)
    return user


@pytest.fixture
def mail():
    return make_service(
        "메일",
        name_en="Mail",
        summary_en="Send and receive mail.",
        description_en="With **calendar**. <script>alert(1)</script>",
        users_en="All employees",
        hours_en="Around the clock",
        support_policy_en="Weekdays 9 to 18.",
        cost_amount=Decimal(3000),
        cost_unit_en="person",
        paid_by_en="Your department",
        contact_email="mail@maru.example",
        owner=make_user("한책임", roman_name="Owner Han", job_title="Manager"),
        support_team=make_team("Mail team"),
    )


def page(client, service):
    response = client.get(reverse("portal:service", args=[service.slug]))
    assert response.status_code == 200
    return response


def test_everything_said_of_a_service_is_shown(client, requester, mail):
    text = page(client, mail).content.decode()
    for words in (
        "Send and receive mail.", "<strong>calendar</strong>", "All employees", "Around the clock",
        "Weekdays 9 to 18.", "3,000 KRW", "Your department", "Owner Han", "Mail team",
        "mail@maru.example", "Operational",
    ):  # fmt: skip
        assert words in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("status", [ServiceStatus.PIPELINE, ServiceStatus.RETIRED])
def test_a_service_that_is_not_live_has_no_page(client, requester, mail, status):
    type(mail).objects.filter(pk=mail.pk).update(status=status)
    assert client.get(reverse("portal:service", args=[mail.slug])).status_code == 404


def test_its_offerings_and_articles_are_on_it_and_no_others(client, requester, mail):
    make_offering(field("x"), name={"ko": "메일함", "en": "Mailbox"}, service=mail)
    make_offering(field("x"), name={"ko": "책상", "en": "Desk"}, service=make_service("가구"))
    author = make_editor()
    publish(written(by=author, title_en="Set up mail", body_en="So.", services=[mail]))
    publish(written(by=author, title_en="Move a desk", body_en="So."))
    text = page(client, mail).content.decode()
    assert "Mailbox" in text
    assert "Set up mail" in text
    assert "Desk" not in text
    assert "Move a desk" not in text


def test_the_report_it_leads_to_knows_the_service(client, requester, mail):
    where = reverse("portal:report") + f"?service={mail.pk}"
    assert where in page(client, mail).content.decode()
    response = client.get(where)
    assert response.context["service"] == mail
    assert client.get(reverse("portal:report") + "?service=abc").status_code == 200


def test_promises_read_as_people_say_them():
    assert in_words(2 * 9 * HOUR, OFFICE) == "within 2 working days"
    assert in_words(4 * HOUR, OFFICE) == "within 4 working hours"
    assert in_words(30 * 60, OFFICE) == "within 30 minutes"
    always = Calendar("Asia/Seoul", always=True)
    assert in_words(24 * HOUR, always) == "within 1 day"
    assert in_words(4 * HOUR, always) == "within 4 hours"


def test_the_agreement_in_force_is_told(client, requester, mail):
    assert page(client, mail).context["facts"].promises


def test_availability_is_told_for_30_and_90_days(client, requester, mail):
    now = timezone.now()
    Objective.objects.create(
        service=mail,
        kind=ObjectiveKind.AVAILABILITY,
        target=Decimal("99.9"),
        calendar=CalendarRow.objects.create(
            name_ko="연중무휴", name_en="Always", always=True, zone="Asia/Seoul"
        ),
        starts_on=(now - timedelta(days=400)).date(),
    )
    Outage.objects.create(
        service=mail,
        kind=OutageKind.UNPLANNED,
        started_at=now - timedelta(days=40, hours=3),
        ended_at=now - timedelta(days=40),
    )
    month, quarter = page(client, mail).context["facts"].uptimes
    assert (month.days, month.share, month.is_met) == (30, "100 %", True)
    assert month.text == "No outage within the service hours."
    assert (quarter.days, quarter.share, quarter.is_met) == (90, "99.86 %", False)
    assert "3h not available, 1 outage in all." in quarter.text


def test_without_an_objective_nothing_is_claimed(client, requester, mail):
    assert page(client, mail).context["facts"].uptimes == []


def test_what_goes_on_now_is_said_but_no_restricted_record(client, requester, mail):
    now = timezone.now()
    outage = Outage.objects.create(
        service=mail, kind=OutageKind.DEGRADED, started_at=now - timedelta(hours=1)
    )
    assert "Degraded performance" in page(client, mail).content.decode()
    home = client.get(reverse("portal:home")).content.decode()
    assert "Mail: Degraded performance" in home
    ticket = open_incident(by=requester)
    type(ticket).objects.filter(pk=ticket.pk).update(restricted=True)
    Outage.objects.filter(pk=outage.pk).update(ticket=ticket.pk)
    assert page(client, mail).context["facts"].now.standing == "operational"
    assert "Not everything works" not in client.get(reverse("portal:home")).content.decode()


def test_a_rating_is_shown_only_when_enough_have_rated(client, requester, mail):
    text = page(client, mail).content.decode()
    assert "Too few ratings yet" in text
    assert reverse("portal:feedback", args=[mail.pk]) in text


def test_the_page_costs_the_same_for_one_of_each_and_for_thirty(client, requester, mail):
    author = make_editor()

    def fill(number):
        make_offering(field("x"), name={"ko": f"{number}", "en": f"{number}"}, service=mail)
        publish(written(by=author, title_en=f"Help {number}", body_en="So.", services=[mail]))
        began = timezone.now() - timedelta(days=number + 1)
        Outage.objects.create(
            service=mail,
            kind=OutageKind.UNPLANNED,
            started_at=began,
            ended_at=began + timedelta(hours=1),
        )

    fill(0)
    counted = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(client, mail)
        counted.append(len(queries))
        if len(counted) == 1:
            for number in range(1, 30):
                fill(number)
    assert counted[0] == counted[1]
