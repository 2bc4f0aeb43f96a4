"""Who may open which administration page, and what the pages do."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role, Scope
from accounts.models import ApiToken, AuditEvent, RoleGrant, Team, User
from core import options, outbox
from core.models import OutboxMessage
from tests.factories import (
    join,
    make_agent,
    make_category,
    make_contract,
    make_department,
    make_item,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import actions
from tickets.models import Category, PriorityCell, ResolutionCode, RoutingRule, WorkTemplate

pytestmark = pytest.mark.django_db

LISTS = (
    "categories",
    "routing",
    "pending-reasons",
    "resolution-codes",
    "cause-categories",
    "task-templates",
    "saved-replies",
)
PAGES = [
    ("people", ()),
    ("new_person", ()),
    ("person", (1,)),
    ("deactivate", (1,)),
    ("anonymise", (1,)),
    ("teams", ()),
    ("new_team", ()),
    ("team", (1,)),
    ("departments", ()),
    ("new_department", ()),
    ("department", (1,)),
    ("priority", ()),
    *(("list", (key,)) for key in LISTS),
    *(("list_new", (key,)) for key in LISTS),
    ("list_edit", ("resolution-codes", 1)),
    ("services", ()),
    ("new_service", ()),
    ("service", (1,)),
    ("items", ()),
    ("new_item", ()),
    ("item", (1,)),
    ("suppliers", ()),
    ("new_supplier", ()),
    ("supplier", (1,)),
    ("contracts", ()),
    ("new_contract", ()),
    ("contract", (1,)),
    ("organisation", ()),
    ("notices", ()),
    ("notice", ("resolved", "requester")),
    ("outbox", ()),
    ("webhooks", ()),
    ("new_webhook", ()),
]
READING = [("home", ()), ("roles", ()), ("audit", ()), ("deliveries", ())]
BUTTONS = [
    ("grant", (1,)),
    ("revoke", (1, 1)),
    ("mail_link", (1,)),
    ("deactivate", (1,)),
    ("reactivate", (1,)),
    ("anonymise", (1,)),
    ("issue_token", (1,)),
    ("revoke_token", (1, 1)),
    ("switch_team", (1,)),
    ("add_member", (1,)),
    ("remove_member", (1, 1)),
    ("set_available", (1, 1)),
    ("priority_preview", ()),
    ("list_switch", ("routing", 1)),
    ("list_move", ("routing", 1)),
    ("cover_item", (1,)),
    ("drop_item", (1, 1)),
    ("notice_preview", ()),
    ("notice_reset", ("resolved", "requester")),
    ("outbox_act", ()),
    ("webhook_test", (1,)),
    *(page for page in PAGES if page[0] in ("new_person", "person", "team", "priority")),
]
OTHERS = ["", *(role for role in Role.values if role != Role.ADMINISTRATOR)]


def path(name, *args):
    return reverse(f"adminui:{name}", args=args)


@pytest.fixture
def admin(client):
    user = make_agent("관리자", role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_administrators_comes_in(client, role):
    client.force_login(make_user(role=role))
    before = list(AuditEvent.objects.all())
    for name, args in PAGES:
        assert client.get(path(name, *args)).status_code == 403, name
    for name, args in BUTTONS:
        assert client.post(path(name, *args)).status_code == 403, name
    for name, args in READING:
        expected = 200 if role == Role.AUDITOR else 403
        assert client.get(path(name, *args)).status_code == expected, name
    assert list(AuditEvent.objects.all()) == before


def test_auditors_find_what_they_may_read_and_nothing_else(client):
    client.force_login(make_user(role=Role.AUDITOR))
    text = client.get(path("home")).content.decode()
    found = set(re.findall(r'href="(/admin-ui/[^"]*)"', text))
    assert found == {path("home"), path("roles"), path("audit"), path("deliveries")}


def test_strangers_are_asked_to_sign_in(client):
    for name, args in [*PAGES, *READING]:
        assert client.get(path(name, *args))["Location"].startswith("/login/?next=/admin-ui/")


def test_buttons_only_work_by_post(client, admin):
    for name, args in BUTTONS:
        if (name, args) not in PAGES:
            assert client.get(path(name, *args)).status_code == 405, name


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_opens_for_an_administrator(client, admin, language):
    admin.language = language
    admin.save(update_fields=["language"])
    team, service, item = make_team("팀", admin), make_service(), make_item()
    contract = make_contract(service)
    contract.items.add(item)
    leaver = make_agent(team=team)
    actions.assign(open_incident(), by=admin, assignee=leaver)
    department = make_department(manager=leaver)
    code = ResolutionCode.objects.first()
    RoutingRule.objects.create(team=team, service=service, priority_at_most=2)
    arguments = {
        "person": (leaver.pk,),
        "deactivate": (leaver.pk,),
        "anonymise": (leaver.pk,),
        "team": (team.pk,),
        "department": (department.pk,),
        "service": (service.pk,),
        "item": (item.pk,),
        "supplier": (contract.supplier_id,),
        "contract": (contract.pk,),
        "list_edit": ("resolution-codes", code.pk),
    }
    with translation.override(language):
        for name, args in [*PAGES, *READING]:
            answer = client.get(path(name, *arguments.get(name, args)), follow=True)
            assert answer.status_code == 200, name
            text = answer.content.decode()
            assert 'style="' not in text
            assert not re.search(r"\son[a-z]+=", text), name
            assert f'lang="{language}"' in text


def counted(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_lists_ask_the_same_number_of_questions_for_1_row_and_for_30(client, admin):
    def fill(count):
        for _n in range(count):
            team = make_team()
            person = make_agent(team=team, department=make_department(manager=admin))
            team.lead = person
            team.save()
            join(main, make_agent(team=team))
            service = make_service(team=team, owner=person)
            make_item(owner=person, support_team=team)
            make_contract(service, owner=person)
            category = make_category(service=service, team=team)
            RoutingRule.objects.create(team=team, service=service, category=category)
            AuditEvent.objects.create(
                actor=person,
                verb="changed",
                object_type="accounts.team",
                object_id=str(team.pk),
                changes={"lead": [None, person.pk]},
            )
            OutboxMessage.objects.create(
                topic="x", key=f"k{person.pk}", state="failed", done_at=person.created_at
            )

    main = make_team()
    pages = [path(name) for name in ("people", "teams", "departments", "services", "items")]
    pages += [path(name) for name in ("suppliers", "contracts")]
    pages += [path(name) for name in ("audit", "outbox", "roles", "notices")]
    pages += [path("team", main.pk)]
    pages += [path("list", key) for key in ("categories", "routing")]
    fill(1)
    few = {page: counted(client, page) for page in pages}
    fill(30)
    assert {page: counted(client, page) for page in pages} == few
    assert max(few.values()) <= 14


def test_people_are_found_and_paged_by_key(client, admin, monkeypatch):
    monkeypatch.setattr("adminui.queries.by_key.__defaults__", (2,))
    people = [make_user(f"사람 {letter}") for letter in "ABCDE"]
    make_user("나간 사람", is_active=False)
    seen, query = [], "?q=사람"
    while query:
        page = client.get(path("people") + query).context["page"]
        seen += page.rows
        query = f"?q=사람&after={page.after}" if page.after else ""
    assert seen == people
    gone = client.get(path("people") + "?state=inactive").context["page"].rows
    assert [person.display_name for person in gone] == ["나간 사람"]
    assert client.get(path("people") + "?after=nonsense").status_code == 200


def test_a_refused_form_keeps_what_was_typed(client, admin):
    answer = client.post(path("new_person"), {"display_name": "새 사람", "email": "not an address"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "새 사람" in text
    assert "not an address" in text
    assert "error-summary" in text


def test_an_administrator_makes_a_person_gives_a_role_and_takes_it(client, admin):
    made = client.post(path("new_person"), {"display_name": "김하늘", "email": "sky@example.org"})
    person = User.objects.get(email="sky@example.org")
    assert made["Location"] == path("person", person.pk)
    client.post(path("grant", person.pk), {"role": Role.AGENT, "scope": Scope.TEAMS})
    grant = RoleGrant.objects.get(user=person)
    assert (grant.role, grant.scope) == (Role.AGENT, Scope.TEAMS)
    client.post(path("revoke", person.pk, grant.pk))
    assert not person.grants.exists()


def test_ones_own_roles_stay_whatever_is_posted(client, admin):
    own = RoleGrant.objects.get(user=admin)
    make_agent(role=Role.ADMINISTRATOR)
    assert client.post(path("revoke", admin.pk, own.pk)).status_code == 403
    posted = client.post(path("grant", admin.pk), {"role": Role.AUDITOR, "scope": Scope.ALL})
    assert posted.status_code == 403
    assert [grant.role for grant in admin.grants.all()] == [Role.ADMINISTRATOR]
    client.post(path("deactivate", admin.pk))
    assert User.objects.get(pk=admin.pk).is_active


def test_flags_of_django_cannot_be_set_by_the_form(client, admin):
    person = make_user()
    sent = {"display_name": "X", "email": person.email, "is_superuser": "1", "is_staff": "1"}
    client.post(path("person", person.pk), sent)
    person.refresh_from_db()
    assert (person.display_name, person.is_superuser, person.is_staff) == ("X", False, False)


def test_leaving_lists_the_work_and_hands_it_over(client, admin):
    team = make_team()
    leaver, taker = make_agent(team=team), make_agent(team=team)
    ticket = actions.assign(open_incident("Printer on fire"), by=admin, assignee=leaver)
    secret = open_incident("Payroll leak", by=leaver, restricted=True)
    actions.assign(secret, by=leaver, assignee=leaver)
    text = client.get(path("deactivate", leaver.pk)).content.decode()
    assert "Printer on fire" in text
    assert "Payroll leak" not in text
    client.post(path("deactivate", leaver.pk), {"to": taker.pk})
    ticket.refresh_from_db()
    assert (ticket.assignee, User.objects.get(pk=leaver.pk).is_active) == (taker, False)


def test_tokens_are_made_for_machines_only(client, admin):
    machine, human = make_user(is_machine=True), make_user()
    sent = {"name": "CI", "scope": "read", "days": "90"}
    shown = client.post(path("issue_token", machine.pk), sent)
    assert "maru_" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert client.post(path("issue_token", human.pk), sent).status_code == 403
    assert ApiToken.objects.count() == 1


def matrix_form(client, **changes):
    form = client.get(path("priority")).context["form"]
    data = {bound.name: bound.value() for bound in form if bound.value() not in (False, None)}
    return data | changes


def test_the_effect_of_a_matrix_is_shown_before_it_is_saved(client, admin):
    make_team()
    ticket = open_incident()
    sent = matrix_form(client, cell_33="3")
    shown = client.post(path("priority_preview"), sent)
    assert [(s.old, s.new, s.count) for s in shown.context["effect"].shifts] == [(5, 3, 1)]
    assert client.post(path("priority"), sent | {"preview": "1"}).status_code == 200
    assert PriorityCell.objects.get(impact=3, urgency=3).priority == 5
    assert client.post(path("priority"), sent | {"apply_to_open": "on"}).status_code == 302
    outbox.dispatch_due()
    ticket.refresh_from_db()
    assert ticket.priority == 3


def test_a_matrix_with_a_hole_is_refused(client, admin):
    assert client.post(path("priority"), matrix_form(client, cell_11="9")).status_code == 422


def test_lists_are_added_to_switched_and_reordered(client, admin):
    client.post(path("list_new", "categories"), {"name_ko": "회의실", "name_en": "Meeting rooms"})
    row = Category.objects.get(name_en="Meeting rooms")
    client.post(path("list_switch", "categories", row.pk), {"active": "0"})
    moved = client.post(
        path("list_move", "categories", row.pk), {"to": "up"}, headers={"HX-Request": "true"}
    )
    row.refresh_from_db()
    assert not row.is_active
    assert 'id="list"' in moved.content.decode()
    assert "<html" not in moved.content.decode()
    tops = list(Category.objects.filter(parent=None).order_by("position"))
    assert tops[-2] == row


def test_a_template_loses_an_emptied_line(client, admin):
    lines = {"title_0": "Reset", "type_0": "task", "title_1": "Tell", "type_1": "check"}
    names = {"name_ko": "", "name_en": "Password", "kind": ""}
    client.post(path("list_new", "task-templates"), names | lines)
    row = WorkTemplate.objects.get(name_en="Password")
    assert [line["title"] for line in row.lines] == ["Reset", "Tell"]
    client.post(path("list_edit", "task-templates", row.pk), names | lines | {"title_0": ""})
    row.refresh_from_db()
    assert row.lines == [{"type": "check", "title": "Tell", "team": None}]


def test_routing_can_be_tried_without_a_record(client, admin):
    network = make_team("Network")
    RoutingRule.objects.create(team=network, title_contains="vpn")
    asked = path("list", "routing") + "?kind=incident&priority=3&title=My+VPN+is+slow"
    answer = client.get(asked, headers={"HX-Request": "true", "HX-Target": "trial"})
    assert answer.context["routed"].team == network
    assert "<html" not in answer.content.decode()


def test_options_are_checked_and_saved(client, admin):
    sent = {
        "organisation": "한빛",
        "auto_close_days": "7",
        "holiday_country": "KR",
        "default_team": "",
        "digest_minutes": "15",
        "digest_above": "5",
        "attachment_megabytes": "10",
    }
    assert client.post(path("organisation"), sent | {"auto_close_days": "900"}).status_code == 422
    assert client.post(path("organisation"), sent).status_code == 302
    assert (options.get("organisation"), options.get("auto_close_days")) == ("한빛", 7)


def test_set_aside_work_is_tried_again_or_given_up(client, admin):
    now = admin.created_at
    first, second = (
        OutboxMessage.objects.create(topic="mail", key=key, state="failed", done_at=now)
        for key in "ab"
    )
    client.post(path("outbox_act"), {"message": first.pk})
    client.post(path("outbox_act"), {"message": second.pk, "discard": "1"})
    states = dict(OutboxMessage.objects.filter(topic="mail").values_list("key", "state"))
    assert states == {"a": "waiting", "b": "cancelled"}


def test_services_and_items_are_edited_on_the_desk(client, admin):
    service, item = make_service(), make_item()
    leads = {
        path("new_service"): "/services/new/",
        path("service", service.pk): f"/services/{service.slug}/edit/",
        path("new_item"): "/cmdb/ci/new/",
        path("item", item.pk): f"/cmdb/ci/{item.pk}/",
    }
    for address, where in leads.items():
        assert client.get(address)["Location"] == where
    assert client.get(path("service", 9999)).status_code == 404
    assert client.get(path("item", 9999)).status_code == 404


def test_names_are_shown_escaped(client, admin):
    Team.objects.create(slug="x", name_en="<script>alert(1)</script>", name_ko="")
    assert "<script>alert(1)" not in client.get(path("teams")).content.decode()


def test_the_log_names_people_as_they_are_called_now(client, admin):
    person = make_user("홍길동")
    team = make_team("Network")
    client.post(path("add_member", team.pk), {"user": person.pk})
    assert "홍길동" in client.get(path("audit")).content.decode()
    User.objects.filter(pk=person.pk).update(display_name="익명 7")
    text = client.get(path("audit")).content.decode()
    assert "홍길동" not in text
    assert "익명 7" in text


WORDS = {
    "subject_ko": "{number} 해결",
    "subject_en": "{number} is solved",
    "body_ko": "{requester}님",
    "body_en": "Dear {requester}",
}


def test_mail_texts_are_previewed_checked_and_put_back(client, admin):
    page = path("notice", "resolved", "requester")
    shown = client.post(path("notice_preview"), WORDS | {"body_en": "{settings.SECRET_KEY}"})
    assert "{settings.SECRET_KEY}" in shown.content.decode()
    refused = client.post(page, WORDS | {"body_en": "Dear {secret}"})
    assert refused.status_code == 422
    assert client.post(page, WORDS).status_code == 302
    assert "{number} is solved" in client.get(page).content.decode()
    client.post(path("notice_reset", "resolved", "requester"))
    assert "{number} is solved" not in client.get(page).content.decode()
    assert [event.verb for event in AuditEvent.objects.order_by("id")] == ["changed", "removed"]
    assert client.get(path("notice", "resolved", "nobody")).status_code == 404
