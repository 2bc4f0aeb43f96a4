"""Announcements: who sees them, for how long, and what administrators may put into them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from core.errors import ActionError, NotAllowed, NotFound
from notifications import actions
from notifications.models import Announcement, Dismissal
from notifications.queries import announcements
from tests.factories import make_agent, make_department, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def admin():
    return make_user(role="administrator", language="en")


def announce(title="Office move", **values):
    return actions.save_announcement({"title_en": title, **values}, by=None)


def titles(reader, now=None):
    return [row.title_en for row in announcements(reader, now)]


def test_everybody_the_desk_or_some_departments():
    sales, staff = make_department(), make_department("인사부")
    announce("all")
    announce("desk", audience="desk")
    announce("sales", audience="departments", departments=[sales])
    assert set(titles(make_user())) == {"all"}
    assert set(titles(make_user(department=sales))) == {"all", "sales"}
    assert set(titles(make_user(department=staff))) == {"all"}
    assert set(titles(make_agent(department=sales))) == {"all", "desk", "sales"}


def test_it_comes_and_goes_by_itself():
    now = timezone.now()
    announce(starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    reader = make_user()
    assert titles(reader, now) == []
    assert titles(reader, now + HOUR) == ["Office move"]
    assert titles(reader, now + 2 * HOUR) == []


def test_the_pinned_and_the_important_come_first():
    announce("plain")
    announce("important", level="warning")
    announce("pinned", pinned=True)
    assert titles(make_user()) == ["pinned", "important", "plain"]


def test_each_person_puts_it_away_for_themselves():
    row = announce()
    one, other = make_user(), make_user()
    actions.dismiss(row.pk, by=one)
    actions.dismiss(row.pk, by=one)
    assert (titles(one), titles(other)) == ([], ["Office move"])
    assert Dismissal.objects.count() == 1


def test_a_pinned_one_stays_and_nobody_puts_away_what_they_are_not_shown():
    pinned, desk = announce(pinned=True), announce(audience="desk")
    person = make_user()
    with pytest.raises(ActionError, match="stays"):
        actions.dismiss(pinned.pk, by=person)
    with pytest.raises(NotFound):
        actions.dismiss(desk.pk, by=person)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title_en": ""}, "title_ko"),
        ({"level": "loud"}, "level"),
        ({"audience": "nobody"}, "audience"),
        ({"audience": "departments"}, "departments"),
        ({"ends_at": timezone.now() - HOUR}, "ends_at"),
        ({"title_en": "x" * 161}, "title_en"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(values, field):
    with pytest.raises(ActionError) as refused:
        actions.save_announcement({"title_en": "x", **values}, by=None)
    assert field in refused.value.errors
    assert not Announcement.objects.exists()


def test_only_administrators_announce_and_it_is_audited(admin):
    with pytest.raises(NotAllowed):
        actions.save_announcement({"title_en": "x"}, by=make_agent())
    row = actions.save_announcement({"title_en": "x"}, by=admin)
    actions.save_announcement({"title_en": "y"}, by=admin, row=row)
    actions.end_announcement(row, by=admin)
    verbs = AuditEvent.objects.filter(object_type="notifications.announcement").order_by("pk")
    assert [each.verb for each in verbs] == ["created", "changed", "switched_off"]
    assert titles(make_user()) == []


def test_one_query_whatever_there_is(django_assert_num_queries):
    sales = make_department()
    for number in range(4):
        announce(str(number), audience="departments", departments=[sales])
    reader = make_agent(department=sales)
    announcements(reader)
    with django_assert_num_queries(1):
        assert len(announcements(reader)) == 4


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", ["/portal/", "/desk/q/mine/"])
def test_the_start_pages_show_it_and_put_it_away(path):
    row = announce("Office <move>", body_en="Next week")
    client = signed_in(make_agent(language="en"))
    page = client.get(path).content.decode()
    assert "Office &lt;move&gt;" in page
    answer = client.post(f"/announcements/{row.pk}/dismiss/", {"next": path})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert "Office" not in client.get(path).content.decode()
    evil = {"next": "https://evil.example/"}
    assert client.post(f"/announcements/{row.pk}/dismiss/", evil)["Location"] == "/"


def test_an_administrator_keeps_them_in_the_browser(admin):
    client = signed_in(admin)
    sent = {"title_ko": "사무실 이전", "level": "info", "audience": "everybody"}
    assert client.post("/admin-ui/announcements/new/", sent | {"title_ko": ""}).status_code == 422
    assert client.post("/admin-ui/announcements/new/", sent).status_code == 302
    row = Announcement.objects.get()
    assert "사무실 이전" in client.get("/admin-ui/announcements/").content.decode()
    ends = {"ends_at": "2099-01-01T09:00"}
    assert client.post(f"/admin-ui/announcements/{row.pk}/", sent | ends).status_code == 302
    row.refresh_from_db()
    assert row.ends_at.year in (2098, 2099)
    assert "2099-01-01T09:00" in client.get(f"/admin-ui/announcements/{row.pk}/").content.decode()
    client.post(f"/admin-ui/announcements/{row.pk}/end/")
    row.refresh_from_db()
    assert row.ends_at <= timezone.now()
    assert signed_in(make_agent()).get("/admin-ui/announcements/").status_code == 403
