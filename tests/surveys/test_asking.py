"""Who is asked, when, and how often."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import people
from accounts.models import User
from core import context, options, outbox
from surveys.models import Survey
from surveys.rules import may_ask
from surveys.tokens import digest, link_token
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tests.surveys.support import age, close, closed
from tickets import actions

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))


@pytest.mark.django_db
def test_the_requester_of_a_closed_record_is_asked():
    person, service = make_user(), make_service()
    survey = closed(person, service=service)
    assert survey is not None
    ticket = survey.ticket
    assert (survey.user, survey.kind) == (person, "incident")
    assert (survey.team_id, survey.service_id) == (ticket.team_id, service.pk)
    assert survey.expires_at - survey.asked_at == timedelta(days=14)
    assert survey.score is None


@pytest.mark.django_db
def test_nobody_is_asked_when_it_is_only_resolved():
    from tests.factories import resolution

    actions.transition(open_incident(), "resolve", by=None, **resolution())
    assert not Survey.objects.exists()


@pytest.mark.django_db
def test_nobody_is_asked_after_what_was_withdrawn_or_merged():
    person = make_user()
    actions.transition(open_incident(by=person), "cancel", by=None, reason="x")
    source, target = open_incident(by=person), open_incident(by=make_user())
    actions.merge(source, target, by=None)
    assert not Survey.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["is_machine", "left"])
def test_machines_and_people_who_left_are_not_asked(field):
    person = make_user()
    ticket = open_incident(by=person)
    if field == "is_machine":
        User.objects.filter(pk=person.pk).update(is_machine=True)
    else:
        User.objects.filter(pk=person.pk).update(is_active=False)
    assert close(ticket) is None


@pytest.mark.django_db
def test_whoever_did_the_work_is_not_asked_about_it():
    team = make_team()
    agent = make_agent(team=team)
    assert close(open_incident(by=agent, team=team, assignee=agent)) is None


@pytest.mark.django_db
def test_nothing_is_asked_of_imported_closings_or_quiet_ones():
    token = context.channel.set("import")
    try:
        assert closed(make_user()) is None
    finally:
        context.channel.reset(token)
    from tests.factories import resolution

    ticket = actions.transition(open_incident(), "resolve", by=None, **resolution())
    actions.transition(ticket, "close", by=None, notify=False)
    assert not Survey.objects.exists()


@pytest.mark.django_db
def test_an_administrator_can_switch_it_off():
    options.put("surveys", False)
    assert closed(make_user()) is None


@pytest.mark.django_db
def test_at_most_one_in_fourteen_days():
    person = make_user()
    first = closed(person)
    assert closed(person) is None
    age(first, days=13, hours=23)
    assert closed(person) is None
    age(first, minutes=61)
    assert closed(person) is not None
    assert closed(make_user()) is not None


@pytest.mark.django_db
def test_the_pause_is_an_option():
    options.put("survey_pause_days", 30)
    person = make_user()
    age(closed(person), days=15)
    assert closed(person) is None


@given(st.lists(INSTANTS, max_size=30), st.integers(1, 60))
def test_no_window_of_the_pause_ever_holds_two(closings, days):
    """However records close: among those asked, two neighbours are never closer than the pause."""
    asked: list[datetime] = []
    for now in sorted(closings):
        if may_ask(asked[-1] if asked else None, now, days):
            asked.append(now)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert all(gap >= timedelta(days=days) for gap in gaps)
    if closings:
        assert asked[0] == min(closings)  # and whoever may be asked is
    last = {now: max((a for a in asked if a <= now), default=None) for now in closings}
    assert all(now - before < timedelta(days=days) for now, before in last.items())


@pytest.mark.django_db(transaction=True)
def test_two_records_that_close_at_once_make_one_survey():
    person = make_user()
    tickets = [open_incident(by=person) for _n in range(4)]
    barrier = threading.Barrier(len(tickets))
    failed = []

    def run(ticket):
        try:
            barrier.wait(10)
            close(ticket)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(ticket,)) for ticket in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    counted = Survey.objects.values("user").annotate(n=Count("pk")).values_list("n", flat=True)
    assert list(counted) == [1]


@pytest.mark.django_db
def test_it_is_asked_in_the_transaction_of_the_closing():
    person = make_user()
    ticket = open_incident(by=person)
    with transaction.atomic():
        close(ticket)
        transaction.set_rollback(True)
    assert not Survey.objects.exists()


@pytest.mark.django_db
def test_only_the_digest_of_the_link_is_kept():
    survey = closed(make_user())
    token = link_token(survey.key)
    stored = str(Survey.objects.filter(pk=survey.pk).values().get())
    assert token not in stored
    assert survey.digest == digest(token)


def dispatch():
    while outbox.dispatch_due().total:
        pass


@pytest.mark.django_db
def test_the_mail_has_five_faces_in_words_that_lead_to_the_page():
    survey = closed(make_user(language="ko"))
    dispatch()
    (letter,) = [
        each for each in mail.outbox if each.extra_headers["Message-ID"].startswith("<survey.")
    ]
    link = f"/portal/survey/{link_token(survey.key)}/"
    html = letter.alternatives[0][0]
    for face in range(1, 6):
        assert f"{link}?face={face}" in letter.body
        assert f"{link}?face={face}" in html
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert Survey.objects.get().mailed_at is not None


@pytest.mark.django_db
def test_it_is_mailed_once_and_not_to_those_who_want_no_mail():
    survey = closed(make_user())
    dispatch()
    before = len(mail.outbox)
    from surveys.actions import send

    send({"survey": survey.pk})
    assert len(mail.outbox) == before
    assert closed(make_user(mail_notices=False)) is not None
    assert closed(make_user(email="x@maru.invalid")) is not None
    dispatch()
    assert Survey.objects.filter(mailed_at=None).count() == 2


@pytest.mark.django_db
def test_an_anonymised_persons_link_ends_and_their_words_go():
    from surveys import actions as surveys

    person = make_user()
    survey = closed(person)
    surveys.vote(survey, 1, by=person, comment="I am Hong, room 3")
    people.deactivate(person, by=None)
    people.anonymise(person, by=None)
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (1, "")
    assert survey.expires_at <= datetime.now(UTC)
