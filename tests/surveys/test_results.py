"""The results: each figure is the count of the list it opens, and who may read what."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sla.queries.extent import Extent
from sla.queries.periods import Period
from surveys import actions
from surveys.models import Survey
from surveys.queries.results import POPULATIONS, Filters, Results
from tests.factories import join, make_agent, make_service, make_team, make_user
from tests.surveys.support import age, answered, closed
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
ALL = Extent(True)


def whole(reader=None, filters=None, extent=ALL):
    today = timezone.localdate()
    period = Period.of("custom", today, today - timedelta(days=30), today + timedelta(days=1))
    return Results(period, filters or Filters(), extent, reader or make_user(role="manager"))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def read(user, path="/desk/csat/"):
    return signed_in(user).get(path)


@pytest.fixture
def some():
    """Three answers and two that never came, in two teams and services."""
    one, two = make_team("One"), make_team("Two")
    vpn, mail = make_service("VPN"), make_service("Mail")
    answered(make_user(), 5, team=one, service=vpn)
    answered(make_user(), 4, team=one, service=vpn)
    answered(make_user(), 1, team=two, service=mail, comment="Never again")
    closed(make_user(), team=two)
    closed(make_user(), team=one, service=vpn)
    return {"one": one, "two": two, "vpn": vpn, "mail": mail}


def test_average_share_rate_and_their_populations(some):
    found = whole().totals()
    assert (found.asked, found.answered) == (5, 3)
    assert found.average == pytest.approx(10 / 3)
    assert found.share == pytest.approx(2 / 3)
    assert found.rate == pytest.approx(3 / 5)
    assert (found.low, found.scores) == (1, (1, 0, 0, 1, 1))


def test_every_figure_is_the_count_of_its_list(some):
    results = whole()
    found = results.totals()
    sizes = {name: results.population(name).count() for name in POPULATIONS}
    assert sizes["asked"] == found.asked
    assert sizes["answered"] == found.answered
    assert sizes["unanswered"] == found.asked - found.answered
    assert sizes["satisfied"] == found.satisfied
    assert sizes["low"] == found.low
    assert tuple(sizes[str(score)] for score in range(1, 6)) == found.scores


def test_what_nobody_answered_is_not_measured_rather_than_zero():
    found = whole().totals()
    assert (found.average, found.share, found.rate) == (None, None, None)
    closed(make_user())
    found = whole().totals()
    assert (found.average, found.share, found.rate) == (None, None, 0.0)
    page = read(make_user(role="manager", language="en")).content.decode()
    assert "not measured" in page


def test_groups_add_up_to_the_whole(some):
    results = whole()
    for by in ("team", "service", "kind"):
        groups = results.groups(by)
        assert sum(group.figures.asked for group in groups) == 5
        assert sum(group.figures.answered for group in groups) == 3
    by_service = {group.key: group.figures.asked for group in results.groups("service")}
    assert by_service == {some["vpn"].pk: 3, some["mail"].pk: 1, None: 1}


def test_filters_narrow_figures_and_lists_alike(some):
    for filters in (Filters(team=(some["one"].pk,)), Filters(service=(some["vpn"].pk,))):
        results = whole(filters=filters)
        assert (results.totals().asked, results.totals().answered) == (3, 2)
        assert results.population("asked").count() == 3
    assert whole(filters=Filters(kind="nothing")).totals().asked == 0


def test_an_answer_belongs_to_the_day_it_was_asked_for_in_the_organisations_zone(settings):
    settings.DEFAULT_USER_TIME_ZONE = "Asia/Seoul"
    survey = answered(make_user(), 4)
    Survey.objects.filter(pk=survey.pk).update(asked_at=datetime(2026, 3, 31, 15, 0, tzinfo=UTC))

    def month(first):
        return Results(Period.of("month", first), Filters(), ALL, make_user(role="manager"))

    assert month(date(2026, 3, 15)).totals().asked == 0
    assert month(date(2026, 4, 15)).totals().asked == 1
    trend = dict(month(date(2026, 4, 15)).trend())
    assert (trend[date(2026, 4, 1)].answered, trend[date(2026, 3, 1)].answered) == (1, 0)
    assert len(trend) == 12


def test_the_team_and_service_of_the_closing_answer_for_it(some):
    other = make_team("Three")
    Ticket.objects.update(team=other)
    assert whole(filters=Filters(team=(some["one"].pk,))).totals().asked == 3
    assert whole(filters=Filters(team=(other.pk,))).totals().asked == 0


def test_restricted_records_count_but_are_not_listed_and_that_is_said(some):
    Ticket.objects.filter(surveys__score=1).update(restricted=True)
    manager = make_user(role="manager", language="en")
    results = whole(manager)
    assert results.totals().low == 1
    assert results.visible(results.population("low")).count() == 0
    page = read(manager, "/desk/csat/answers/?of=low&range=year").content.decode()
    assert "Never again" not in page
    assert "1 of them is not shown" in page
    survey = Survey.objects.get(score=1)
    assert read(manager, f"/desk/csat/answers/{survey.pk}/").status_code == 404
    file = b"".join(read(manager, "/desk/csat/answers/file/?of=asked&range=year").streaming_content)
    assert b"Never again" not in file


@pytest.mark.parametrize(
    ("role", "scope", "teams", "asked"),
    [
        ("manager", "all", "", 5),
        ("auditor", "all", "", 5),
        ("administrator", "all", "", 5),
        ("team_lead", "teams", "one", 3),
        ("agent", "all", "two", 2),
        ("agent", "teams", "one", 3),
        ("agent", "teams", "", 0),
    ],
)
def test_whose_answers_a_role_reads(some, role, scope, teams, asked):
    reader = make_user(role=role, scope=scope, language="en")
    if teams:
        join(some[teams], reader)
    page = read(reader)
    assert page.status_code == 200
    assert page.context["page"].totals.asked == asked


def test_a_service_owner_reads_that_of_their_services(some):
    owner = make_user(role="service_owner", scope="services")
    some["mail"].owner = owner
    some["mail"].save()
    assert read(owner).context["page"].totals.asked == 1


def test_requesters_read_no_results(some):
    somebody = make_user()
    for path in ("", "answers/", "answers/file/", "groups/", "feedback/", "answers/1/"):
        assert read(somebody, f"/desk/csat/{path}").status_code == 403


def test_agents_read_comments_after_a_day_managers_and_the_lead_at_once(some):
    lead = make_agent(language="en", scope="teams")
    some["two"].lead = lead
    some["two"].save()
    agent = make_agent(team=some["two"], scope="teams", language="en")
    join(some["two"], lead)
    survey = Survey.objects.get(score=1)
    one = f"/desk/csat/answers/{survey.pk}/"
    paths = (one, "/desk/csat/answers/?of=low&range=year")
    for path in paths:
        assert "Never again" not in read(agent, path).content.decode()
        for reader in (lead, make_user(role="manager"), make_user(role="administrator")):
            assert "Never again" in read(reader, path).content.decode()
    file = read(agent, "/desk/csat/answers/file/?of=low&range=year")
    assert b"Never again" not in b"".join(file.streaming_content)
    Survey.objects.filter(pk=survey.pk).update(changed_at=timezone.now() - timedelta(hours=24))
    for path in paths:
        assert "Never again" in read(agent, path).content.decode()


def test_a_changed_comment_is_held_back_anew(some):
    survey = Survey.objects.get(score=1)
    Survey.objects.filter(pk=survey.pk).update(changed_at=timezone.now() - timedelta(days=2))
    actions.vote(survey, 1, by=survey.user, comment="And again")
    agent = make_agent(team=some["two"], scope="teams")
    page = read(agent, f"/desk/csat/answers/{survey.pk}/").content.decode()
    assert "And again" not in page


def test_the_low_ones_say_how_the_follow_up_stands(some):
    manager = make_user(role="manager", language="en")
    page = read(manager, "/desk/csat/answers/?of=low&range=year").content.decode()
    task = Survey.objects.get(score=1).follow_up
    assert task.number in page
    assert "Open" in page


def test_the_files_hold_what_the_pages_show(some):
    manager = make_user(role="manager", language="en")

    def rows(path):
        text = b"".join(read(manager, path).streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    groups = rows("/desk/csat/groups/?range=year&group=team")
    assert {(row[0], row[1], row[2]) for row in groups[1:]} == {
        ("One", "3", "2"),
        ("Two", "2", "1"),
    }
    answers = rows("/desk/csat/answers/file/?range=year&of=answered")
    assert sorted(row[7] for row in answers[1:]) == ["1", "4", "5"]


def test_an_address_that_makes_no_sense_shows_the_usual(some):
    manager = make_user(role="manager")
    assert read(manager, "/desk/csat/?range=x&team=x&from=9&kind=y&group=z").status_code == 200
    assert read(manager, "/desk/csat/answers/?of=everything").status_code == 404
    assert read(manager, "/desk/csat/answers/999999/").status_code == 404


def test_query_counts_do_not_grow_with_the_answers(django_assert_max_num_queries, some):
    manager = make_user(role="manager")
    client = signed_in(manager)
    paths = ("/desk/csat/?range=year", "/desk/csat/answers/?range=year&of=asked")

    def count(path):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    before = [count(path) for path in paths]
    for number in range(8):
        team = make_team()
        survey = answered(make_user(), number % 5 + 1, team=team, service=make_service())
        age(survey, days=number)
    assert [count(path) for path in paths] == before
