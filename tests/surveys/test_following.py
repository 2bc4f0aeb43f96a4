"""A low score makes work for whoever leads, once, and the work can be done."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from core import options, outbox
from core.errors import ActionError, NotAllowed
from notifications.models import Notice
from surveys import actions
from surveys.models import Survey
from tests.factories import make_agent, make_team, make_user, open_incident, resolution
from tests.surveys.support import age, answered, closed
from tickets import actions as kernel
from tickets.models import Event, Task, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_agent("이서연", language="en")


@pytest.fixture
def team(lead):
    return make_team("Network", lead, lead=lead)


def test_a_low_score_gives_the_lead_a_task_on_the_closed_record(team, lead):
    survey = answered(make_user(), 2, comment="Nobody called back", team=team)
    task = Task.objects.get()
    assert survey.follow_up == task
    assert (task.ticket_id, task.team, task.assignee) == (survey.ticket_id, team, lead)
    assert f"/desk/csat/answers/{survey.pk}/" in task.description
    assert "Nobody called back" not in task.description
    assert Ticket.objects.get(pk=survey.ticket_id).phase == "closed"
    while outbox.dispatch_due().total:
        pass
    assert Notice.objects.filter(user=lead, what="task").count() == 1


@pytest.mark.parametrize("score", [3, 4, 5])
def test_other_scores_make_no_work(team, score):
    answered(make_user(), score, team=team)
    assert not Task.objects.exists()


def test_from_which_score_on_is_an_option(team):
    options.put("survey_low_score", 0)
    answered(make_user(), 1, team=team)
    assert not Task.objects.exists()
    options.put("survey_low_score", 3)
    answered(make_user(), 3, team=team)
    assert Task.objects.count() == 1


def test_changing_the_answer_never_doubles_the_work(team):
    person = make_user()
    survey = answered(person, 1, team=team)
    for score in (2, 5, 1, 4, 2):
        actions.vote(survey, score, by=person)
    assert Task.objects.count() == 1


def test_a_good_answer_that_turns_low_makes_the_work_then(team):
    person = make_user()
    survey = answered(person, 5, team=team)
    assert not Task.objects.exists()
    actions.vote(survey, 1, by=person)
    assert Task.objects.count() == 1


def test_a_second_survey_of_the_record_uses_the_task_that_is_open(team):
    person = make_user()
    first = answered(person, 1, team=team)
    age(first, days=20)
    Ticket.objects.update(status="resolved", phase="resolved", closed_at=None)
    ticket = kernel.transition(first.ticket, "close", by=None, anyway=True)
    second = Survey.objects.filter(ticket=ticket).latest("id")
    assert second != first
    actions.vote(second, 2, by=person)
    assert Task.objects.count() == 1
    assert Survey.objects.get(pk=second.pk).follow_up_id == first.follow_up_id


def test_without_a_lead_or_one_who_left_the_team_has_it():
    answered(make_user(), 1, team=make_team())
    gone = make_agent(is_active=False)
    answered(make_user(), 1, team=make_team("", gone, lead=gone))
    requester = make_user()
    answered(make_user(), 1, team=make_team("", lead=requester))
    assert list(Task.objects.values_list("assignee", flat=True)) == [None, None, None]


def test_the_lead_does_the_work_though_the_record_stays_closed(team, lead):
    survey = answered(make_user(), 1, team=team)
    task = kernel.change_task(survey.follow_up, {"state": "done"}, by=lead)
    assert task.state == "done"
    assert Ticket.objects.get(pk=survey.ticket_id).phase == "closed"


def test_nobody_but_the_product_puts_tasks_onto_closed_records(team, lead):
    survey = closed(make_user(), team=team)
    for by in (lead, make_user(role="administrator")):
        with pytest.raises(ActionError, match="closed"):
            kernel.add_task(survey.ticket, "x", by=by, after_close=True)
    with pytest.raises(ActionError, match="closed"):
        kernel.add_task(survey.ticket, "x", by=None)
    with pytest.raises(NotAllowed):
        kernel.add_task(survey.ticket, "x", by=survey.user, after_close=True)


def test_tasks_from_before_the_closing_stay_as_they_are(team, lead):
    ticket = open_incident(by=lead, requester=make_user(), team=team)
    before = kernel.add_task(ticket, "left open", by=lead)
    kernel.transition(ticket, "resolve", by=lead, anyway=True, **resolution())
    kernel.transition(ticket, "close", by=lead, anyway=True)
    with pytest.raises(ActionError, match="closed"):
        kernel.change_task(before, {"state": "done"}, by=lead)


def test_the_record_says_that_the_task_was_added(team):
    survey = answered(make_user(), 1, team=team)
    event = Event.objects.filter(ticket=survey.ticket_id).latest("id")
    assert (event.verb, event.actor) == ("task_added", None)
    assert event.at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_task():
    lead = make_agent()
    person = make_user()
    survey = closed(person, team=make_team("", lead, lead=lead))
    barrier = threading.Barrier(4)

    def click():
        barrier.wait(10)
        try:
            actions.vote(survey, 1, by=person)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Task.objects.count() == 1
    assert Survey.objects.get().score == 1
