"""The pages of major incidents: what they show to whom, and that every step answers well."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Role
from accounts.models import User
from incidents import actions
from incidents.models import Incident, LogEntry, MajorIncident, Update
from tests.factories import (
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
)
from tickets import actions as kernel
from tickets.models import Event, Task, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LOCAL = "%Y-%m-%dT%H:%M"


@pytest.fixture
def team() -> Any:
    return make_team("Network")


@pytest.fixture
def lead(team: Any) -> User:
    return make_agent("이서연", team, role=Role.TEAM_LEAD)


@pytest.fixture
def agent(team: Any) -> User:
    return make_agent("김하늘", team)


@pytest.fixture
def service(team: Any) -> Any:
    return make_service("VPN", team)


@pytest.fixture
def ticket(lead: User, service: Any) -> Ticket:
    return open_incident("VPN is down", by=make_user(), service=service)


@pytest.fixture
def major(ticket: Ticket, lead: User) -> MajorIncident:
    return actions.declare(ticket, by=lead, why="Nobody can work.", severity=1, commander=lead)


@pytest.fixture
def desk(lead: User) -> Client:
    return signed_in(lead)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(ticket: Ticket, verb: str = "") -> str:
    return f"/major/{ticket.number}/{verb}"


def triggered(answer: Any) -> dict[str, Any]:
    return dict(json.loads(answer.headers["HX-Trigger"]))


def in_minutes(minutes: int) -> str:
    return local(timezone.now() + timedelta(minutes=minutes))


def local(instant: datetime) -> str:
    """As somebody in the installation's zone types it."""
    return instant.astimezone(ZoneInfo("Asia/Seoul")).strftime(LOCAL)


def test_the_list_sorts_by_what_presses(desk, ticket, lead, agent, service):
    assert "No major incident" in desk.get("/major/").content.decode()
    actions.declare(ticket, by=lead, why="Down.")
    actions.propose(open_incident("Mail is slow", service=service), by=agent, why="Many calls.")
    over = open_incident("Old outage", service=service)
    actions.declare(over, by=lead, why="Down.")
    actions.stand_down(over, by=lead)
    page = desk.get("/major/").content.decode()
    places = [page.index(words) for words in ("VPN is down", "Mail is slow", "Old outage")]
    assert places == sorted(places)
    assert "Reviews to be done" in page


def test_from_the_tickets_menu_to_the_console(desk, ticket, agent, lead):
    menu = desk.get(f"{ticket.get_absolute_url()}menu/more/", headers=HTMX).content.decode()
    assert url(ticket, "declare/") in menu
    small = signed_in(agent)
    menu = small.get(f"{ticket.get_absolute_url()}menu/more/", headers=HTMX).content.decode()
    assert url(ticket, "propose/") in menu
    assert "declare" not in menu
    answer = small.post(url(ticket, "propose/"), {"why": "", "severity": 2}, headers=HTMX)
    assert answer.status_code == 422
    answer = small.post(url(ticket, "propose/"), {"why": "Calls.", "severity": 2}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == url(ticket)
    assert "Calls." in desk.get(url(ticket)).content.decode()
    given = {"why": "All of them.", "severity": 1, "command": "on"}
    desk.post(url(ticket, "declare/"), given, headers=HTMX)
    known = MajorIncident.objects.get()
    assert (known.state, known.severity, known.commander) == ("declared", 1, lead)
    page = desk.get(ticket.get_absolute_url()).content.decode()
    assert url(ticket) in page
    assert "Severity 1" in page


def test_a_candidate_is_rejected_with_a_reason(desk, ticket, agent):
    actions.propose(ticket, by=agent, why="Calls.")
    answer = desk.post(url(ticket, "reject/"), {"why": "One floor only."}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == ticket.get_absolute_url()
    assert MajorIncident.objects.get().state == "rejected"
    assert desk.get(url(ticket)).status_code == 404


def test_the_console_tells_everything_and_refreshes_by_version(desk, ticket, major, lead, agent):
    actions.save_summary(
        ticket,
        {"symptoms": "No sessions.", "bridge_url": "https://meet.example.org/x"},
        by=lead,
    )
    actions.log(ticket, "Roll call", by=agent)
    page = desk.get(url(ticket)).content.decode()
    for words in (
        "VPN is down",
        "No sessions.",
        "https://meet.example.org/x",
        "Roll call",
        "이서연",
    ):
        assert words in page
    assert 'style="' not in page
    version = Ticket.objects.get(pk=ticket.pk).version
    again = desk.get(url(ticket), {"version": version}, headers=HTMX)
    assert again.status_code == 204
    actions.log(ticket, "Second line", by=agent)
    parts = desk.get(url(ticket), {"version": version}, headers=HTMX).content.decode()
    assert "Second line" in parts
    assert "<html" not in parts
    assert 'id="log-title"' not in parts
    assert desk.get(f"/major/{ticket.number.lower()}/").status_code == 302


@pytest.mark.parametrize("bad", ["javascript:alert(1)", "meet.example.org", "ftp://x.org/y"])
def test_the_bridge_is_a_web_address(desk, ticket, major, bad):
    answer = desk.post(url(ticket, "summary/"), {"bridge_url": bad}, headers=HTMX)
    assert answer.status_code == 422
    assert MajorIncident.objects.get().bridge_url == ""


def test_roles_are_given_by_one_tap(desk, ticket, major, lead, agent):
    answer = signed_in(agent).post(url(ticket, "role/scribe/"), {"user": "@me"}, headers=HTMX)
    assert triggered(answer) == {"modal:close": True, "major:changed": True}
    assert MajorIncident.objects.get().scribe == agent
    form = desk.get(url(ticket, "role/commander/"), headers=HTMX).content.decode()
    assert "Handover note" in form
    desk.post(url(ticket, "role/scribe/"), {"user": ""}, headers=HTMX)
    refused = desk.post(url(ticket, "role/commander/"), {"user": agent.pk}, headers=HTMX)
    assert refused.status_code == 422
    given = {"user": agent.pk, "handover": "Vendor calls at ten."}
    desk.post(url(ticket, "role/commander/"), given, headers=HTMX)
    assert MajorIncident.objects.get().commander == agent
    assert desk.get(url(ticket, "role/boss/")).status_code == 404


def test_a_notice_begins_with_the_words_of_its_stage(desk, ticket, major, lead):
    form = desk.get(url(ticket, "notices/new/"), headers=HTMX).content.decode()
    assert "We are looking into a problem with this service: VPN." in form
    form = desk.get(url(ticket, "notices/new/?stage=resolved"), headers=HTMX).content.decode()
    assert "next_update_at" not in form
    given = {
        "stage": "identified",
        "condition": "partial",
        "text_ko": "원인을 찾았습니다.",
        "text_en": "",
        "audience": "everybody",
        "next_update_at": "",
    }
    assert desk.post(url(ticket, "notices/new/"), given, headers=HTMX).status_code == 422
    given["next_update_at"] = in_minutes(20)
    answer = desk.post(url(ticket, "notices/new/"), given, headers=HTMX)
    assert triggered(answer)["major:changed"]
    assert Update.objects.get().condition == "partial"
    page = desk.get(url(ticket, "notices/")).content.decode()
    assert "원인을 찾았습니다." in page
    assert "Partial outage" in page


def test_lines_are_added_edited_taken_in_and_left_out(desk, ticket, major, lead, agent):
    desk.post(url(ticket, "log/"), {"title": "Roll-call", "text": "", "at": ""}, headers=HTMX)
    entry = LogEntry.objects.get()
    given = {"title": "Roll call", "text": "", "at": local(entry.at)}
    desk.post(url(ticket, f"log/{entry.pk}/"), given, headers=HTMX)
    assert LogEntry.objects.get().title == "Roll call"
    assert LogEntry.objects.get().at == entry.at
    assert "Roll-call" in desk.get(url(ticket, f"log/{entry.pk}/"), headers=HTMX).content.decode()
    kernel.comment(ticket, "Rebooting.", by=agent, visibility="internal")
    event = Event.objects.get(ticket=ticket, verb="commented")
    whole = desk.get(url(ticket, "timeline/")).content.decode()
    assert url(ticket, f"pin/{event.pk}/") in whole
    form = desk.post(url(ticket, f"pin/{event.pk}/"), {"edit": "1"}, headers=HTMX)
    assert "Edit for the record" in form.content.decode()
    assert "Rebooting." in desk.get(url(ticket)).content.decode()
    desk.post(url(ticket, f"pin/{event.pk}/"), {"shown": "no"}, headers=HTMX)
    assert "Rebooting." not in desk.get(url(ticket)).content.decode()
    assert desk.post(url(ticket, "pin/999999/"), headers=HTMX).status_code == 404


def test_tasks_checks_and_reports_from_the_console(desk, ticket, major, lead, service):
    task = kernel.add_task(ticket, "Roll back", by=lead)
    line = kernel.add_check(ticket, "Told the board", by=lead)
    child = open_incident("VPN?", service=service)
    page = desk.get(url(ticket)).content.decode()
    assert "Attach 1 report" in page
    assert "VPN?" in desk.get(url(ticket, "children/"), headers=HTMX).content.decode()
    desk.post(url(ticket, f"tasks/{task.pk}/"), {"assignee": "@me"}, headers=HTMX)
    desk.post(url(ticket, f"tasks/{task.pk}/"), {"state": "done"}, headers=HTMX)
    desk.post(url(ticket, f"checks/{line.pk}/"), {"done": "on"}, headers=HTMX)
    answer = desk.post(url(ticket, "children/"), {"child": [child.pk, "²"]}, headers=HTMX)
    assert triggered(answer)["toast"]["text"] == "1 report attached"
    task.refresh_from_db()
    line.refresh_from_db()
    assert (task.state, task.assignee, line.done_by) == ("done", lead, lead)
    assert "VPN?" in desk.get(url(ticket)).content.decode()
    assert desk.post(url(ticket, "tasks/999999/"), headers=HTMX).status_code == 404


def test_help_is_called_from_the_bar(desk, ticket, major, agent):
    given = {"message": "Join please.", "team": "", "person": ""}
    assert desk.post(url(ticket, "call/"), given, headers=HTMX).status_code == 422
    answer = desk.post(url(ticket, "call/"), {**given, "person": agent.pk}, headers=HTMX)
    assert answer.status_code == 204


def test_the_review_from_standing_down_to_its_tasks(desk, ticket, major, agent):
    assert desk.get(url(ticket, "review/")).status_code == 404
    desk.post(url(ticket, "stand-down/"), headers=HTMX)
    texts = {
        "impact": "Two hours.",
        "course": "",
        "causes": "",
        "went_well": "x",
        "went_badly": "y",
    }
    form = url(ticket, "review/")
    answer = desk.post(form, {**texts, "then": "approve"})
    assert answer.status_code == 422
    assert "Fill this in." in answer.content.decode()
    day = timezone.localdate() + timedelta(days=7)
    wrong = desk.post(url(ticket, "review/actions/"), {"title": "Alarm", "owner": agent.pk})
    assert wrong.status_code == 422
    given = {"title": "Alarm", "owner": agent.pk, "due_on": day.isoformat()}
    desk.post(url(ticket, "review/actions/"), given)
    mine = {**given, "title": "Tell the vendor", "owner": "@me"}
    assert desk.post(url(ticket, "review/actions/"), mine).status_code == 302
    desk.post(form, {**texts, "causes": "Certificate.", "then": "approve"})
    page = desk.get(form).content.decode()
    assert "Approved by" in page
    assert Task.objects.get(title="Alarm").assignee == agent
    printed = desk.get(url(ticket, "review/pdf/"))
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")


def test_a_manager_completes_a_review_without_writing_on_it(ticket, major, lead):
    actions.stand_down(ticket, by=lead)
    manager = signed_in(make_user(role=Role.MANAGER))
    assert "review-form" not in manager.get(url(ticket, "review/")).content.decode()
    assert manager.post(url(ticket, "review/approve/")).status_code == 422
    actions.save_review(
        ticket,
        {"impact": "a", "causes": "b", "went_well": "c", "went_badly": "d"},
        by=lead,
    )
    manager.post(url(ticket, "review/approve/"))
    assert MajorIncident.objects.get().state == "reviewed"


def test_it_is_resolved_from_the_console(desk, ticket, major, service, lead):
    child = open_incident("VPN?", service=service)
    actions.attach_children(ticket, [child], by=lead)
    given = {name: getattr(value, "pk", value) for name, value in resolution().items()}
    answer = desk.post(url(ticket, "resolve/"), {**given, "children": "on"}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == url(ticket)
    assert Ticket.objects.get(pk=child.pk).status == "resolved"
    assert MajorIncident.objects.get().state == "stood_down"
    assert desk.get(url(ticket, "resolve/"), headers=HTMX).status_code == 422


def test_closing_says_what_is_missing(desk, ticket, major):
    kernel.transition(ticket, "resolve", by=None, anyway=True, **resolution())
    answer = desk.post(f"{ticket.get_absolute_url()}do/close/", headers=HTMX)
    assert "complete its review first" in answer.content.decode()


PAGES = ("", "timeline/", "notices/", "review/", "review/pdf/", "log/", "call/", "summary/")


def test_nobody_outside_the_desk_gets_in(ticket, major):
    for user in (ticket.requester, make_user()):
        for page in PAGES:
            assert signed_in(user).get(url(ticket, page)).status_code in (403, 404)


def test_a_restricted_one_does_not_exist_for_other_teams(ticket, major, lead):
    kernel.restrict(ticket, True, by=lead)
    other = signed_in(make_agent(team=make_team("Other")))
    for page in PAGES:
        assert other.get(url(ticket, page)).status_code == 404
    assert "VPN is down" not in other.get("/major/").content.decode()


def test_the_auditor_reads_but_changes_nothing(ticket, major):
    auditor = signed_in(make_user(role=Role.AUDITOR))
    page = auditor.get(url(ticket)).content.decode()
    assert "VPN is down" in page
    assert "bar-log" not in page
    for verb in ("log/", "notices/new/", "stand-down/", "call/"):
        given = {"title": "x", "message": "x", "stage": "resolved", "condition": "operational"}
        given |= {"text_en": "x", "audience": "everybody", "team": ticket.team_id}
        assert auditor.post(url(ticket, verb), given, headers=HTMX).status_code in (403, 422)
    assert not LogEntry.objects.exists()
    assert not Update.objects.exists()
    assert MajorIncident.objects.get().state == "declared"


def _fill(ticket: Ticket, lead: User, service: Any, count: int) -> None:
    for number in range(count):
        actions.log(ticket, f"Line {number}", by=make_agent())
        child = open_incident(f"VPN {number}", by=make_user(), service=service)
        actions.attach_children(ticket, [child], by=lead)
        kernel.add_task(ticket, f"Task {number}", by=lead, assignee=lead)
        open_incident(f"More {number}", service=service)


@pytest.mark.parametrize("page", ["", "timeline/", "notices/"])
def test_pages_ask_the_same_of_one_and_of_many(
    desk: Client,
    ticket: Ticket,
    major: MajorIncident,
    lead: User,
    service: Any,
    page: str,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    _fill(ticket, lead, service, 1)
    desk.get(url(ticket, page))
    with django_assert_max_num_queries(34) as spent:
        desk.get(url(ticket, page))
    _fill(ticket, lead, service, 12)
    with django_assert_num_queries(len(spent)):
        desk.get(url(ticket, page))


def test_the_list_asks_the_same_of_one_and_of_many(
    desk, ticket, major, lead, service, django_assert_num_queries, django_assert_max_num_queries
):
    desk.get("/major/")
    with django_assert_max_num_queries(14) as spent:
        desk.get("/major/")
    for number in range(12):
        actions.declare(open_incident(f"VPN {number}", service=service), by=lead, why="Down.")
    with django_assert_num_queries(len(spent)):
        desk.get("/major/")


def test_a_security_incident_has_its_two_milestones(desk, team, lead):
    ticket = open_incident("Phishing", by=lead, detail={"security": True})
    page = desk.get(ticket.get_absolute_url()).content.decode()
    assert "Mark as contained" in page
    answer = desk.post(f"{ticket.get_absolute_url()}milestone/contained/", headers=HTMX)
    assert "Mark as contained" not in answer.content.decode()
    assert Incident.objects.get(pk=ticket.pk).contained_at
    assert desk.post(f"{ticket.get_absolute_url()}milestone/other/").status_code == 404
    plain = open_incident("Printer", by=lead)
    assert "Mark as contained" not in desk.get(plain.get_absolute_url()).content.decode()
    assert desk.post(f"{plain.get_absolute_url()}milestone/patched/").status_code == 422


def test_the_tickets_timeline_tells_of_it(desk, ticket, major, lead, agent):
    actions.set_role(ticket, "scribe", agent, by=lead)
    page = desk.get(ticket.get_absolute_url()).content.decode()
    assert "Declared a major incident: Severity 1" in page
    assert "Scribe: 김하늘" in page
