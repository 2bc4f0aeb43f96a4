"""The administration's pages about service levels: who may, what they show, what they save."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEvent
from core import outbox
from sla.actions import calendars, policies
from sla.models import Book, Calendar, Policy, Preview
from sla.queries.changes import is_unpublished
from tests.factories import (
    make_agent,
    make_contract,
    make_department,
    make_service,
    make_team,
    make_user,
    open_incident,
)

pytestmark = pytest.mark.django_db

PAGES = [
    ("sla_calendars", ()),
    ("new_sla_calendar", ()),
    ("sla_calendar", (1,)),
    ("sla_policies", ()),
    ("new_sla_policy", ()),
    ("sla_policy", (1,)),
    ("sla_publish", ()),
    ("sla_book", (1,)),
]
BUTTONS = [
    ("sla_calendar_try", ()),
    ("sla_calendar_try", (1,)),
    ("switch_sla_calendar", (1,)),
    ("add_sla_day", (1,)),
    ("drop_sla_day", (1, 1)),
    ("read_sla_file", (1,)),
    ("apply_sla_file", (1,)),
    ("copy_sla_policy", (1,)),
    ("switch_sla_policy", (1,)),
    ("move_sla_policy", (1,)),
    ("start_sla_count", ()),
]
OTHERS = ["", *(role for role in Role.values if role != Role.ADMINISTRATOR)]


def path(name: str, *args: Any) -> str:
    return reverse(f"adminui:{name}", args=args)


@pytest.fixture
def admin(client):
    user = make_agent("관리자", role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def business():
    return Calendar.objects.get(key="business")


@pytest.fixture
def standard():
    return Policy.objects.get(name_en="Standard service level")


def typed(client, url: str, **changes: Any) -> dict[str, Any]:
    """What the page's form would send, with changes; None takes a field out."""
    context = client.get(url).context
    form = context["form"]
    parts = [form, *getattr(getattr(form, "steps", None), "forms", ())]
    data = {"token": context.get("token", ""), "agreement": getattr(form, "agreement", "")}
    for part in parts:
        for bound in part:
            value = bound.value()
            if value not in (None, False, "", []):
                data[bound.html_name] = value
    if hasattr(form, "steps"):
        data["step-count"] = form.steps.count
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_administrators_comes_in(client, role):
    client.force_login(make_user(role=role))
    before = AuditEvent.objects.count()
    for name, args in PAGES:
        assert client.get(path(name, *args)).status_code == 403, name
    for name, args in (*BUTTONS, *PAGES):
        assert client.post(path(name, *args)).status_code == 403, name
    assert AuditEvent.objects.count() == before
    assert Preview.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_opens_in_both_languages(client, admin, business, standard, language):
    admin.language = language
    admin.save(update_fields=["language"])
    open_incident()
    for name, args in (
        ("sla_calendars", ()),
        ("new_sla_calendar", ()),
        ("sla_calendar", (business.pk,)),
        ("sla_policies", ()),
        ("new_sla_policy", ()),
        ("sla_policy", (standard.pk,)),
        ("sla_publish", ()),
        ("sla_book", (Book.objects.get().pk,)),
    ):
        response = client.get(path(name, *args))
        assert response.status_code == 200, name
        assert f'lang="{language}"' in response.content.decode()
    for agreement in ("ola", "uc"):
        assert client.get(path("new_sla_policy") + f"?agreement={agreement}").status_code == 200
    assert client.get(path("new_sla_policy") + "?agreement=x").status_code == 404
    assert client.get(path("sla_calendar", 999999)).status_code == 404
    assert client.get(path("sla_policy", 999999)).status_code == 404
    assert client.get(path("sla_book", 999999)).status_code == 404


# Calendars --------------------------------------------------------------------------------------


def test_saving_a_page_as_it_came_changes_nothing(client, admin, business, standard):
    before = AuditEvent.objects.count()
    for url in (path("sla_calendar", business.pk), path("sla_policy", standard.pk)):
        assert client.post(url, typed(client, url)).status_code == 302
    assert AuditEvent.objects.count() == before
    assert not is_unpublished()


def test_the_week_is_saved_as_it_is_written(client, admin, business):
    url = path("sla_calendar", business.pk)
    sent = typed(client, url, day_4="9-12", day_5="22:00–06:00")
    assert client.post(url, sent).status_code == 302
    business.refresh_from_db()
    assert business.week[4:6] == [[[32400, 43200]], [[79200, 108000]]]
    assert "Unpublished changes" in client.get(url).content.decode()


def test_what_was_typed_stays_when_it_is_refused(client, admin, business):
    url = path("sla_calendar", business.pk)
    response = client.post(url, typed(client, url, day_2="nine to five", name_en="Mine"))
    assert response.status_code == 422
    text = response.content.decode()
    assert 'value="nine to five"' in text
    assert 'value="Mine"' in text
    assert "is not understood" in text


def test_mondays_hours_are_copied_without_saving(client, admin, business):
    url = path("sla_calendar", business.pk)
    response = client.post(url, typed(client, url, day_0="10:00–16:00", fill="monday"))
    assert [item.value() for item in response.context["form"].days()][:5] == ["10:00–16:00"] * 5
    business.refresh_from_db()
    assert business.week[0][0] == [32400, 43200]


def test_the_preview_says_when_a_target_would_be_due(client, admin, business):
    url = path("sla_calendar", business.pk)
    data = typed(
        client, url, goals="8h, 30m", opened="2026-11-20T17:00", day_0="09:00–18:00", country="KR"
    )
    response = client.post(path("sla_calendar_try", business.pk), data)
    tries = response.context["tries"]
    assert [each.goal for each in tries] == ["8h", "30m"]
    assert [each.due.isoformat() for each in tries] == [
        "2026-11-23T07:00:00+00:00",
        "2026-11-20T08:30:00+00:00",
    ]
    refused = client.post(path("sla_calendar_try", business.pk), data | {"goals": "1d"})
    assert "may have 8 hours or 24" in refused.content.decode()


def test_two_administrators_see_each_others_values(client, admin, business):
    url = path("sla_calendar", business.pk)
    sent = typed(client, url, day_0="10:00–16:00")
    calendars.edit_calendar(business, {"zone": "Asia/Tokyo"}, by=admin)
    response = client.post(url, sent)
    assert response.status_code == 422
    theirs = {item.label: (item.old, item.new) for item in response.context["theirs"]}
    assert theirs["Time zone"] == ("Asia/Seoul", "Asia/Tokyo")
    assert theirs["Monday"] == ("10:00–16:00", "09:00–12:00, 13:00–18:00")
    again = sent | {"token": response.context["token"]}
    assert client.post(url, again).status_code == 302
    business.refresh_from_db()
    assert (business.zone, business.week[0]) == ("Asia/Seoul", [[36000, 57600]])


def test_days_are_added_and_taken_out_by_hand(client, admin, business):
    sent = {"day": "2026-12-31", "windows": "09:00–13:00", "name_ko": "종무식"}
    response = client.post(path("add_sla_day", business.pk), sent)
    assert response["Location"].endswith("?year=2026#days")
    row = business.days.get(day=date(2026, 12, 31))
    assert (row.windows, row.source) == ([[32400, 46800]], "hand")
    client.post(path("drop_sla_day", business.pk, row.pk))
    assert not business.days.filter(day=row.day).exists()
    refused = client.post(path("add_sla_day", business.pk), {"day": "", "windows": "x"})
    assert refused.status_code == 422


def test_a_file_is_shown_before_it_is_imported(client, admin, business):
    this = timezone.localdate().year
    event = (
        f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:{this}0502\r\nSUMMARY:Founded\r\nEND:VEVENT"
    )
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}\r\nEND:VCALENDAR".encode()
    url = path("read_sla_file", business.pk)
    response = client.post(url, {"file": SimpleUploadedFile("x.ics", content)})
    assert response.context["fresh"] == 1
    assert not business.days.filter(name_en="Founded").exists()
    kept = response.context["kept"]
    assert client.post(path("apply_sla_file", business.pk), {"kept": kept}).status_code == 302
    assert business.days.get(name_en="Founded").day == date(this, 5, 2)
    bad = client.post(url, {"file": SimpleUploadedFile("x.ics", b"no calendar")})
    assert bad.status_code == 422
    assert "no iCalendar file" in bad.content.decode()
    assert client.post(path("apply_sla_file", business.pk), {"kept": "x"}).status_code == 422


# Policies ---------------------------------------------------------------------------------------


def test_a_policy_is_written_with_its_targets_and_steps(client, admin):
    url = path("new_sla_policy")
    always = Calendar.objects.get(key="always")
    team = make_team("Network")
    sent = typed(
        client,
        url,
        name_en="Gold",
        vip="yes",
        tags="vpn, mail",
        goal_resolution_0="4시간 30분",
        goal_resolution_1="90m",
        calendar_resolution_1=always.pk,
        warn_resolution="60, 80%",
        **{
            "step-0-percent": "80",
            "step-0-who": ["assignee", "duty"],
            "step-0-person": admin.pk,
            "step-0-team": team.pk,
            "step-0-raise_priority": "on",
        },
    )
    response = client.post(url, sent)
    assert response.status_code == 302, response.context["form"].errors
    policy = Policy.objects.get(name_en="Gold")
    state = policies.state_of(policy)
    assert (state["vip"], state["tags"]) == (True, ["mail", "vpn"])
    assert [(t["priority"], t["goal"], t["warn_at"]) for t in state["targets"]] == [
        (None, 16200, [60, 80]),
        (1, 5400, [60, 80]),
    ]
    assert state["steps"][0]["actions"] == [
        {"do": "notify", "who": ["assignee", "duty"], "people": [admin.pk]},
        {"do": "reassign", "team": team.pk},
        {"do": "raise_priority"},
    ]
    edit = path("sla_policy", policy.pk)
    assert client.post(edit, typed(client, edit, **{"step-0-drop": "on"})).status_code == 302
    assert not policy.steps.exists()


def test_a_goal_in_days_is_refused_and_kept(client, admin, standard):
    url = path("sla_policy", standard.pk)
    response = client.post(url, typed(client, url, goal_resolution_4="2d"))
    assert response.status_code == 422
    assert 'value="2d"' in response.content.decode()
    assert "may have 8 hours or 24" in response.content.decode()


def test_steps_that_make_no_sense_are_refused(client, admin, standard):
    url = path("sla_policy", standard.pk)
    for wrong in (
        {"step-0-who": None},
        {"step-3-percent": None, "step-3-who": ["lead"]},
        {"step-0-percent": "150"},
        {"step-0-repeat_limit": "2", "step-0-repeat_minutes": "5"},
    ):
        assert client.post(url, typed(client, url, **wrong)).status_code == 422, wrong


def test_one_more_step_saves_nothing_and_keeps_what_was_typed(client, admin, standard):
    url = path("sla_policy", standard.pk)
    response = client.post(url, typed(client, url, more="1", **{"step-0-percent": "66"}))
    steps = response.context["form"].steps
    assert steps.count == 5
    assert steps.forms[0]["percent"].value() == "66"
    assert standard.steps.filter(percent=66).count() == 0


def test_two_administrators_see_each_others_targets(client, admin, standard):
    url = path("sla_policy", standard.pk)
    sent = typed(client, url, goal_resolution_1="2h")
    state = policies.state_of(standard)
    lines = [t | {"goal": 7200 * 4} if t["priority"] == 1 else t for t in state["targets"]]
    policies.edit_policy(standard, {"targets": lines}, by=admin)
    response = client.post(url, sent)
    assert response.status_code == 422
    theirs = {item.label: (item.old, item.new) for item in response.context["theirs"]}
    assert theirs["Resolution P1"][0].startswith("2h")
    assert theirs["Resolution P1"][1].startswith("8h")


def test_policies_are_moved_switched_and_copied(client, admin, standard):
    client.post(path("move_sla_policy", standard.pk), {"to": "up"})
    assert Policy.objects.first() == standard
    client.post(path("switch_sla_policy", standard.pk), {"active": "0"})
    standard.refresh_from_db()
    assert not standard.is_active
    response = client.post(path("copy_sla_policy", standard.pk))
    assert response.status_code == 302
    assert Policy.objects.count() == 3
    fragment = client.post(
        path("move_sla_policy", standard.pk), {"to": "down"}, headers={"hx-request": "true"}
    )
    assert b'id="policies"' in fragment.content


def test_the_box_says_which_policy_a_record_fits_and_why(client, admin):
    ticket = open_incident()
    text = client.get(path("sla_policies"), {"number": ticket.number}).content.decode()
    assert "fits and counts" in text
    assert "Security incident must be Yes" in text
    made_up = client.get(path("sla_policies"), {"number": "", "security": "on", "kind": "incident"})
    (outcome,) = made_up.context["outcomes"]
    first = outcome.tried[0]
    assert (first.name, first.counts) == ("Security incidents", True)
    unknown = client.get(path("sla_policies"), {"number": "INC-999999"})
    assert "There is no such record." in unknown.content.decode()


# Publishing -------------------------------------------------------------------------------------


def shorten(standard: Policy, by: Any) -> None:
    state = policies.state_of(standard)
    lines = [t | {"goal": 60} if t["metric"] == "resolution" else t for t in state["targets"]]
    policies.edit_policy(standard, {"targets": lines}, by=by)


def test_publishing_shows_what_it_does_and_then_does_it(client, admin, standard):
    ticket = open_incident()
    shorten(standard, admin)
    page = client.get(path("sla_publish"))
    assert page.context["impact"].counts["earlier"] == 1
    text = page.content.decode()
    assert ticket.number in text
    assert "Standard service level" in text
    assert client.get(path("sla_publish"), {"reach": "new"}).context["impact"].moved == 0
    sent = {"draft": page.context["draft"], "reach": "open", "note": "Faster"}
    response = client.post(path("sla_publish"), sent)
    book = Book.objects.latest("pk")
    assert response["Location"] == path("sla_book", book.pk)
    assert (book.published_by, book.reach, book.note) == (admin, "open", "Faster")
    under_way = client.get(path("sla_book", book.pk))
    assert not under_way.context["row"]["is_done"]
    outbox.dispatch_due()
    done = client.get(path("sla_book", book.pk), headers={"hx-target": "following"})
    assert done.context["row"]["is_done"]
    assert "hx-get" not in done.content.decode()
    assert not is_unpublished()


def test_what_was_edited_meanwhile_is_not_published_unseen(client, admin, standard):
    page = client.get(path("sla_publish"))
    shorten(standard, admin)
    sent = {"draft": page.context["draft"], "reach": "open"}
    response = client.post(path("sla_publish"), sent)
    assert response.status_code == 422
    assert "meanwhile" in response.content.decode()
    assert Book.objects.count() == 1


def test_a_target_out_of_reach_is_refused_on_the_page(client, admin):
    never = calendars.create_calendar(
        {"name_en": "Never", "zone": "UTC", "week": [[]] * 7}, by=admin
    )
    target = {"metric": "resolution", "priority": None, "goal": 60, "calendar": never}
    policies.create_policy({"name_en": "Gold", "vip": True, "targets": [target]}, by=admin)
    page = client.get(path("sla_publish"))
    response = client.post(path("sla_publish"), {"draft": page.context["draft"], "reach": "open"})
    assert response.status_code == 422
    assert "Never" in response.content.decode()


def test_a_count_runs_in_the_background_and_the_page_follows_it(client, admin, standard):
    for _n in range(3):
        open_incident()
    shorten(standard, admin)
    headers = {"hx-request": "true", "hx-target": "impact"}
    started = client.post(path("start_sla_count"), {"reach": "open"}, headers=headers)
    preview = Preview.objects.get()
    assert path("sla_count", preview.pk) in started.content.decode()
    outbox.dispatch_due()
    done = client.get(path("sla_count", preview.pk), headers=headers)
    assert done.context["impact"].counts["earlier"] == 3
    assert "hx-trigger" not in done.content.decode()


def test_the_audit_log_tells_it_in_words(client, admin, business, standard):
    calendars.edit_calendar(business, {"week": [[[32400, 43200]], *[[]] * 6]}, by=admin)
    shorten(standard, admin)
    policies.copy_policy(standard, by=admin)
    client.post(path("add_sla_day", business.pk), {"day": "2026-12-31", "name_en": "Closed"})
    text = client.get(path("audit")).content.decode()
    assert "09:00–12:00" in text
    assert "resolution P1: 1m" in text
    assert "2026-12-31" in text
    assert "#2026" not in text
    assert "Copy of" in text


# Cost -------------------------------------------------------------------------------------------


def fill(admin: Any, number: int) -> None:
    always = Calendar.objects.get(key="always")
    data = Book.objects.latest("pk").data
    for n in range(number):
        team, service = make_team(), make_service()
        calendars.create_calendar({"name_en": f"C{n}", "zone": "UTC", "week": [[]] * 7}, by=admin)
        lines = [{"metric": "resolution", "priority": None, "goal": 60, "calendar": always}]
        steps = [{"percent": 90, "actions": [{"do": "reassign", "team": team.pk}]}]
        common = {"services": [service], "teams": [team], "departments": [make_department()]}
        policies.create_policy(
            {"name_en": f"P{n}", "targets": lines, "steps": steps, **common}, by=admin
        )
        contract = make_contract(service)
        policies.create_policy(
            {"name_en": f"U{n}", "agreement": "uc", "contract": contract, **common}, by=admin
        )
        Book.objects.create(data=data, published_by=make_agent(role=Role.ADMINISTRATOR))
        open_incident()


@pytest.mark.parametrize("name", ["sla_calendars", "sla_policies", "sla_publish"])
def test_lists_cost_the_same_for_many_rows(client, admin, django_assert_max_num_queries, name):
    fill(admin, 1)
    client.get(path(name))
    with django_assert_max_num_queries(60) as first:
        client.get(path(name))
    most = len(first)
    fill(admin, 29)
    client.get(path(name))
    with django_assert_max_num_queries(most):
        client.get(path(name))
