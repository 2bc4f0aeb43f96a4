"""The ticket page: what it shows to whom, and that every way to change something answers well."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Role
from accounts.models import User
from tests.factories import (
    make_agent,
    make_item,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.enums import LinkType
from tickets.models import (
    CannedText,
    Comment,
    Draft,
    Link,
    PendingReason,
    Seen,
    Ticket,
    Watch,
    WorkTemplate,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def team() -> Any:
    return make_team("Infra")


@pytest.fixture
def agent(team: Any) -> User:
    return make_agent("김하늘", team, role=Role.TEAM_LEAD)


@pytest.fixture
def desk(agent: User) -> Client:
    client = Client()
    client.force_login(agent)
    return client


@pytest.fixture
def ticket(team: Any) -> Ticket:
    return open_incident("VPN drops", by=make_user("이서연"), description="Since nine.")


def url(ticket: Ticket, verb: str = "") -> str:
    return f"{ticket.get_absolute_url()}{verb}"


def ids(answers: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "pk", value) for name, value in answers.items()}


def test_the_page_tells_the_whole_story(desk: Client, agent: User, ticket: Ticket) -> None:
    actions.assign(ticket, by=agent, assignee=agent)
    actions.comment(ticket, "Looking.", by=agent)
    actions.comment(ticket, "Gateway again.", by=agent, visibility="internal")
    page = desk.get(url(ticket)).content.decode()
    for words in ("VPN drops", "Since nine.", "Looking.", "Gateway again.", "Assignee: 김하늘"):
        assert words in page
    assert "msg--memo" in page


def test_notes_are_not_read_by_those_who_may_not(ticket: Ticket, agent: User) -> None:
    actions.comment(ticket, "Only for the desk.", by=agent, visibility="internal")
    outsider = make_agent(role=Role.AGENT, team=make_team("Other"))
    outsider.grants.update(scope="teams")
    actions.watch(ticket, outsider, by=agent)
    Watch.objects.filter(user=outsider).delete()
    client = Client()
    client.force_login(outsider)
    assert client.get(url(ticket)).status_code == 404


def test_a_number_in_lower_case_leads_to_the_one_address(desk: Client, ticket: Ticket) -> None:
    assert desk.get(f"/inc/{ticket.number.lower()}/")["Location"] == url(ticket)


@pytest.mark.parametrize(
    "verb", ["", "peek/", "panel/info/", "menu/status/", "do/start/", "print/"]
)
def test_a_restricted_record_of_others_does_not_exist(desk: Client, verb: str) -> None:
    other = make_team("Security")
    hidden = open_incident(by=make_agent(team=other), team=other, restricted=True)
    assert desk.get(url(hidden, verb)).status_code == 404


def test_linked_records_that_one_may_not_see_are_not_named(desk: Client, ticket: Ticket) -> None:
    other = make_team("Security")
    secretive = make_agent(team=other)
    hidden = open_incident(by=secretive, team=other, restricted=True)
    actions.link(hidden, LinkType.RELATED, ticket, by=secretive)
    assert hidden.number not in desk.get(url(ticket)).content.decode()
    assert hidden.number not in desk.get(url(ticket, "panel/links/")).content.decode()


def test_getting_a_page_changes_nothing_and_seen_is_a_post(desk: Client, ticket: Ticket) -> None:
    desk.get(url(ticket))
    assert not Seen.objects.exists()
    desk.post(url(ticket, "seen/"))
    assert Seen.objects.get().version == ticket.version


def test_only_allowed_transitions_are_offered(desk: Client, agent: User, ticket: Ticket) -> None:
    menu = desk.get(url(ticket, "menu/status/")).content.decode()
    assert "do/start/" in menu
    assert "do/resolve/" in menu
    assert "do/reopen/" not in menu
    reader = make_user(role=Role.AUDITOR)
    client = Client()
    client.force_login(reader)
    assert "do/" not in client.get(url(ticket, "menu/status/")).content.decode()


def test_resolving_asks_for_what_the_table_requires(desk: Client, ticket: Ticket) -> None:
    answers = ids(resolution())
    refused = desk.post(url(ticket, "do/resolve/"), {}, headers=HTMX)
    assert refused.status_code == 422
    assert refused["HX-Retarget"] == "#modal-body"
    assert b"error-summary" in refused.content
    done = desk.post(url(ticket, "do/resolve/"), answers, headers=HTMX)
    assert done.status_code == 200
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert json.loads(done["HX-Trigger"])["modal:close"]


def test_resolving_with_open_work_is_confirmed_first(
    desk: Client, agent: User, ticket: Ticket
) -> None:
    actions.add_check(ticket, "Tell the users", by=agent)
    answers = ids(resolution())
    refused = desk.post(url(ticket, "do/resolve/"), answers, headers=HTMX)
    assert refused.status_code == 422
    assert 'name="anyway"' in refused.content.decode()
    desk.post(url(ticket, "do/resolve/"), {**answers, "anyway": "on"}, headers=HTMX)
    ticket.refresh_from_db()
    assert ticket.status == "resolved"


def test_a_reply_can_go_out_with_the_resolution(desk: Client, ticket: Ticket) -> None:
    answers = {**ids(resolution()), "reply": "Fixed, please try.", "from": "page"}
    desk.post(url(ticket, "do/resolve/?reply"), answers, headers=HTMX)
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert Comment.objects.get().body == "Fixed, please try."


def test_a_reply_is_sent_undone_and_is_a_draft_again(desk: Client, ticket: Ticket) -> None:
    sent = desk.post(url(ticket, "say/"), {"mode": "reply", "body": "Hello"}, headers=HTMX)
    assert b"data-undo" in sent.content
    said = Comment.objects.get()
    assert said.visibility == "public"
    back = desk.post(url(ticket, f"say/{said.pk}/undo/"), headers=HTMX)
    assert b">Hello</textarea>" in back.content
    said.refresh_from_db()
    assert said.retracted_at is not None
    assert Draft.objects.get().data == {"body": "Hello"}


def test_nothing_is_sent_without_choosing_a_mode(desk: Client, ticket: Ticket) -> None:
    assert desk.post(url(ticket, "say/"), {"body": "Hello"}, headers=HTMX).status_code == 422
    assert not Comment.objects.exists()


def test_a_note_is_never_public(desk: Client, ticket: Ticket) -> None:
    desk.post(url(ticket, "say/"), {"mode": "memo", "body": "Psst"}, headers=HTMX)
    assert Comment.objects.get().visibility == "internal"


def test_a_reply_that_crossed_another_is_stopped_and_both_are_shown(
    desk: Client, ticket: Ticket
) -> None:
    actions.comment(ticket, "It works again!", by=ticket.requester)
    typed = {"mode": "reply", "body": "Please wait", "last_seen": "0"}
    refused = desk.post(url(ticket, "say/"), typed, headers=HTMX)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Please wait</textarea>" in text
    assert "It works again!" in text
    latest = Comment.objects.latest("pk").pk
    again = desk.post(url(ticket, "say/"), {**typed, "last_seen": str(latest)}, headers=HTMX)
    assert again.status_code == 200


def test_send_and_wait_does_both_or_neither(desk: Client, ticket: Ticket) -> None:
    typed = {"mode": "reply", "body": "Which room?", "then": "wait"}
    PendingReason.objects.update(is_active=False)
    assert desk.post(url(ticket, "say/"), typed, headers=HTMX).status_code == 422
    assert not Comment.objects.exists()
    waiting_for_requester()
    PendingReason.objects.update(is_active=True)
    assert desk.post(url(ticket, "say/"), typed, headers=HTMX).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.status, Comment.objects.count()) == ("pending", 1)


def test_drafts_are_kept_and_emptied_boxes_forget_them(desk: Client, ticket: Ticket) -> None:
    desk.post(url(ticket, "draft/reply/"), {"body": "Half a sen"})
    assert b"Half a sen</textarea>" in desk.get(url(ticket)).content
    desk.post(url(ticket, "draft/reply/"), {"body": " "})
    assert not Draft.objects.exists()


def test_files_come_along_with_a_reply(desk: Client, ticket: Ticket) -> None:
    file = SimpleUploadedFile("로그.txt", b"line one")
    desk.post(url(ticket, "say/"), {"mode": "reply", "body": "See file", "files": file})
    page = desk.get(url(ticket)).content.decode()
    assert "로그.txt" in page
    assert desk.get(url(ticket, "panel/files/")).content.decode().count("로그.txt") >= 1


def test_one_field_is_saved_alone(desk: Client, ticket: Ticket) -> None:
    vpn = make_service("VPN")
    answer = desk.post(url(ticket, "edit/service/"), {"value": vpn.pk, "seen": "0"}, headers=HTMX)
    assert b"prop__saved" in answer.content
    ticket.refresh_from_db()
    assert ticket.service == vpn


def test_a_collision_shows_both_values_and_loses_neither(
    desk: Client, agent: User, ticket: Ticket
) -> None:
    mail, vpn = make_service("Mail"), make_service("VPN")
    other = make_agent("박준호", team=ticket.team)
    actions.edit(ticket, {"service": mail}, by=other)
    clash = desk.post(url(ticket, "edit/service/"), {"value": vpn.pk, "seen": "0"}, headers=HTMX)
    assert clash.status_code == 409
    text = clash.content.decode()
    assert "박준호" in text
    assert "Mail" in text
    assert "VPN" in text
    ticket.refresh_from_db()
    assert ticket.service == mail
    fresh = str(ticket.field_versions["service"])
    mine = desk.post(url(ticket, "edit/service/"), {"value": vpn.pk, "seen": fresh}, headers=HTMX)
    assert mine.status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("impact", "1", lambda t: t.impact == 1),
        ("urgency", "2", lambda t: t.urgency == 2),
        ("tags", "network, vpn ,", lambda t: t.tags == ["network", "vpn"]),
        ("security", "on", lambda t: t.incident.security),
    ],
)
def test_each_kind_of_field_is_saved(
    desk: Client, ticket: Ticket, name: str, value: str, stored: Any
) -> None:
    answer = desk.post(url(ticket, f"edit/{name}/"), {"value": value}, headers=HTMX)
    assert answer.status_code == 200, answer.content[:500]
    assert stored(Ticket.objects.get(pk=ticket.pk))


def test_affected_items_are_added_and_taken_away(desk: Client, ticket: Ticket) -> None:
    one, two = make_item("gw-1"), make_item("gw-2")
    desk.post(url(ticket, "edit/items/"), {"value": [str(one.pk), str(two.pk), ""]}, headers=HTMX)
    assert set(ticket.ticket_items.values_list("item__name", flat=True)) == {"gw-1", "gw-2"}
    desk.post(url(ticket, "edit/items/"), {"value": ["", str(two.pk)]}, headers=HTMX)
    assert list(ticket.ticket_items.values_list("item__name", flat=True)) == ["gw-2"]


@pytest.mark.parametrize(
    ("name", "value"), [("impact", "9"), ("service", "999999"), ("requester", "")]
)
def test_a_value_that_is_not_offered_is_refused_beside_the_field(
    desk: Client, ticket: Ticket, name: str, value: str
) -> None:
    answer = desk.post(url(ticket, f"edit/{name}/"), {"value": value}, headers=HTMX)
    assert answer.status_code == 422
    assert b"prop__error" in answer.content


def test_status_and_team_are_no_editable_fields(desk: Client, ticket: Ticket) -> None:
    for name in ("status", "team", "nonsense"):
        assert desk.post(url(ticket, f"edit/{name}/"), {"value": "1"}).status_code == 404


def test_the_title_is_edited_in_place_and_collides_well(
    desk: Client, agent: User, ticket: Ticket
) -> None:
    assert b"title-input" in desk.get(url(ticket, "edit/title/"), headers=HTMX).content
    assert desk.post(url(ticket, "edit/title/"), {"title": " "}, headers=HTMX).status_code == 422
    actions.edit(ticket, {"title": "Theirs"}, by=make_agent(team=ticket.team))
    clash = desk.post(url(ticket, "edit/title/"), {"title": "Mine", "seen": "0"}, headers=HTMX)
    assert clash.status_code == 409
    assert b"Theirs" in clash.content
    assert b"Mine" in clash.content


@pytest.mark.parametrize(("wanted", "expected"), [("@me", True), ("@none", False)])
def test_assigning_from_a_row_answers_with_the_row(
    desk: Client, agent: User, ticket: Ticket, wanted: str, expected: bool
) -> None:
    actions.assign(ticket, by=agent, assignee=None if expected else agent)
    data = {"assignee": wanted, "from": "row"}
    answer = desk.post(url(ticket, "assign/"), data, headers=HTMX)
    assert answer["HX-Retarget"] == f"#row-{ticket.number}"
    assert answer.content.decode().startswith("<tr")
    ticket.refresh_from_db()
    assert (ticket.assignee == agent) is expected


def test_handing_over_running_work_needs_a_reason(
    desk: Client, agent: User, ticket: Ticket
) -> None:
    other = make_team("Network")
    actions.assign(ticket, by=agent, assignee=agent)
    assert desk.post(url(ticket, "team/"), {"team": other.pk}, headers=HTMX).status_code == 422
    done = desk.post(url(ticket, "team/"), {"team": other.pk, "reason": "Theirs"}, headers=HTMX)
    assert done.status_code in (200, 204)
    ticket.refresh_from_db()
    assert ticket.team == other


def test_overruling_the_priority_needs_right_and_reason(desk: Client, ticket: Ticket) -> None:
    assert desk.post(url(ticket, "priority/"), {"level": "1"}, headers=HTMX).status_code == 422
    desk.post(url(ticket, "priority/"), {"level": "1", "reason": "CEO"}, headers=HTMX)
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.priority_overridden) == (1, True)
    plain = Client()
    plain.force_login(make_agent(team=ticket.team))
    assert plain.post(url(ticket, "priority/"), {"level": "2", "reason": "x"}).status_code == 403


def test_links_are_made_from_either_end_and_taken_away(desk: Client, ticket: Ticket) -> None:
    other = open_incident("Other")
    data = {"type": "-parent_of", "target": other.number.lower()}
    assert desk.post(url(ticket, "links/"), data, headers=HTMX).status_code == 204
    link = Link.objects.get()
    assert (link.source, link.target) == (other, ticket)
    wrong = desk.post(
        url(ticket, "links/"), {"type": "related", "target": "INC-999999"}, headers=HTMX
    )
    assert wrong.status_code == 422
    assert desk.post(url(ticket, f"links/{link.pk}/drop/"), headers=HTMX).status_code == 200
    assert not Link.objects.exists()


def test_tasks_and_checklist_are_worked_off(desk: Client, agent: User, ticket: Ticket) -> None:
    desk.post(url(ticket, "tasks/"), {"title": "Collect logs"}, headers=HTMX)
    desk.post(url(ticket, "checks/"), {"text": "Users told"}, headers=HTMX)
    task, line = ticket.tasks.get(), ticket.checklist.get()
    desk.post(url(ticket, f"tasks/{task.pk}/"), {"state": "done"}, headers=HTMX)
    desk.post(url(ticket, f"checks/{line.pk}/"), {"done": "on"}, headers=HTMX)
    task.refresh_from_db()
    line.refresh_from_db()
    assert task.state == "done"
    assert line.done_by == agent
    desk.post(url(ticket, f"checks/{line.pk}/"), {"drop": "1"}, headers=HTMX)
    assert not ticket.checklist.exists()
    assert desk.post(url(ticket, "checks/"), {"text": ""}, headers=HTMX).status_code == 422


def test_a_template_brings_its_lines(desk: Client, ticket: Ticket) -> None:
    lines = [{"type": "check", "title": "A"}, {"type": "task", "title": "B"}]
    template = WorkTemplate.objects.create(key="t", name_en="T", lines=lines)
    assert b"T" in desk.get(url(ticket, "template/")).content
    desk.post(url(ticket, "template/"), {"template": template.pk}, headers=HTMX)
    assert (ticket.checklist.count(), ticket.tasks.count()) == (1, 1)


def test_watching_and_restricting(desk: Client, agent: User, ticket: Ticket) -> None:
    desk.post(url(ticket, "watch/"), headers=HTMX)
    assert Watch.objects.filter(user=agent, ticket=ticket).exists()
    desk.post(url(ticket, "watch/"), {"stop": "1"}, headers=HTMX)
    assert not Watch.objects.exists()
    desk.post(url(ticket, "restrict/"), {"restricted": "yes"}, headers=HTMX)
    ticket.refresh_from_db()
    assert ticket.restricted


def test_a_closed_record_offers_a_follow_up_only(desk: Client, agent: User, ticket: Ticket) -> None:
    actions.transition(ticket, "resolve", by=agent, **resolution())
    actions.transition(ticket, "close", by=agent)
    page = desk.get(url(ticket)).content.decode()
    assert 'data-compose="reply"' not in page
    assert "follow-up/" in page
    answer = desk.post(url(ticket, "follow-up/"), {"body": "Again"}, headers=HTMX)
    follower = Ticket.objects.exclude(pk=ticket.pk).get()
    assert answer["HX-Redirect"] == follower.get_absolute_url()


def test_saved_replies_are_filled_in(desk: Client, ticket: Ticket) -> None:
    CannedText.objects.create(key="hi", name_en="Hi", body_en="Dear {requester}: {number} {odd}")
    text = desk.get(url(ticket, "menu/canned/")).content.decode()
    assert f"Dear 이서연: {ticket.number} {{odd}}" in text


def test_news_answers_only_when_there_are_any(desk: Client, agent: User, ticket: Ticket) -> None:
    path = url(ticket, "news/")
    ticket.refresh_from_db()
    assert desk.get(path, {"version": ticket.version}).status_code == 204
    actions.comment(ticket, "Hm", by=agent)
    assert b"Hm" in desk.get(path, {"version": ticket.version}).content


def test_text_of_people_is_escaped_everywhere(desk: Client, agent: User, ticket: Ticket) -> None:
    evil = "<script>alert(1)</script>"
    actions.edit(ticket, {"title": evil, "description": evil, "tags": [evil[:20]]}, by=agent)
    actions.comment(ticket, evil, by=agent)
    for verb in ("", "peek/", "print/", "panel/history/", "edit/title/", "panel/info/"):
        assert "<script>alert" not in desk.get(url(ticket, verb)).content.decode()


@pytest.mark.parametrize("panel", ["info", "requester", "links", "tasks", "files", "history"])
def test_every_panel_opens(desk: Client, ticket: Ticket, panel: str) -> None:
    assert desk.get(url(ticket, f"panel/{panel}/")).status_code == 200


def test_a_reader_changes_nothing(ticket: Ticket) -> None:
    client = Client()
    client.force_login(make_user(role=Role.AUDITOR))
    assert client.get(url(ticket)).status_code == 200
    posts = {
        "say/": {"mode": "reply", "body": "x"},
        "edit/impact/": {"value": "1"},
        "assign/": {"assignee": "@none"},
        "tasks/": {"title": "x"},
        "restrict/": {"restricted": "yes"},
    }
    before = Ticket.objects.get(pk=ticket.pk).version
    for verb, data in posts.items():
        assert client.post(url(ticket, verb), data, headers=HTMX).status_code in (403, 422), verb
    assert Ticket.objects.get(pk=ticket.pk).version == before


def test_requesters_are_led_away_from_the_desk(ticket: Ticket) -> None:
    client = Client()
    client.force_login(ticket.requester)
    assert client.get(url(ticket)).status_code == 403


@pytest.mark.parametrize("events", [1, 30])
def test_the_page_costs_the_same_with_one_event_and_with_thirty(
    desk: Client,
    agent: User,
    ticket: Ticket,
    events: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    actions.assign(ticket, by=agent, assignee=agent)
    for number in range(events):
        actions.comment(ticket, f"No {number}", by=agent)
    desk.get(url(ticket))
    with django_assert_max_num_queries(14) as spent:
        desk.get(url(ticket))
    number = len(spent.captured_queries)
    assert number == _spent.setdefault("n", number)


_spent: dict[str, int] = {}


def test_a_new_record_is_opened_for_somebody_with_files(desk: Client, agent: User) -> None:
    requester, service = make_user("이서연"), make_service("VPN", make_team("Net"))
    data = {
        "title": "VPN",
        "requester": requester.pk,
        "service": service.pk,
        "impact": "2",
        "urgency": "1",
        "channel": "phone",
        "tags": "a, b",
        "files": SimpleUploadedFile("a.txt", b"text"),
    }
    response = desk.post("/desk/new/", data)
    ticket = Ticket.objects.get()
    assert response["Location"] == ticket.get_absolute_url()
    assert (ticket.requester, ticket.opened_by, ticket.channel) == (requester, agent, "phone")
    assert (ticket.team, ticket.priority, ticket.tags) == (service.support_team, 2, ["a", "b"])
    assert ticket.attachments.count() == 1


def test_a_refused_new_record_keeps_what_was_typed(desk: Client, team: Any) -> None:
    requester = make_user("이서연")
    response = desk.post("/desk/new/", {"title": "", "requester": requester.pk, "channel": "mail"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "error-summary" in text
    assert 'value="이서연"' in text


def test_a_half_written_record_is_there_again(desk: Client) -> None:
    desk.post("/desk/new/draft/", {"title": "Half", "nonsense": "x"})
    assert b'value="Half"' in desk.get("/desk/new/").content
    assert "nonsense" not in Draft.objects.get().data
