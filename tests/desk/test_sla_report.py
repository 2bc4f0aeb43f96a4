"""The report page: who reads it, that its numbers open their lists, and what it costs."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sla.actions.rollup import roll_up
from sla.models import Counted, Flow
from tests.factories import (
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
)
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
REPORT = "/desk/sla/"


def signed_in(client, user):
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


@pytest.fixture
def manager():
    return make_user("관리자", role="manager")


@pytest.fixture
def records():
    """Three opened, one of them resolved, one restricted to a team."""
    team = make_team()
    agent = make_agent(team=team)
    first = open_incident(by=agent, team=team)
    actions.comment(first, "봅니다", by=agent)
    actions.transition(first, "resolve", by=agent, **resolution())
    second = open_incident("=1+1", by=agent, team=team)
    secret = open_incident("비밀", by=agent, team=team, restricted=True)
    roll_up()
    return first, second, secret


def card(text: str, key: str) -> str:
    found = re.search(rf'id="kpi-{key}".*?kpi__value[^>]*><a[^>]*>([^<]+)<', text, re.DOTALL)
    assert found
    return found[1]


def numbers(text: str) -> set[str]:
    return set(re.findall(r">(INC-\d+)<", text))


def test_figures_of_this_month_are_shown_with_their_formula(client, manager, records):
    text = signed_in(client, manager).get(REPORT).content.decode()
    assert card(text, "opened") == "3"
    assert card(text, "resolved") == "1"
    assert card(text, "backlog") == "2"
    assert "Records opened in the period" in text
    assert "counted up to" in text


def test_a_number_opens_the_records_it_counts_and_states_the_hidden(client, manager, records):
    first, second, secret = records
    text = signed_in(client, manager).get(REPORT + "records/?of=opened").content.decode()
    assert numbers(text) == {first.number, second.number}
    assert "3 records counted" in text
    assert "1 of them is not shown" in text
    assert secret.title not in text


@pytest.mark.parametrize("of", ["attainment", "met", "open_clocks", "open_breached", "resolved",
                                "backlog", "responded", "first_contact", "reopened"])  # fmt: skip
def test_every_list_answers(client, manager, records, of):
    response = signed_in(client, manager).get(f"{REPORT}records/?of={of}&range=year")
    assert response.status_code == 200


def test_a_list_goes_on_where_the_page_before_ended(client, manager):
    for _ in range(52):
        open_incident()
    roll_up()
    signed_in(client, manager)
    first = client.get(REPORT + "records/?of=opened").content.decode()
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    second = client.get(REPORT + "records/" + onward[1].replace("&amp;", "&")).content.decode()
    assert len(numbers(first)) == 50
    assert len(numbers(second)) == 2
    assert not numbers(first) & numbers(second)


def test_a_group_without_a_service_opens_its_list(client, manager, records):
    text = signed_in(client, manager).get(REPORT + "records/?of=opened&service=0").content.decode()
    assert "3 records counted" in text


@pytest.mark.parametrize("role", ["manager", "auditor", "administrator"])
def test_these_roles_read_everything(client, records, role):
    text = signed_in(client, make_user(role=role)).get(REPORT).content.decode()
    assert card(text, "opened") == "3"


def test_a_lead_reads_their_team_and_an_owner_their_service(client, records):
    lead = make_agent(team=make_team(), role="team_lead", scope="teams")
    assert card(signed_in(client, lead).get(REPORT).content.decode(), "opened") == "0"
    lead = make_agent(team=records[0].team, role="team_lead", scope="teams")
    assert card(signed_in(client, lead).get(REPORT).content.decode(), "opened") == "3"
    owner = make_user(role="service_owner", scope="services")
    ticket, agent = records[1], make_agent(team=records[1].team)
    actions.edit(ticket, {"service": make_service(owner=owner)}, by=agent)
    roll_up()
    assert card(signed_in(client, owner).get(REPORT).content.decode(), "opened") == "1"


@pytest.mark.parametrize("path", ["", "records/?of=opened", "table/groups/"])
def test_others_are_refused(client, path):
    for user in (make_agent(team=make_team()), make_user()):
        assert signed_in(client, user).get(REPORT + path).status_code == 403
    client.logout()
    assert client.get(REPORT + path).status_code == 302


def test_the_menu_offers_it_to_its_readers_only(client, manager):
    link = f'href="{REPORT}"'
    assert link in signed_in(client, manager).get("/desk/q/open/").content.decode()
    agent = make_agent(team=make_team())
    assert link not in signed_in(client, agent).get("/desk/q/open/").content.decode()


def test_the_menu_marks_one_place(client, manager):
    signed_in(client, manager)
    for path in (REPORT, f"{REPORT}records/?of=opened", f"{REPORT}objectives/"):
        rail = client.get(path).content.decode().split('id="rail"')[1].split("</nav>")[0]
        assert rail.count('aria-current="page"') == 1, path


@pytest.mark.parametrize("query", [
    "range=nope", "range=custom", "range=custom&from=2026-13-01&to=x",
    "range=custom&from=2026-05-02&to=2026-05-01", "range=custom&from=1990-01-01&to=2100-12-31",
    "service=x&team=99999999999999999999&priority=77&metric=zz&policy=-1&kind=%00",
    "group=nope&by=nope", "range=custom&from=2090-01-01&to=2090-02-01", "metric=team",
    "group=metric", "group=policy", "group=category&by=month&compare=0&priority=1&priority=2",
])  # fmt: skip
def test_what_makes_no_sense_in_an_address_is_left_out(client, manager, records, query):
    signed_in(client, manager)
    assert client.get(f"{REPORT}?{query}").status_code == 200
    assert (
        client.get(f"{REPORT}records/?of=opened&{query}&start=x&end=2026-99-01").status_code == 200
    )


def test_unknown_lists_and_tables_are_not_found(client, manager):
    signed_in(client, manager)
    for path in ("records/", "records/?of=nope", "table/nope/"):
        assert client.get(REPORT + path).status_code == 404


def test_nothing_measured_says_so(client, manager):
    text = signed_in(client, manager).get(REPORT).content.decode()
    assert card(text, "mttr") == "not measured"
    assert "Nothing has been counted yet" in text


def test_late_figures_are_called_late(client, manager, records):
    Counted.objects.update(at=timezone.now() - timedelta(hours=2))
    assert "These figures are late" in signed_in(client, manager).get(REPORT).content.decode()


@pytest.mark.parametrize("name", ["figures", "series", "groups", "spent"])
def test_tables_are_files(client, manager, records, name):
    service = make_service("=cmd|' /C calc'!A0")
    agent = make_agent(team=records[1].team)
    actions.edit(records[0], {"service": service}, by=agent)
    roll_up()
    response = signed_in(client, manager).get(f"{REPORT}table/{name}/")
    assert response["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) >= (1 if name == "spent" else 2)
    assert all(len(row) == len(rows[0]) for row in rows)
    if name == "groups":
        assert "'=cmd|' /C calc'!A0" in {row[0] for row in rows}


def test_the_table_and_the_page_say_the_same(client, manager, records):
    signed_in(client, manager)
    text = client.get(REPORT).content.decode()
    lines = b"".join(client.get(REPORT + "table/figures/").streaming_content).decode("utf-8-sig")
    rows = {row[0]: row for row in csv.reader(io.StringIO(lines))}
    assert rows["Opened"][1] == card(text, "opened")


def test_no_styles_or_scripts_inside(client, manager, records):
    text = signed_in(client, manager).get(REPORT).content.decode()
    assert "style=" not in text.split("<main")[1]
    assert not re.search(r'["\s]on\w+="', text)


def test_it_takes_the_same_queries_for_any_number_of_groups(client, manager):
    signed_in(client, manager)
    counts = []
    for number in (1, 29):
        for _ in range(number):
            ticket = open_incident()
            Ticket.objects.filter(pk=ticket.pk).update(service=make_service())
        roll_up()
        client.get(REPORT)
        with CaptureQueriesContext(connection) as queries:
            client.get(REPORT)
        counts.append(len(queries))
    assert Flow.objects.filter(grain=1, monthly=True).count() == 30
    assert counts[0] == counts[1]


@pytest.mark.parametrize("of", ["opened", "open_clocks"])
def test_a_list_takes_the_same_queries_for_any_length(client, manager, of):
    signed_in(client, manager)
    counts = []
    for number in (1, 29):
        for _ in range(number):
            open_incident()
        roll_up()
        url = reverse("sla:records") + f"?of={of}"
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
