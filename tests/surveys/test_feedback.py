"""Feedback on a service as such, and the average that everybody sees."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AuditEvent
from core.errors import ActionError, NotAllowed
from surveys import actions
from surveys.models import Feedback
from surveys.queries.feedback import service_rating
from tests.factories import make_agent, make_service, make_team, make_user
from tests.surveys.support import answered
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_once_in_ninety_days_and_the_second_replaces_the_first():
    person, service = make_user(), make_service()
    first = actions.give(service, 2, by=person, comment="slow")
    second = actions.give(service, 5, by=person)
    assert (second.pk, second.stars, second.comment) == (first.pk, 5, "")
    Feedback.objects.update(given_at=first.given_at - timedelta(days=90))
    actions.give(service, 4, by=person)
    assert Feedback.objects.count() == 2
    actions.give(make_service(), 4, by=person)
    assert Feedback.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one():
    person, service = make_user(), make_service()
    barrier = threading.Barrier(3)

    def click():
        barrier.wait(10)
        try:
            actions.give(service, 3, by=person)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Feedback.objects.count() == 1


def test_only_people_only_live_services_only_five_stars():
    service = make_service()
    with pytest.raises(NotAllowed):
        actions.give(service, 3, by=make_user(is_machine=True))
    with pytest.raises(ActionError):
        actions.give(make_service(status="retired"), 3, by=make_user())
    for stars in (0, 6):
        with pytest.raises(ActionError):
            actions.give(service, stars, by=make_user())


def test_the_average_is_shown_from_five_on_with_n():
    service, other = make_service(), make_service()
    for stars in (1, 2, 3, 4):
        actions.give(service, stars, by=make_user())
    assert service_rating([service.pk, other.pk]) == {service.pk: (None, 4)}
    actions.give(service, 5, by=make_user())
    assert service_rating([service.pk, other.pk]) == {service.pk: (3.0, 5)}


def test_answered_surveys_count_with_it_but_not_of_restricted_records():
    service = make_service()
    for stars in (4, 4, 4):
        actions.give(service, stars, by=make_user())
    surveys = [answered(make_user(), 1, service=service) for _n in range(2)]
    assert service_rating([service.pk]) == {service.pk: (pytest.approx(2.8), 5)}
    Ticket.objects.filter(pk=surveys[0].ticket_id).update(restricted=True)
    assert service_rating([service.pk]) == {service.pk: (None, 4)}


def test_what_is_hidden_does_not_count():
    service, manager = make_service(), make_user(role="manager")
    given = [actions.give(service, 5, by=make_user()) for _n in range(6)]
    actions.hide(given[0], "Names a colleague", by=manager)
    assert service_rating([service.pk]) == {service.pk: (5.0, 5)}
    actions.show(given[0], by=manager)
    assert service_rating([service.pk]) == {service.pk: (5.0, 6)}


def test_one_query_whatever_the_number_of_services(django_assert_num_queries):
    services = [make_service() for _n in range(12)]
    for service in services:
        actions.give(service, 3, by=make_user())
    with django_assert_num_queries(1):
        assert len(service_rating(service.pk for service in services)) == 12
    assert service_rating([]) == {}


def test_hiding_asks_for_a_reason_and_is_audited():
    manager = make_user(role="manager")
    row = actions.give(make_service(), 1, by=make_user(), comment="rude")
    with pytest.raises(ActionError) as refused:
        actions.hide(row, "  ", by=manager)
    assert "reason" in refused.value.errors
    actions.hide(row, "Insults somebody", by=manager)
    actions.show(row, by=manager)
    log = AuditEvent.objects.filter(object_type="surveys.feedback").order_by("pk")
    assert [(each.actor, each.verb) for each in log] == [
        (manager, "switched_off"), (manager, "switched_on"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "may"),
    [("manager", True), ("administrator", True), ("service_owner", False), ("agent", False),
     ("team_lead", False), ("auditor", False), ("", False)],
)  # fmt: skip
def test_who_may_hide(role, may):
    row = actions.give(make_service(), 1, by=make_user())
    somebody = make_user(role=role)
    if may:
        assert actions.hide(row, "x", by=somebody).hidden_by == somebody
    else:
        with pytest.raises(NotAllowed):
            actions.hide(row, "x", by=somebody)


def test_nobody_hides_what_is_said_of_their_own_service():
    owner = make_user(role="manager")
    row = actions.give(make_service(owner=owner), 1, by=make_user())
    with pytest.raises(NotAllowed):
        actions.hide(row, "x", by=owner)


def test_the_page_takes_it_and_shows_it_again():
    service, person = make_service("VPN"), make_user(language="en")
    client, path = signed_in(person), f"/portal/feedback/{service.pk}/"
    assert client.get(path).status_code == 200
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"stars": "9"}).status_code == 422
    assert not Feedback.objects.exists()
    assert client.post(path, {"stars": "4", "comment": "Fine <b>"}).status_code == 302
    page = client.get(path).content.decode()
    assert 'value="4" checked' in page
    assert "Fine &lt;b&gt;" in page
    assert client.get("/portal/feedback/999999/").status_code == 404
    assert Client().get(path).status_code == 302


def test_the_owner_reads_it_and_others_do_not():
    owner = make_agent(role="service_owner", scope="services", language="en")
    service = make_service("VPN", owner=owner)
    actions.give(service, 2, by=make_user(), comment="Too slow in Busan")
    path = "/desk/csat/feedback/"
    assert "Too slow in Busan" in signed_in(owner).get(path).content.decode()
    manager = signed_in(make_user(role="manager"))
    assert "Too slow in Busan" in manager.get(path).content.decode()
    team = make_team()
    other = make_agent(team=team, scope="teams")
    assert "Too slow in Busan" not in signed_in(other).get(path).content.decode()
    assert signed_in(make_user()).get(path).status_code == 403


def test_hidden_words_are_for_moderators_only():
    owner = make_agent(role="service_owner", scope="services", language="en")
    row = actions.give(make_service(owner=owner), 2, by=make_user(), comment="Kim is stupid")
    manager = signed_in(make_user(role="manager", language="en"))
    assert (
        manager.post(f"/desk/csat/feedback/{row.pk}/hide/", {"reason": "Insult"}).status_code == 302
    )
    assert "Kim is stupid" not in signed_in(owner).get("/desk/csat/feedback/").content.decode()
    assert "Kim is stupid" in manager.get("/desk/csat/feedback/").content.decode()
    assert signed_in(owner).post(f"/desk/csat/feedback/{row.pk}/show/").status_code == 403
    manager.post(f"/desk/csat/feedback/{row.pk}/show/")
    assert "Kim is stupid" in signed_in(owner).get("/desk/csat/feedback/").content.decode()
